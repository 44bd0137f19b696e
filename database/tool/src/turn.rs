//! One migrator at a time, and never a wait for ever.

use std::future::Future;
use std::time::{Duration, Instant};

use database_connection::{Pool, Transaction};

use crate::bookkeeping::quoted;
use crate::{Migrator, ToolError};

/// How long one attempt waits for any lock. Short, because whoever queues for a table behind a long reader also holds up
/// every reader behind itself.
const LOCK_WAIT: Duration = Duration::from_secs(3);
/// The pause after an attempt, in which those who queued get through.
const PAUSE: Duration = Duration::from_millis(500);
/// How long all attempts may take together.
const PATIENCE: Duration = Duration::from_secs(60);

impl Migrator {
    /// Begins a transaction in which no other migrator of this history is at work. The lock belongs to the transaction: it works
    /// behind PgBouncer, and it is gone with a connection that dies.
    pub(crate) async fn begin_turn(&self, pool: &Pool) -> Result<Transaction, ToolError> {
        let mut transaction = pool.begin_with_lock_timeout(LOCK_WAIT).await.map_err(self.doing("connecting"))?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(format!("migrations of schema {}", self.history_schema))
            .execute(&mut transaction)
            .await
            .map_err(self.doing("waiting for another migration to end"))?;
        Ok(transaction)
    }

    /// From here on the transaction acts as the role that is to own what it makes.
    pub(crate) async fn become_owner(&self, transaction: &mut Transaction) -> Result<(), ToolError> {
        let Some(role) = &self.objects_owner else { return Ok(()) };
        transaction.run_script(&format!("SET LOCAL ROLE {}", quoted(role))).await.map_err(self.doing("becoming the objects' owner"))
    }

    /// Tries until no lock is in the way, for a minute at most.
    pub(crate) async fn with_patience<T, F>(&self, step: impl Fn() -> F) -> Result<T, ToolError>
    where
        F: Future<Output = Result<T, ToolError>>,
    {
        let started = Instant::now();
        loop {
            match step().await {
                Err(error) if error.lock_timeout() => {
                    if started.elapsed() >= PATIENCE {
                        return Err(self.locked(error, started.elapsed()));
                    }
                    tracing::info!(database = self.database, "a lock is in the way; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
                result => return result,
            }
        }
    }

    fn locked(&self, error: ToolError, waited: Duration) -> ToolError {
        let seconds = waited.as_secs();
        match error {
            ToolError::Database { database, doing, source } => ToolError::Locked { database, doing: doing.to_owned(), seconds, source },
            ToolError::Failed { database, file, source, .. } => ToolError::Locked { database, doing: file, seconds, source },
            other => other,
        }
    }
}
