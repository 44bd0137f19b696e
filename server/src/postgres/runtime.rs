//! The folder for PostgreSQL's Unix socket: short, because a socket's path has at most 107 bytes, and closed to other users.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::cluster_file::open_folder;
use super::error::PostgresError;
use crate::data_folder::{DataFolder, FileError, make_folder};

/// The most bytes of a socket's path on Linux; macOS allows 103.
const SOCKET_PATH_MAX: usize = 103;
/// The longest name of a socket in the folder.
const SOCKET_NAME: &str = "/.s.PGSQL.65535.lock";
/// Names that are tried: in /tmp anybody may have taken the first.
const NAMES: usize = 8;

/// Makes the folder, or takes it where it is there already and the user's own.
///
/// # Errors
/// It cannot be made, or somebody else has all the names.
pub fn prepare(folder: &DataFolder, account: &Account) -> Result<PathBuf, PostgresError> {
    let mut last = PathBuf::new();
    for name in names(folder) {
        last = parent(account, &name).join(name);
        if take(account, &last)? {
            return Ok(last);
        }
    }
    Err(PostgresError::ForeignRuntime { folder: last, user: account.name().to_owned() })
}

/// Makes this folder or takes it; `false` where it is somebody else's.
fn take(account: &Account, path: &Path) -> Result<bool, FileError> {
    match make_folder(path, 0o700) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(FileError::of("Creating the folder", path)(error)),
        _ => {}
    }
    // Everything from here on is done to the open folder: in /tmp its name may lead elsewhere a moment later.
    let Ok(open) = open_folder(path) else { return Ok(false) };
    let metadata = open.metadata().map_err(FileError::of("Looking at", path))?;
    let made_by_root_just_now = account.is_another() && metadata.uid() == 0;
    if !(account.owns(&metadata) || made_by_root_just_now) {
        return Ok(false);
    }
    account.give_file(&open).map_err(FileError::of("Changing the owner of", path))?;
    open.set_permissions(std::fs::Permissions::from_mode(0o700)).map_err(FileError::of("Changing the mode of", path))?;
    Ok(true)
}

/// Removes the folder after its server has stopped; the next start makes it again. Its names are worked out anew: what the
/// server's own note says is the word of the user as whom it ran.
pub fn remove(folder: &DataFolder, account: &Account) {
    for path in names(folder).flat_map(|name| parents(account).into_iter().map(move |parent| parent.join(&name))) {
        let is_ours = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir() && account.owns(&metadata));
        if is_ours && let Err(error) = std::fs::remove_dir(&path) {
            tracing::debug!(path = %path.display(), %error, "the folder of PostgreSQL's socket is left");
        }
    }
}

/// The folder's names in the order in which they are tried.
fn names(folder: &DataFolder) -> impl Iterator<Item = String> {
    let fingerprint = fingerprint(folder.path());
    (1..=NAMES).map(move |number| if number == 1 { format!("handled-{fingerprint}") } else { format!("handled-{fingerprint}-{number}") })
}

/// Root has /run, a user's session its own folder, and everybody /tmp.
fn parents(account: &Account) -> Vec<PathBuf> {
    let own = if account.is_another() { Some(PathBuf::from("/run")) } else { std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) };
    own.into_iter().filter(|folder| folder.is_absolute()).chain([PathBuf::from("/tmp")]).collect()
}

/// The first of them that can be used.
fn parent(account: &Account, name: &str) -> PathBuf {
    parents(account)
        .into_iter()
        .filter(|folder| folder.as_os_str().len() + 1 + name.len() + SOCKET_NAME.len() <= SOCKET_PATH_MAX)
        .find(|folder| account.can_enter(folder) && is_writable(folder))
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
