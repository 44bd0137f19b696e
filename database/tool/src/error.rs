//! What can go wrong with migrations.

use database_connection::{is_lock_timeout, is_unreachable};
use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

use crate::MigrationFileError;

/// Why the tool did not do what it was asked. Each is one sentence for the person at the command line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The database refused something of the tool's own, or could not be reached.
    #[error("{database}: {doing} failed: {}", message(source))]
    Database {
        /// The database's name here.
        database: String,
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A file was changed after it had been applied.
    #[error("{database}: {file} was changed after it had been applied; restore the file and put the change into a new migration")]
    Modified {
        /// The database's name here.
        database: String,
        /// The file as it is called now, or was called when it was applied.
        file: String,
    },
    /// A file is gone after it had been applied, or this program is older than the database.
    #[error("{database}: {file} was applied, but this program does not have it; restore the file, or use the newer program that has it")]
    Missing {
        /// The database's name here.
        database: String,
        /// The file as it was called when it was applied.
        file: String,
    },
    /// A migration was inserted before one that has been applied.
    #[error("{database}: {file} was never applied, but {later} was; renumber it so that it comes last")]
    OutOfOrder {
        /// The database's name here.
        database: String,
        /// The file that came late.
        file: String,
        /// The one that was applied already.
        later: String,
    },
    /// A migration failed. Nothing of it is in the database.
    #[error("{database}: {file} failed{}: {}; nothing of it was applied", in_line(*line), message(source))]
    Failed {
        /// The database's name here.
        database: String,
        /// The file.
        file: String,
        /// The line of the file, counted from 1, where the database tells.
        line: Option<usize>,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A migration without a transaction failed half-way.
    #[error(
        "{database}: {file} failed in line {line}: {}; {done} of its {of} statements took effect and stay; mend the cause and migrate again, which \
         goes on at the one that failed",
        message(source)
    )]
    HalfWay {
        /// The database's name here.
        database: String,
        /// The file.
        file: String,
        /// The line of the statement that failed.
        line: usize,
        /// How many statements took effect.
        done: usize,
        /// How many there are.
        of: usize,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The beginning of a file was changed after it had taken effect.
    #[error(
        "{database}: {file} was left half-way, and its statements that took effect were changed since; put those back, and change only what follows"
    )]
    ChangedHalfWay {
        /// The database's name here.
        database: String,
        /// The file.
        file: String,
    },
    /// An index that an interrupted migration began is still being built.
    #[error("{database}: the index {index} is still being built by another connection; wait until it is done, and migrate again")]
    StillBuilt {
        /// The database's name here.
        database: String,
        /// The index.
        index: String,
    },
    /// Somebody else changes the structure.
    #[error("{database}: {holder} has been at work on it ({doing}) for {seconds} s; nothing was changed; try again when that has ended")]
    Busy {
        /// The database's name here.
        database: String,
        /// Who.
        holder: String,
        /// What they do.
        doing: String,
        /// Since how long.
        seconds: u64,
    },
    /// The database was out of reach for so long that somebody else may be at work now.
    #[error("{database}: the database was out of reach for so long that somebody else may change it now; look at the status and try again")]
    LeaseLost {
        /// The database's name here.
        database: String,
    },
    /// The files cannot be used as they are.
    #[error("{database}: {source}")]
    Files {
        /// The database's name here.
        database: String,
        /// What is wrong with them.
        source: MigrationFileError,
    },
    /// A file cannot be written.
    #[error("{database}: {file} could not be written: {source}")]
    Write {
        /// The database's name here.
        database: String,
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A number that no migration has.
    #[error("{database}: there is no migration {version:04}")]
    NoSuchVersion {
        /// The database's name here.
        database: String,
        /// The number.
        version: i32,
    },
    /// The database is not what it would have to be.
    #[error("{database}: {why}")]
    Refused {
        /// The database's name here.
        database: String,
        /// Why, and what to do.
        why: String,
    },
    /// Somebody else held a lock for too long.
    #[error(
        "{database}: {doing} gave up after {seconds} seconds of waiting for a lock that another connection holds; \
         nothing was changed; see pg_stat_activity for long transactions, or whether another migration runs, and try again"
    )]
    Locked {
        /// The database's name here.
        database: String,
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
        database: String,
    },
}

impl ToolError {
    /// Whether the database could not be reached, so that trying later may help.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Database { source, .. } | Self::Failed { source, .. } | Self::HalfWay { source, .. } => is_unreachable(source),
            _ => false,
        }
    }

    /// Whether somebody else is at work or in the way, so that trying later will help.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Locked { .. } | Self::StillBuilt { .. })
    }

    /// Whether somebody else's lock was in the way.
    pub(crate) fn lock_timeout(&self) -> bool {
        match self {
            Self::Database { source, .. } | Self::Failed { source, .. } => is_lock_timeout(source),
            _ => false,
        }
    }

    /// The error of a commit: a refusal undoes everything, but of a connection lost at that moment nobody knows.
    pub(crate) fn not_committed(database: &str, file: String, sql: &str, source: sqlx::Error) -> Self {
        if is_unreachable(&source) {
            Self::Database { database: database.to_owned(), doing: "committing (look at the status for whether it took effect)", source }
        } else {
            Self::failed(database, file, sql, source)
        }
    }

    /// The error of a file's SQL, with the line where that can be told.
    pub(crate) fn failed(database: &str, file: String, sql: &str, source: sqlx::Error) -> Self {
        let line = position(&source).map(|characters| line_of(sql, characters));
        Self::Failed { database: database.to_owned(), file, line, source }
    }

    /// The error of one statement that begins in this line of the file.
    pub(crate) fn failed_at(database: &str, file: String, first_line: usize, statement: &str, source: sqlx::Error) -> Self {
        let line = first_line - 1 + position(&source).map_or(1, |characters| line_of(statement, characters));
        Self::Failed { database: database.to_owned(), file, line: Some(line), source }
    }

    /// The same of a file whose statements before this one stay.
    pub(crate) fn half_way(self, done: usize, of: usize) -> Self {
        match self {
            Self::Failed { database, file, line, source } => Self::HalfWay { database, file, line: line.unwrap_or(1), done, of, source },
            other => other,
        }
    }
}

/// Where the database found the error, in characters from 1, where it tells.
fn position(error: &sqlx::Error) -> Option<usize> {
    let error = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    match error.position()? {
        PgErrorPosition::Original(position) => Some(position),
        PgErrorPosition::Internal { .. } => None,
    }
}

fn line_of(sql: &str, characters: usize) -> usize {
    1 + sql.chars().take(characters.saturating_sub(1)).filter(|character| *character == '\n').count()
}

fn in_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" in line {line}"))
}

/// PostgreSQL's own words, with what it adds to them.
pub(crate) fn message(error: &sqlx::Error) -> String {
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
