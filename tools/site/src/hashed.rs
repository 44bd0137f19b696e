//! File names that hold a hash of the content, so that browsers may keep them for ever.
//!
//! Leptos reads the hashes from a text file beside the server's own file (`hash.txt`) when it writes the page's links.
//! cargo-leptos takes MD5 in URL-safe base64 without padding; so does this, and both ways make the same names.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use md5::{Digest, Md5};

use crate::error::Error;
use crate::files;

/// The name of the client's files before the hash: the server's LEPTOS_OUTPUT_NAME.
pub const STEM: &str = "handled";

/// The part of a file's name that changes with its content.
pub fn hash(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Md5::digest(bytes))
}

/// Writes `handled.<hash>.<extension>` into a folder and returns its path.
///
/// # Errors
/// A file that cannot be written.
pub fn write(folder: &Path, extension: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    let path = folder.join(format!("{STEM}.{}.{extension}", hash(bytes)));
    files::write(&path, bytes)?;
    Ok(path)
}

/// The hash in a name made by [`write`], if the name has this extension.
pub fn hash_in<'a>(path: &'a Path, extension: &str) -> Option<&'a str> {
    path.file_name()?.to_str()?.strip_prefix(STEM)?.strip_prefix('.')?.strip_suffix(extension)?.strip_suffix('.')
}

/// The text of `hash.txt` for these files, in the form that Leptos reads.
pub fn list(made: &[PathBuf]) -> String {
    ["js", "wasm", "css"]
        .into_iter()
        .filter_map(|extension| {
            let hash = made.iter().find_map(|path| hash_in(path, extension))?;
            Some(format!("{extension}: {hash}\n"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_cargo_leptos() {
        // MD5 of nothing, d41d8cd98f00b204e9800998ecf8427e, in URL-safe base64.
        assert_eq!(hash(b""), "1B2M2Y8AsgTpgAmY7PhCfg");
    }

    #[test]
    fn the_list_has_a_line_for_each_kind_of_file() {
        let folder = tempfile::tempdir().unwrap();
        let made: Vec<PathBuf> =
            [("css", "a"), ("wasm", "b"), ("js", "c")].iter().map(|(e, t)| write(folder.path(), e, t.as_bytes()).unwrap()).collect();
        let expected = format!("js: {}\nwasm: {}\ncss: {}\n", hash(b"c"), hash(b"b"), hash(b"a"));
        assert_eq!(list(&made), expected);
    }
}
