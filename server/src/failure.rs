//! Why a command failed, as the one sentence that it ends with, and its exit code.

use database_tool::{ToolError, WorkspaceError};

use crate::data_folder::FileError;
use crate::http::{ListenError, SiteError};
use crate::postgres::PostgresError;
use crate::secrets::SecretError;
use crate::settings::SettingsError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Settings are refused.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The private PostgreSQL cannot be had.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// A file or folder of the data folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// A generated secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A migration, or the database that it is for.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// Migrations were applied, and PRIMARY does not take the record of it.
    #[error("The migrations of {database} were applied, but PRIMARY's audit could not take the record of it: {source}.")]
    Unrecorded {
        /// The migrated database.
        database: &'static str,
        /// What PRIMARY said.
        source: sqlx::Error,
    },
    /// The file that lists the databases, or their migrations.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The files for the browser.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The store of originals.
    #[error(transparent)]
    Store(#[from] platform::StoreError),
    /// The platform refused or failed.
    #[error(transparent)]
    Platform(#[from] model::Error),
    /// Writing to standard output failed.
    #[error("Writing the result failed: {0}.")]
    Output(std::io::Error),
    /// The machine refused something that every command needs.
    #[error("{doing} failed: {source}.")]
    Machine {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Anything else, said by the command itself.
    #[error("{0}")]
    Said(String),
    /// Somebody pressed Ctrl-C, or the machine is going down.
    #[error("Interrupted; what was under way is undone.")]
    Interrupted,
    /// The same, and the work has ended and says itself what became of it.
    #[error("Interrupted: {0}")]
    InterruptedWith(String),
    /// The same, and the work has not ended in time.
    #[error("Interrupted; what was under way did not end in time, and the next command or server settles whether it happened.")]
    Unsettled,
}

impl Failure {
    /// The sentence, with its full stop.
    pub fn sentence(&self) -> String {
        let text = self.to_string();
        // The database tool leaves it out.
        if text.ends_with(['.', '?', '!']) || matches!(self, Self::Listen(ListenError::Taken { .. })) { text } else { format!("{text}.") }
    }

    /// The exit code: 130 after Ctrl-C, as shells have it, 1 otherwise.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Interrupted | Self::InterruptedWith(_) | Self::Unsettled) { 130 } else { 1 }
    }

    /// The same for commands on the databases' structure, which tell apart a database that cannot be reached (4) and one that
    /// somebody else is at work on (5).
    pub fn exit_code_of_structure(&self) -> u8 {
        match self {
            Self::Tool(error) if error.is_busy() => 5,
            Self::Tool(error) if error.is_unreachable() => 4,
            _ => self.exit_code(),
        }
    }
}
