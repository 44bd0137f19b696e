//! What can be wrong with a workspace file.

use std::path::PathBuf;

use crate::MigrationFileError;

/// Why a workspace cannot be used. Each is one sentence for the person at the command line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// There is no such file, or it cannot be read.
    #[error("{} cannot be read: {source}; a workspace is a folder with a file databases.toml", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not TOML, or has a name that is not known.
    #[error("databases.toml is not as it should be: {0}")]
    Syntax(String),
    /// It names no database.
    #[error("databases.toml names no database; each is a [[database]] with name, url and migrations")]
    Empty,
    /// A name that cannot stand in a command.
    #[error("databases.toml has a database `{0}`; names are of small letters, digits, - and _, a letter first")]
    Name(String),
    /// Two of one name.
    #[error("databases.toml names the database {0} twice")]
    Twice(String),
    /// Listed before what it needs.
    #[error("databases.toml lists {name} before {needs}, which it depends on; list databases after those that they depend on")]
    Order {
        /// The database.
        name: String,
        /// What it depends on.
        needs: String,
    },
    /// Two hold the users.
    #[error("databases.toml calls both {one} and {other} shared; one database holds the users")]
    TwoShared {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// Contradictory rights.
    #[error("databases.toml gives {0} both app_owns and privileges; an owner needs no privileges")]
    OwnsAndPrivileges(String),
    /// Not `schema.table`.
    #[error("databases.toml names the table `{table}` for {name}; write it as schema.table")]
    Table {
        /// The database.
        name: String,
        /// What is written.
        table: String,
    },
    /// A script that is not there.
    #[error("databases.toml names the script `{file}` as {key} of {name}, which cannot be read; write it as folder/file.sql")]
    Script {
        /// The database.
        name: String,
        /// What the script is for.
        key: &'static str,
        /// What is written.
        file: String,
    },
    /// A reference that is not one.
    #[error(
        "databases.toml has the reference `{0}`; write it as database.table.column -> database.table.column, with databases of this workspace, and the schema before a table that is not in public"
    )]
    Reference(String),
    /// The program lacks a folder of its own.
    #[error("databases.toml names the folder `{0}`, which this program does not have")]
    NotEmbedded(String),
    /// No such database.
    #[error("there is no database {name} here; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The migrations cannot be used.
    #[error("{database}: {source}")]
    Migrations {
        /// The database.
        database: String,
        /// What is wrong with them.
        source: MigrationFileError,
    },
}
