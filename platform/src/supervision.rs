//! Runs whose process has died: found by their lease, settled by DATA's ledger.

use std::time::Duration;

use database_connection::DatabaseError;
use database_primary::Progress;
use model::audit::Origin;
use model::{Error, RunId};

use crate::Platform;
use crate::caller::Actor;
use crate::failure::{self, unavailable};

/// How often a supervising process looks. Together with the lease it bounds how long a dead run looks alive.
const PERIOD: Duration = Duration::from_secs(2);

const DIED: &str = "The server stopped before the run was finished. Nothing was changed; start it again.";

impl Platform {
    /// Settles what earlier processes left behind, and, where the configuration says so, goes on doing so
    /// until [`Platform::stop`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn start(&self) -> Result<(), Error> {
        self.remove_old_uploads().await;
        self.settle_stale_runs().await.map_err(unavailable("settling runs"))?;
        if self.configuration().supervises_runs {
            let platform = self.clone();
            self.0.tasks.spawn(async move {
                let mut turn = tokio::time::interval(PERIOD);
                turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
                loop {
                    tokio::select! {
                        _ = turn.tick() => {}
                        () = platform.0.stopping.cancelled() => return,
                    }
                    if let Err(error) = platform.settle_stale_runs().await {
                        failure::log("settling runs", &error);
                    }
                }
            });
        }
        Ok(())
    }

    async fn settle_stale_runs(&self) -> Result<(), DatabaseError> {
        // Most of the time there is nothing to settle, and a transaction that reads takes no lock.
        let mut transaction = self.primary().begin().await?;
        let own: Vec<RunId> = self.at_work().iter().cloned().collect();
        let stale = transaction.take_over_stale_runs(self.lease(), &own).await?;
        transaction.commit().await?;
        for run in stale {
            // With DATA down nothing is decided; the lease just taken ends, and the next turn tries again.
            let finished = self.settle_from_ledger(&run.id, DIED.to_owned(), Progress::default()).await?;
            let outcome = if finished.failure.is_some() { "failed" } else { "succeeded" };
            tracing::info!(run = %run.id, subject = run.subject, outcome, "settled a run whose process had died");
            let actor = Actor { user_id: None, name: "system:supervision".to_owned(), origin: Origin::default() };
            self.try_record_end(&actor, &run.id, run.operation, &finished).await?;
        }
        Ok(())
    }
}
