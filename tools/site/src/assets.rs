//! Files that are served as they are: `public/`, copied beside the hashed ones.

use std::fs;
use std::path::{Path, PathBuf};

use crate::compressed;
use crate::error::{Error, file};
use crate::files;

/// Copies every file of `public` to `out`; returns the copies, and their compressed copies if asked for.
///
/// # Errors
/// A file that cannot be read or written.
pub fn copy(public: &Path, out: &Path, compress: bool) -> Result<Vec<PathBuf>, Error> {
    let mut made = Vec::new();
    for path in files::below(public)? {
        let copy = out.join(path.strip_prefix(public).unwrap_or(&path));
        files::write(&copy, &files::read(&path)?)?;
        if compress {
            made.extend(compressed::write(&copy)?);
        }
        made.push(copy);
    }
    Ok(made)
}

/// Removes every file below `out` that is not in the list: those of an earlier build.
///
/// # Errors
/// A file that cannot be removed.
pub fn remove_others(out: &Path, made: &[PathBuf]) -> Result<(), Error> {
    for path in files::below(out)? {
        if !made.contains(&path) {
            fs::remove_file(&path).map_err(file("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_copied_and_old_ones_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (public, out) = (folder.path().join("public"), folder.path().join("out"));
        files::write(&public.join("icons/a.svg"), b"<svg/>").unwrap();
        files::write(&out.join("pkg/old.js"), b"old").unwrap();
        let made = copy(&public, &out, true).unwrap();
        remove_others(&out, &made).unwrap();
        assert_eq!(files::below(&out).unwrap(), [out.join("icons/a.svg"), out.join("icons/a.svg.br")]);
    }

    #[test]
    fn no_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(copy(&folder.path().join("public"), folder.path(), true).unwrap().is_empty());
    }
}
