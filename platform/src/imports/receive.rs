//! Files on their way in: streamed to disk, hashed as they come, removed when nobody needs them any more.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use model::Error;
use model::run::RunFile;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;

/// An upload this old belongs to a process that died: nothing takes so long.
const OLD: Duration = Duration::from_secs(24 * 3600);
/// What a disk must have left beside an upload: the databases may share it.
const ROOM_TO_BREATHE: u64 = 64 * 1024 * 1024;
/// Bytes read at a time when a local file is hashed.
const CHUNK: usize = 1024 * 1024;

/// Removes its file when dropped.
#[derive(Debug)]
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "an upload could not be removed; it is when it is a day old");
        }
    }
}

/// A file being received. Dropped, it is gone.
#[derive(Debug)]
pub struct Receiving {
    name: String,
    file: File,
    kept: Removed,
    hash: Sha256,
    bytes: u64,
}

/// A file that is wholly here.
#[derive(Debug)]
pub struct Upload {
    file: RunFile,
    path: PathBuf,
    /// Of a received file; a file of the machine's own stays.
    _kept: Option<Removed>,
}

/// What an I/O error means for whoever sends a file.
pub(super) fn storage(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Error::conflict("The server has no room left for this file. An administrator must make room before it can be imported.")
        }
        _ => unavailable("keeping an upload")(error),
    }
}

/// The last part of a path as a browser of any system sends it, without control characters, cut at 200
/// characters: it is shown and stored, never used as a path.
fn display_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|character| !character.is_control()).take(200).collect();
    if clean.trim().is_empty() { "unnamed file".to_owned() } else { clean }
}

impl Receiving {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).await.map_err(storage)
    }

    /// The file is complete.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the disk is full.
    pub async fn finish(mut self) -> Result<Upload, Error> {
        self.file.flush().await.map_err(storage)?;
        let file = RunFile { name: self.name, bytes: self.bytes, sha256: hex::encode(self.hash.finalize()) };
        Ok(Upload { file, path: self.kept.0.clone(), _kept: Some(self.kept) })
    }
}

impl Upload {
    /// Name, size and hash.
    pub fn file(&self) -> &RunFile {
        &self.file
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A file that came out of an archive.
    pub(super) fn unpacked(name: &str, file: tempfile::TempPath) -> io::Result<Self> {
        let mut hash = Hashed { hash: Sha256::new(), bytes: 0 };
        io::copy(&mut std::fs::File::open(&file)?, &mut hash)?;
        let Hashed { hash, bytes } = hash;
        let path = file.keep().map_err(|error| error.error)?;
        let described = RunFile { name: display_name(name), bytes, sha256: hex::encode(hash.finalize()) };
        Ok(Self { file: described, path: path.clone(), _kept: Some(Removed(path)) })
    }
}

/// Hashes and counts what is written to it.
struct Hashed {
    hash: Sha256,
    bytes: u64,
}

impl io::Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Authorized<permit::ImportsRun> {
    /// Begins to receive a file of this name.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the disk is full.
    pub async fn receive(&self, file_name: &str) -> Result<Receiving, Error> {
        let folder = &self.platform.configuration().uploads;
        tokio::fs::create_dir_all(folder).await.map_err(storage)?;
        let path = folder.join(Uuid::now_v7().to_string());
        let file = File::create_new(&path).await.map_err(storage)?;
        Ok(Receiving { name: display_name(file_name), file, kept: Removed(path), hash: Sha256::new(), bytes: 0 })
    }

    /// Whether there is room for so many bytes more: asked before they come, so that a full disk is told at once.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there is not.
    pub async fn room_for(&self, bytes: u64) -> Result<(), Error> {
        let folder = self.platform.configuration().uploads.clone();
        let fault = || unavailable("asking how much room the disk has");
        let free = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let disk = nix::sys::statvfs::statvfs(&folder)?;
            Ok::<u64, io::Error>(disk.blocks_available() * disk.fragment_size())
        })
        .await
        .map_err(fault())?
        .map_err(storage)?;
        // Received once and kept once.
        if free < bytes.saturating_mul(2).saturating_add(ROOM_TO_BREATHE) {
            return Err(storage(io::ErrorKind::StorageFull.into()));
        }
        Ok(())
    }

    /// Takes a file of this machine as it is; it stays where it is.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the field `file` when it cannot be read.
    pub async fn local_file(&self, path: &Path) -> Result<Upload, Error> {
        let refuse = |error: io::Error| Error::invalid("file", format!("{} cannot be read: {error}.", path.display()));
        let mut file = File::open(path).await.map_err(refuse)?;
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk).await.map_err(refuse)?;
            if read == 0 {
                break;
            }
            hash.update(&chunk[..read]);
            bytes += read as u64;
        }
        let name = display_name(&path.file_name().unwrap_or_default().to_string_lossy());
        Ok(Upload { file: RunFile { name, bytes, sha256: hex::encode(hash.finalize()) }, path: path.to_owned(), _kept: None })
    }
}

impl Platform {
    /// Removes uploads that a dead process left behind.
    pub(crate) async fn remove_old_uploads(&self) {
        let folder = self.configuration().uploads.clone();
        let now = SystemTime::from(self.clock().now());
        let removal = tokio::task::spawn_blocking(move || remove_older_than(&folder, now)).await;
        if let Err(error) = removal.map_err(io::Error::other).flatten() {
            tracing::warn!(%error, "old uploads could not be removed");
        }
    }
}

fn remove_older_than(folder: &Path, now: SystemTime) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
        if age > OLD {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_showing_only() {
        assert_eq!(display_name("C:\\Users\\ana\\uszips.csv"), "uszips.csv");
        assert_eq!(display_name("../../etc/passwd"), "passwd");
        assert_eq!(display_name("a\u{0}b\nc.csv"), "abc.csv");
        assert_eq!(display_name(" / "), "unnamed file");
        assert_eq!(display_name(&"é".repeat(300)).chars().count(), 200);
    }
}
