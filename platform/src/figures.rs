//! The running server's figures, for whoever watches over it.

use database_connection::{Connections, DatabaseError};
use model::run::{Operation, RunState};

use crate::authorization::{Authorized, permit};
use crate::{SessionCounts, failure};

/// Runs that are counted at most; more than this is an alarm whatever the number.
const RUNS_COUNTED: u32 = 10_000;

/// What the server does at this moment.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Connections to PRIMARY.
    pub primary: Connections,
    /// Connections to DATA.
    pub data: Connections,
    /// How sessions were looked up since the server started.
    pub sessions: SessionCounts,
    /// Runs that have not ended, on all servers together; none where PRIMARY does not answer.
    pub runs: Option<UnfinishedRuns>,
}

/// How many runs have not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnfinishedRuns {
    /// Somebody works on them.
    pub running: u64,
    /// They wait for their turn.
    pub queued: u64,
    /// They wait for a person.
    pub waiting: u64,
}

impl Authorized<permit::MetricsRead> {
    /// The figures. What cannot be known is left out: they are needed most when something is wrong.
    pub async fn figures(&self) -> Figures {
        let runs = match self.unfinished_runs().await {
            Ok(runs) => Some(runs),
            Err(error) => {
                failure::log("counting runs", &error);
                None
            }
        };
        Figures {
            primary: self.platform.primary().connections(),
            data: self.platform.data().connections(),
            sessions: self.platform.session_counts(),
            runs,
        }
    }

    async fn unfinished_runs(&self) -> Result<UnfinishedRuns, DatabaseError> {
        let mut transaction = self.platform.primary().begin_read_only().await?;
        let runs = transaction.unfinished_runs(Operation::ALL, RUNS_COUNTED).await?;
        transaction.commit().await?;
        let count = |state: RunState| runs.iter().filter(|run| run.state == state).count() as u64;
        Ok(UnfinishedRuns { running: count(RunState::Running), queued: count(RunState::Queued), waiting: count(RunState::Waiting) })
    }
}
