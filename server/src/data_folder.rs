//! The data folder: what lies where in it, and who may read it.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::postgres::Account;

/// A file or folder cannot be read, made or changed.
#[derive(Debug, thiserror::Error)]
#[error("{action} {} failed: {source}.", path.display())]
pub struct FileError {
    /// What was tried, as "Creating the folder".
    pub action: &'static str,
    /// On what.
    pub path: PathBuf,
    /// Why it failed.
    pub source: std::io::Error,
}

impl FileError {
    /// What makes this error of an I/O error.
    pub fn of(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self { action, path, source }
    }
}

/// The folder that holds everything the platform keeps outside its databases, and the private PostgreSQL's databases too.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Makes the folder where it does not exist yet: for its user alone, or, where PostgreSQL runs as another user, open to pass through.
    ///
    /// # Errors
    /// The file system refuses it.
    pub fn make(path: &Path, account: &Account) -> Result<Self, FileError> {
        Self::make_with_mode(path, if account.is_another() { 0o711 } else { 0o700 })
    }

    /// Makes the folder where the databases are elsewhere. Root's is open to pass through all the same: a private PostgreSQL,
    /// which runs as another user, may come to live in it later. What is secret lies in closed folders below it.
    ///
    /// # Errors
    /// The file system refuses it.
    pub fn make_without_databases(path: &Path) -> Result<Self, FileError> {
        Self::make_with_mode(path, if nix::unistd::geteuid().is_root() { 0o711 } else { 0o700 })
    }

    fn make_with_mode(path: &Path, mode: u32) -> Result<Self, FileError> {
        let failed = |source| FileError { action: "Creating the data folder", path: path.to_owned(), source };
        if !path.is_dir() {
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(failed)?;
            }
            make_folder(path, mode).map_err(failed)?;
        }
        let folder = Self { path: path.canonicalize().map_err(failed)? };
        for below in [folder.uploads(), folder.secrets(), folder.locks()] {
            make_folder(&below, 0o700).map_err(FileError::of("Creating the folder", &below))?;
        }
        Ok(folder)
    }

    /// The folder itself, from the root.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Files on their way in.
    pub fn uploads(&self) -> PathBuf {
        self.path.join("uploads")
    }

    /// Originals and lists of rejected rows, where no other store is set.
    pub fn store(&self) -> PathBuf {
        self.path.join("store")
    }

    /// Generated secrets, a file each.
    pub fn secrets(&self) -> PathBuf {
        self.path.join("secrets")
    }

    /// Lock files.
    pub fn locks(&self) -> PathBuf {
        self.path.join("locks")
    }

    /// The private PostgreSQL's databases.
    pub fn cluster(&self) -> PathBuf {
        Self::cluster_in(&self.path)
    }

    /// The private PostgreSQL's databases in a data folder that may not exist.
    pub fn cluster_in(path: &Path) -> PathBuf {
        path.join("postgres")
    }

    /// The private PostgreSQL's log.
    pub fn postgres_log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }
}

/// Makes a folder of exactly this mode; one that exists is left as it is.
pub fn make_folder(path: &Path, mode: u32) -> std::io::Result<()> {
    match std::fs::DirBuilder::new().mode(mode).create(path) {
        // The umask may have taken bits away.
        Ok(()) => std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}
