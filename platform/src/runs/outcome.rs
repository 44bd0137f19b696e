//! Why a run did not go well.

use std::io;

use database_connection::DatabaseError;
use database_data::PublishError;
use database_primary::{Progress, RunRecord};
use model::run::RunState;

use crate::failure::Fault;

/// Why a run did not go well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be done with these files or these tables; nothing was published.
    Refused(Box<RunRecord>),
    /// Somebody ended it.
    Cancelled,
    /// The server stops.
    ServerStopped,
    /// Something else ended it before it was done; the ledger knows what that means for the data.
    Stopped(&'static str),
    /// A fault of the inside; the ledger knows what it means for the data.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

/// A refusal of which nothing but its sentence is known.
pub(crate) fn refused(message: impl Into<String>) -> Failure {
    let record = RunRecord { failure: Some(message.into()), ..RunRecord::new(RunState::Failed, Progress::default()) };
    Failure::Refused(Box::new(record))
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<Fault> for Failure {
    fn from(error: Fault) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Database(error) => error.into(),
            busy @ PublishError::Busy { .. } => refused(format!("{busy}. End that transaction and start again; nothing was changed.")),
        }
    }
}

/// PostgreSQL's code for a full disk.
const DISK_FULL: &str = "53100";

/// What a full disk means, where that is the cause: somebody has to make room, and the sentence says where.
pub(super) fn full_disk(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let mut next = Some(cause);
    while let Some(error) = next {
        if error.downcast_ref::<DatabaseError>().and_then(DatabaseError::as_database_error).and_then(|error| error.code()).as_deref()
            == Some(DISK_FULL)
        {
            return Some("DATA's disk is full. Nothing was changed; make room on it and start the run again.");
        }
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::StorageFull) {
            return Some("The server's disk is full. Nothing was changed; make room on it and start the run again.");
        }
        next = error.source();
    }
    None
}
