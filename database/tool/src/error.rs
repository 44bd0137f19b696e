//! What can go wrong with migrations.

use database_connection::{is_lock_timeout, is_unreachable};
use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

/// Why the tool did not do what it was asked. Each is one sentence for the person at the command line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The database refused something of the tool's own, or could not be reached.
    #[error("{database}: {doing} failed: {}", message(source))]
    Database {
        /// The database's name here.
        database: &'static str,
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A file was changed after it had been applied.
    #[error("{database}: {file} was changed after it had been applied; restore the file and put the change into a new migration")]
    Modified {
        /// The database's name here.
        database: &'static str,
        /// The file as it is called now, or was called when it was applied.
        file: String,
    },
    /// A file is gone after it had been applied, or this program is older than the database.
    #[error("{database}: {file} was applied, but this program does not have it; restore the file, or use the newer program that has it")]
    Missing {
        /// The database's name here.
        database: &'static str,
        /// The file as it was called when it was applied.
        file: String,
    },
    /// A migration was inserted before one that has been applied.
    #[error("{database}: {file} was never applied, but {later} was; renumber it so that it comes last")]
    OutOfOrder {
        /// The database's name here.
        database: &'static str,
        /// The file that came late.
        file: String,
        /// The one that was applied already.
        later: String,
    },
    /// A migration failed. Nothing of it is in the database.
    #[error("{database}: {file} failed{}: {}; nothing of it was applied", in_line(*line), message(source))]
    Failed {
        /// The database's name here.
        database: &'static str,
        /// The file.
        file: String,
        /// The line of the file, counted from 1, where the database tells.
        line: Option<usize>,
        /// What the database said.
        source: sqlx::Error,
    },
    /// Somebody else held a lock for too long.
    #[error(
        "{database}: {doing} gave up after {seconds} seconds of waiting for a lock that another connection holds; \
         nothing was changed; see pg_stat_activity for long transactions, or whether another migration runs, and try again"
    )]
    Locked {
        /// The database's name here.
        database: &'static str,
        /// What was being done, or the file.
        doing: String,
        /// How long it waited altogether.
        seconds: u64,
        /// What the database said last.
        source: sqlx::Error,
    },
    /// A privileges script without the place for the role.
    #[error("{database}: the privileges script does not mention {{app}}, the role that it is for")]
    NoRoleInScript {
        /// The database's name here.
        database: &'static str,
    },
}

impl ToolError {
    /// Whether the database could not be reached, so that trying later may help.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Database { source, .. } | Self::Failed { source, .. } => is_unreachable(source),
            _ => false,
        }
    }

    /// Whether somebody else's lock was in the way.
    pub(crate) fn lock_timeout(&self) -> bool {
        match self {
            Self::Database { source, .. } | Self::Failed { source, .. } => is_lock_timeout(source),
            _ => false,
        }
    }

    /// The error of a commit: a refusal undoes everything, but of a connection lost at that moment nobody knows.
    pub(crate) fn not_committed(database: &'static str, file: String, sql: &str, source: sqlx::Error) -> Self {
        if is_unreachable(&source) {
            Self::Database { database, doing: "committing (look at the status for whether it took effect)", source }
        } else {
            Self::failed(database, file, sql, source)
        }
    }

    /// The error of a file's SQL, with the line where that can be told.
    pub(crate) fn failed(database: &'static str, file: String, sql: &str, source: sqlx::Error) -> Self {
        let position =
            source.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>()).and_then(PgDatabaseError::position);
        let line = match position {
            // Counted in characters from 1, over the whole script.
            Some(PgErrorPosition::Original(position)) => {
                Some(1 + sql.chars().take(position.saturating_sub(1)).filter(|c| *c == '\n').count())
            }
            _ => None,
        };
        Self::Failed { database, file, line, source }
    }
}

fn in_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" in line {line}"))
}

/// PostgreSQL's own words, with what it adds to them.
fn message(error: &sqlx::Error) -> String {
    let Some(error) = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>()) else {
        return error.to_string();
    };
    let mut text = error.message().to_owned();
    for (label, addition) in [("detail", error.detail()), ("hint", error.hint()), ("where", error.r#where())] {
        if let Some(addition) = addition {
            text.push_str(&format!(" ({label}: {})", addition.replace('\n', "; ").trim_end_matches('.')));
        }
    }
    text
}
