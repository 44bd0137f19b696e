//! Who uses the cluster, known by locks on files that the kernel lets go of when a process dies, however it dies.
//!
//! Every user holds the users' lock shared for as long as it uses PostgreSQL. Whoever starts or stops it holds the gate
//! exclusively meanwhile, so that nobody comes or goes in between.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::data_folder::{DataFolder, FileError};

/// The right to start or stop PostgreSQL, held until dropped.
#[derive(Debug)]
pub struct Gate {
    _file: File,
}

impl Gate {
    /// Waits until nobody else starts or stops PostgreSQL in this data folder.
    ///
    /// # Errors
    /// The lock file cannot be opened or locked.
    pub fn enter(folder: &DataFolder) -> Result<Self, FileError> {
        let path = folder.locks().join("postgres.gate");
        let file = open(&path)?;
        file.lock().map_err(FileError::of("Locking", path))?;
        Ok(Self { _file: file })
    }
}

/// The mark of a process that uses PostgreSQL, held until dropped.
#[derive(Debug)]
pub struct Presence {
    file: File,
    path: std::path::PathBuf,
}

impl Presence {
    /// Becomes a user; the second value says whether the only one. To be called behind the gate.
    ///
    /// # Errors
    /// The lock file cannot be opened or locked.
    pub fn begin(folder: &DataFolder, _gate: &Gate) -> Result<(Self, bool), FileError> {
        let path = folder.locks().join("postgres.users");
        let file = open(&path)?;
        let presence = Self { file, path };
        let alone = presence.is_alone()?;
        presence.share()?;
        Ok((presence, alone))
    }

    /// Stops being a user, and says whether it was the last. To be called behind the gate.
    ///
    /// # Errors
    /// The lock cannot be changed.
    pub fn end(&self, _gate: &Gate) -> Result<bool, FileError> {
        self.file.unlock().map_err(FileError::of("Unlocking", &self.path))?;
        self.is_alone()
    }

    fn is_alone(&self) -> Result<bool, FileError> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(source)) => Err(FileError::of("Locking", &self.path)(source)),
        }
    }

    /// From an exclusive lock, or none, to a shared one. That another process could slip in between does not matter: all come through the gate.
    fn share(&self) -> Result<(), FileError> {
        self.file.unlock().and_then(|()| self.file.lock_shared()).map_err(FileError::of("Locking", &self.path))
    }
}

fn open(path: &Path) -> Result<File, FileError> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(FileError::of("Opening", path))
}
