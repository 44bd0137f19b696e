//! Brotli copies beside the files, made once here instead of for each request.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, file};
use crate::files;

/// Files that shrink. Pictures are compressed already.
const EXTENSIONS: [&str; 8] = ["css", "html", "js", "json", "svg", "txt", "wasm", "xml"];

/// Where a file's compressed copy lies.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// Writes a brotli copy at the best quality beside a file, unless its kind does not shrink; returns the copy's path.
///
/// # Errors
/// A file that cannot be read or written.
pub fn write(path: &Path) -> Result<Option<PathBuf>, Error> {
    if !path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| EXTENSIONS.contains(&extension)) {
        return Ok(None);
    }
    let bytes = files::read(path)?;
    let copy = beside(path);
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
    writer.write_all(&bytes).map_err(file("compress", path))?;
    writer.flush().map_err(file("compress", path))?;
    files::write(&copy, &writer.into_inner())?;
    Ok(Some(copy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        std::fs::write(&path, "let a = 1;".repeat(1_000)).unwrap();
        let copy = write(&path).unwrap().unwrap();
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut std::fs::read(copy).unwrap().as_slice(), &mut back).unwrap();
        assert_eq!(back, std::fs::read(&path).unwrap());
    }

    #[test]
    fn pictures_have_no_copy() {
        assert!(write(Path::new("nowhere.png")).unwrap().is_none());
    }
}
