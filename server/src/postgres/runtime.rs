//! The folder for PostgreSQL's Unix socket: short, because a socket's path has at most 107 bytes, and closed to other users.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::error::PostgresError;
use crate::data_folder::{DataFolder, FileError, make_folder};

/// The most bytes of a socket's path on Linux; macOS allows 103.
const SOCKET_PATH_MAX: usize = 103;
/// The longest name of a socket in the folder.
const SOCKET_NAME: &str = "/.s.PGSQL.65535.lock";

/// Makes the folder, or takes it where it is there already and the user's own.
///
/// # Errors
/// It is somebody else's, or cannot be made.
pub fn prepare(folder: &DataFolder, account: &Account) -> Result<PathBuf, PostgresError> {
    let name = format!("handled-{}", fingerprint(folder.path()));
    let path = parent(account, &name).join(name);
    make_folder(&path, 0o700)
        .or_else(|error| if error.kind() == std::io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
        .map_err(FileError::of("Creating the folder", &path))?;
    // Not through a symbolic link, which anybody could have laid in /tmp.
    let metadata = path.symlink_metadata().map_err(FileError::of("Looking at", &path))?;
    let made_by_root_just_now = account.is_another() && std::os::unix::fs::MetadataExt::uid(&metadata) == 0;
    if !metadata.is_dir() || !(account.owns(&metadata) || made_by_root_just_now) {
        return Err(PostgresError::ForeignRuntime { folder: path, user: account.name().to_owned() });
    }
    account.give(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).map_err(FileError::of("Changing the mode of", &path))?;
    Ok(path)
}

/// Removes the folder after its server has stopped; the next start makes it again.
pub fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_dir(path) {
        tracing::debug!(path = %path.display(), %error, "the folder of PostgreSQL's socket is left");
    }
}

/// Root has /run, a user's session its own folder, and everybody /tmp.
fn parent(account: &Account, name: &str) -> PathBuf {
    let candidate = if account.is_another() { Some(PathBuf::from("/run")) } else { std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) };
    candidate
        .filter(|folder| folder.is_absolute() && folder.as_os_str().len() + 1 + name.len() + SOCKET_NAME.len() <= SOCKET_PATH_MAX)
        .filter(|folder| account.can_enter(folder) && is_writable(folder))
        .unwrap_or_else(|| PathBuf::from("/tmp"))
}

fn is_writable(folder: &Path) -> bool {
    nix::unistd::access(folder, nix::unistd::AccessFlags::W_OK).is_ok()
}

/// Tells data folders apart by their paths, in twelve hexadecimal digits.
fn fingerprint(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    Sha256::digest(path.as_os_str().as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
