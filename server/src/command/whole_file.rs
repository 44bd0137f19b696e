//! Results that go into a file, which then appears whole or not at all.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file being written beside its place, so that a reader never sees half of it, and a failure leaves the old one.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    new: NamedTempFile,
    bytes: u64,
}

impl WholeFile {
    /// Begins to write.
    ///
    /// # Errors
    /// The file's folder does not let it.
    pub fn begin(path: &Path) -> Result<Self, Failure> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The umask takes away what it takes from other new files.
        let permissions = Permissions::from_mode(0o666);
        let new = tempfile::Builder::new().prefix(".handled-export-").permissions(permissions).tempfile_in(folder);
        Ok(Self { path: path.to_owned(), new: new.map_err(|error| refused(path, &error))?, bytes: 0 })
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes += bytes.len() as u64;
        self.new.write_all(bytes).map_err(|error| refused(&self.path, &error))
    }

    /// Puts the file in its place, and answers its bytes.
    ///
    /// # Errors
    /// The disk is full, or the place is no file's.
    pub fn finish(self) -> Result<u64, Failure> {
        let Self { path, new, bytes } = self;
        new.as_file().sync_all().map_err(|error| refused(&path, &error))?;
        new.persist(&path).map_err(|error| refused(&path, &error.error))?;
        Ok(bytes)
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::Said(format!("{} cannot be written: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_whole(path: &Path, bytes: &[u8]) -> Result<u64, Failure> {
        let mut file = WholeFile::begin(path)?;
        file.write(bytes)?;
        file.finish()
    }

    #[test]
    fn a_file_is_replaced_whole_or_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.json");
        assert_eq!(write_whole(&path, b"one").expect("written"), 3);
        write_whole(&path, b"two").expect("replaced");
        let mut given_up = WholeFile::begin(&path).expect("begun");
        given_up.write(b"half").expect("written");
        drop(given_up);
        assert_eq!(std::fs::read(&path).expect("readable"), b"two");
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o600, 0o600);
        assert!(write_whole(&folder.path().join("none/out.json"), b"x").expect_err("no folder").sentence().contains("cannot be written"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left");
    }
}
