//! What can go wrong with the private PostgreSQL, each as one sentence that says what to do.

use std::path::PathBuf;

use super::{NEWEST, OLDEST};
use crate::data_folder::FileError;
use crate::secrets::SecretError;

/// Why the private PostgreSQL cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No usable PostgreSQL on this machine.
    #[error(
        "No PostgreSQL {OLDEST} to {NEWEST} was found on this machine{}; install it ({}), or set PRIMARY_DATABASE_URL and DATA_DATABASE_URL.",
        versions(found),
        install("")
    )]
    NoBinaries {
        /// Versions that were found and do not work.
        found: Vec<u32>,
    },
    /// The cluster was made by another major version.
    #[error(
        "The data in {} was made by PostgreSQL {version}, whose programs are not installed here{}; install that version ({}), or dump \
         the databases with it and restore them into a new data folder.",
        cluster.display(),
        versions(found),
        install(&format!("-{version}"))
    )]
    OtherVersion {
        /// The cluster.
        cluster: PathBuf,
        /// Its major version.
        version: String,
        /// Versions that are installed.
        found: Vec<u32>,
    },
    /// A folder is closed to the user that PostgreSQL runs as.
    #[error(
        "The data folder {} cannot be reached by the user {user}, as whom PostgreSQL runs because it refuses to run as root: the mode of \
         {} is in the way; allow passing through it (chmod o+x), or set HANDLED_DATA_DIR to another folder.",
        folder.display(),
        closed.display()
    )]
    Unreachable {
        /// The data folder.
        folder: PathBuf,
        /// The first folder on the way to it that is closed.
        closed: PathBuf,
        /// The user.
        user: String,
    },
    /// The cluster belongs to somebody else.
    #[error("The databases in {} belong to the user {owner}; run this as {owner} or as root.", cluster.display())]
    NotOurs {
        /// The cluster.
        cluster: PathBuf,
        /// Its owner.
        owner: String,
    },
    /// The place of the databases is taken by something else.
    #[error(
        "The databases would go to {}, which holds something else and is left alone; set HANDLED_DATA_DIR to another folder.",
        cluster.display()
    )]
    Occupied {
        /// Where they would go.
        cluster: PathBuf,
    },
    /// No unprivileged user on this machine.
    #[error("PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody; run this as an ordinary user.")]
    NoAccount,
    /// The runtime folder is somebody else's.
    #[error("The folder {} for PostgreSQL's socket is not a folder of the user {user}, and no other of its names is free; remove it.", folder.display())]
    ForeignRuntime {
        /// The folder.
        folder: PathBuf,
        /// Whose it should be.
        user: String,
    },
    /// A file or folder cannot be read, made or changed.
    #[error(transparent)]
    File(#[from] FileError),
    /// A password cannot be read or made.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A program of PostgreSQL could not be run.
    #[error("Running {} failed: {source}.", program.display())]
    Program {
        /// The program.
        program: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The cluster could not be made.
    #[error("Making the databases in {} failed: {reason}.", cluster.display())]
    Initialize {
        /// The cluster.
        cluster: PathBuf,
        /// What initdb said.
        reason: String,
    },
    /// PostgreSQL did not start.
    #[error("PostgreSQL did not start: {reason}; its log is {}.", log.display())]
    Start {
        /// The essence of what it logged.
        reason: String,
        /// The log.
        log: PathBuf,
    },
    /// PostgreSQL did not stop.
    #[error("PostgreSQL did not stop: {reason}; its log is {}.", log.display())]
    Stop {
        /// What pg_ctl said.
        reason: String,
        /// The log.
        log: PathBuf,
    },
    /// The passwords do not fit the cluster.
    #[error(
        "The private PostgreSQL in {} refuses the password kept in {}; restore that folder together with the databases.",
        cluster.display(),
        secrets.display()
    )]
    Secrets {
        /// The cluster.
        cluster: PathBuf,
        /// The folder of secrets.
        secrets: PathBuf,
    },
    /// A statement that sets up roles or databases failed.
    #[error("Setting up the private PostgreSQL's roles and databases failed: {0}.")]
    Setup(sqlx::Error),
    /// The thread at work on this died.
    #[error("Work on the private PostgreSQL was cut short: {0}.")]
    Interrupted(tokio::task::JoinError),
}

fn versions(found: &[u32]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let list: Vec<String> = found.iter().map(u32::to_string).collect();
    format!(" (found: {})", list.join(", "))
}

fn install(version: &str) -> String {
    if cfg!(target_os = "macos") {
        let version = if version.is_empty() { "-17" } else { version };
        format!("brew install postgresql@{}", version.trim_start_matches('-'))
    } else {
        format!("on Debian and Ubuntu: sudo apt-get install postgresql{version}")
    }
}
