//! Files in folders that belong to PostgreSQL's user. Where root works on them, that user may have laid anything under their
//! names: nothing is followed, nothing is written through, and what is changed is a file of root's own making.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;

use super::account::Account;
use crate::data_folder::FileError;

/// The most bytes that are read of such a file; PostgreSQL's own have a few tens of thousands.
const READ_MAX_BYTES: u64 = 1 << 20;

/// How such a file is opened: not through a symbolic link, and without waiting for the other end of a pipe.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    options
}

/// The file's text.
///
/// # Errors
/// It cannot be read, or is a symbolic link.
pub fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    options().read(true).open(path)?.take(READ_MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Puts a file of the user's, which nobody else reads, in place of whatever has this name.
///
/// # Errors
/// The folder does not take it.
pub fn replace(account: &Account, path: &Path, text: &str) -> Result<(), FileError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let write = || -> std::io::Result<()> {
        // A new name every time, which is never opened through what is there, with mode 0600 from the beginning. Its owner is
        // changed by the open file: the folder's owner may have put something else under the name by now.
        let mut new = tempfile::Builder::new().prefix(".handled-").tempfile_in(folder)?;
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        account.give_file(new.as_file())?;
        new.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(FileError::of("Writing", path))
}

/// A new file of the user's under a name of its own, gone when it is dropped.
///
/// # Errors
/// The folder does not take it.
pub fn temporary(account: &Account, folder: &Path, text: &str) -> Result<tempfile::TempPath, FileError> {
    let write = || -> std::io::Result<tempfile::TempPath> {
        let mut new = tempfile::Builder::new().prefix(".handled-").tempfile_in(folder)?;
        new.write_all(text.as_bytes())?;
        account.give_file(new.as_file())?;
        Ok(new.into_temp_path())
    };
    write().map_err(FileError::of("Writing a file in", folder))
}

/// Opens a folder for looking at it and changing it, not through a symbolic link.
///
/// # Errors
/// It is no folder.
pub fn open_folder(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).custom_flags((OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW).bits()).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn nothing_is_read_or_written_through_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let account = Account::of(&folder.path().join("none")).expect("an account");
        let (victim, link) = (folder.path().join("victim"), folder.path().join("link"));
        std::fs::write(&victim, "theirs").expect("a file");
        std::fs::set_permissions(&victim, std::fs::Permissions::from_mode(0o644)).expect("its mode");
        symlink(&victim, &link).expect("a link");
        assert!(read(&link).is_err());
        replace(&account, &link, "ours").expect("replaced");
        assert_eq!(std::fs::read_to_string(&victim).expect("left"), "theirs");
        assert_eq!(std::fs::metadata(&victim).expect("left").permissions().mode() & 0o777, 0o644);
        assert_eq!(read(&link).expect("a file by now"), "ours");
        let metadata = link.symlink_metadata().expect("a file");
        assert!(metadata.is_file() && account.owns(&metadata) && metadata.permissions().mode() & 0o777 == 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing else is left");
    }

    #[test]
    fn a_pipe_does_not_hold_the_reader_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        assert_eq!(read(&pipe).expect("nothing in it"), "");
    }
}
