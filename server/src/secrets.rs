//! Secrets that nobody chose: made once, kept in the data folder in files that only their owner reads.

use std::io::Write;
use std::path::{Path, PathBuf};

use rand::RngExt;
use rand::distr::Alphanumeric;

/// Characters of a generated secret; each is one of 62, so it holds over 280 bits.
const LENGTH: usize = 48;

/// A secret could not be read or made.
#[derive(Debug, thiserror::Error)]
#[error("The secret {} cannot be read or made: {source}.", path.display())]
pub struct SecretError {
    path: PathBuf,
    source: std::io::Error,
}

/// Letters and digits, as many as asked for, from the operating system's generator.
pub fn generate(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}

/// The secret of this name: read where it exists, else made and kept. Two processes that make it at once get the same.
///
/// # Errors
/// The file system refuses it, or the file is empty.
pub fn keep(folder: &Path, name: &str) -> Result<String, SecretError> {
    let path = folder.join(name);
    let attempt = || -> std::io::Result<String> {
        if !path.exists() {
            // Mode 0600 from the beginning; the name appears with the whole content or not at all.
            let mut new = tempfile::NamedTempFile::new_in(folder)?;
            new.write_all(generate(LENGTH).as_bytes())?;
            new.as_file().sync_all()?;
            match new.persist_noclobber(&path) {
                Ok(_) => {}
                Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.error),
            }
        }
        let text = std::fs::read_to_string(&path)?.trim().to_owned();
        if text.is_empty() { Err(std::io::Error::other("it is empty")) } else { Ok(text) }
    };
    attempt().map_err(|source| SecretError { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = keep(folder.path(), "password").expect("a secret");
        assert_eq!(first.len(), LENGTH);
        assert_eq!(keep(folder.path(), "password").expect("the same"), first);
        assert_ne!(keep(folder.path(), "other").expect("another"), first);
        let mode = std::fs::metadata(folder.path().join("password")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_empty_secret_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("password"), "\n").expect("a file");
        assert!(keep(folder.path(), "password").expect_err("empty").to_string().ends_with("cannot be read or made: it is empty."));
    }
}
