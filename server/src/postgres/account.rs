//! As whom PostgreSQL runs: as whoever runs the platform, except that it refuses to run as root.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User, geteuid};

use super::error::PostgresError;
use crate::data_folder::FileError;

/// The users to drop to, the first that exists.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// The operating system's user that PostgreSQL runs as.
#[derive(Debug, Clone)]
pub struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether the running process is root and changes to this user.
    drop: bool,
}

impl Account {
    /// Who runs the cluster in this folder: its owner where it exists, so that a cluster made as an ordinary user also works as root.
    ///
    /// # Errors
    /// The cluster is another user's, or there is no unprivileged user.
    pub fn of(cluster: &Path) -> Result<Self, PostgresError> {
        let me = geteuid();
        let owner = match std::fs::metadata(cluster) {
            Ok(metadata) => Some(Uid::from_raw(metadata.uid())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(FileError::of("Looking at", cluster)(source).into()),
        };
        match owner {
            Some(owner) if !me.is_root() && owner != me => {
                Err(PostgresError::NotOurs { cluster: cluster.to_owned(), owner: name_of(owner) })
            }
            Some(owner) if me.is_root() && !owner.is_root() => Ok(Self::user(owner, true)),
            _ if me.is_root() => {
                let found = UNPRIVILEGED.iter().find_map(|name| User::from_name(name).ok().flatten());
                found.map(|user| Self::from_user(user, true)).ok_or(PostgresError::NoAccount)
            }
            _ => Ok(Self::user(me, false)),
        }
    }

    fn user(uid: Uid, drop: bool) -> Self {
        match User::from_uid(uid).ok().flatten() {
            Some(user) => Self::from_user(user, drop),
            // A user without a name, as containers have them.
            None => Self { name: uid.to_string(), uid: uid.as_raw(), gid: nix::unistd::getegid().as_raw(), drop },
        }
    }

    fn from_user(user: User, drop: bool) -> Self {
        Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), drop }
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether files made for PostgreSQL have to be given to another user, and folders opened to it.
    pub fn is_another(&self) -> bool {
        self.drop
    }

    /// Whether the file or folder is the user's.
    pub fn owns(&self, metadata: &std::fs::Metadata) -> bool {
        metadata.uid() == self.uid
    }

    /// Makes the file or folder the user's.
    ///
    /// # Errors
    /// The file system refuses it.
    pub fn give(&self, path: &Path) -> Result<(), FileError> {
        if !self.drop {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid)).map_err(FileError::of("Changing the owner of", path))
    }

    /// Makes the open file or folder the user's, whatever its name leads to by now.
    ///
    /// # Errors
    /// The file system refuses it.
    pub fn give_file(&self, file: &std::fs::File) -> std::io::Result<()> {
        if !self.drop {
            return Ok(());
        }
        std::os::unix::fs::fchown(file, Some(self.uid), Some(self.gid))
    }

    /// A command that runs as the user, in a process group of its own, so that Ctrl-C in the terminal does not reach it, and
    /// without the environment: `PGDATA`, `PGPORT` and their like would lead PostgreSQL's programs astray.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LC_ALL", "C").env("TZ", "UTC");
        command.current_dir("/").stdin(Stdio::null()).process_group(0);
        if self.drop {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether the user may pass through the folder, found out as that user.
    pub fn can_enter(&self, folder: &Path) -> bool {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", "cd \"$1\"", "sh"]).arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

/// The user's name, or its number where it has none.
pub fn name_of(uid: Uid) -> String {
    User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}
