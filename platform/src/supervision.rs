//! Supervision: runs whose process has died are found by their lease and settled by DATA's ledger, or begun again; what nobody
//! wants any more is removed.

use std::time::Duration;

use chrono::TimeDelta;
use database_connection::DatabaseError;
use database_primary::{Progress, RunRecord, StaleRun};
use model::audit::Origin;
use model::run::{Operation, RunState};
use model::{Error, RunId};
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::Platform;
use crate::caller::Actor;
use crate::failure::{self, unavailable};
use crate::runs::Begun;

/// How often a supervising process looks. Together with the lease it bounds how long a dead run looks alive.
const PERIOD: Duration = Duration::from_secs(2);
/// How often it removes what is old.
const CLEANING_PERIOD: Duration = Duration::from_secs(3600);
/// How often an import is begun whose process dies each time: perhaps it is what kills it.
const ATTEMPTS: i32 = 3;
/// How long an import waits to be confirmed.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(24);

/// See [`Platform::turns`].
pub(crate) struct Turns {
    interval: Interval,
    stopping: CancellationToken,
}

impl Turns {
    /// Waits for the next turn; `false` when the platform stops.
    pub(crate) async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interval.tick() => true,
            () = self.stopping.cancelled() => false,
        }
    }
}

const DIED: &str = "The server stopped before the run was finished. Nothing was changed; start it again.";
const EXPIRED: &str = "Nobody confirmed it within a day. Nothing was changed; start it again.";

impl Platform {
    /// Settles what earlier processes left behind, and, where the configuration says so, goes on doing so and works the queue of
    /// runs off until [`Platform::stop`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn start(&self) -> Result<(), Error> {
        self.remove_old_uploads().await;
        self.settle_stale_runs().await.map_err(unavailable("settling runs"))?;
        if self.configuration().supervises_runs {
            self.watch_rights().await;
            self.0.tasks.spawn(self.clone().note_sessions());
            self.0.tasks.spawn(self.clone().supervise());
            self.0.tasks.spawn(self.clone().work_queue_off());
            self.0.tasks.spawn(self.clone().clean());
            self.0.tasks.spawn(self.clone().look_after_audit());
            self.0.tasks.spawn(self.clone().copy_settings());
            self.keep_schedule();
        }
        Ok(())
    }

    /// Turns of background work, the first at once, until the platform stops.
    pub(crate) fn turns(&self, period: Duration) -> Turns {
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Turns { interval, stopping: self.0.stopping.clone() }
    }

    async fn supervise(self) {
        let mut turns = self.turns(PERIOD);
        while turns.next().await {
            if let Err(error) = self.settle_stale_runs().await {
                failure::log("settling runs", &error);
            }
        }
    }

    async fn clean(self) {
        let mut turns = self.turns(CLEANING_PERIOD);
        while turns.next().await {
            if let Err(error) = self.cancel_expired().await {
                failure::log("ending imports that nobody confirmed", &error);
            }
            if let Err(error) = self.discard_orphans().await {
                failure::log("removing staged rows", &error);
            }
            if let Err(error) = self.remove_ended_sessions().await {
                failure::log("removing sessions that are over", &error);
            }
            self.remove_old_originals().await;
            if let Err(error) = self.remove_old_attempts().await {
                failure::log("forgetting attempts to sign in", &error);
            }
        }
    }

    async fn settle_stale_runs(&self) -> Result<(), DatabaseError> {
        // Most of the time there is nothing to settle, and a transaction that reads takes no lock.
        let mut transaction = self.primary().begin().await?;
        let own: Vec<RunId> = self.at_work().keys().cloned().collect();
        let stale = transaction.take_over_stale_runs(self.lease(), &own).await?;
        transaction.commit().await?;
        for run in stale {
            // With DATA down nothing is decided; the lease just taken ends, and the next turn tries again.
            self.settle_stale_run(run).await?;
        }
        Ok(())
    }

    async fn settle_stale_run(&self, run: StaleRun) -> Result<(), DatabaseError> {
        let resumable = run.operation != Operation::Export;
        if resumable && run.attempts < ATTEMPTS && self.data().outcome(&run.id).await?.is_none() {
            tracing::info!(run = %run.id, subject = run.subject, "a run whose process had died goes back into the queue");
            return self.requeue(&run.id).await;
        }
        let failed = RunRecord { failure: Some(DIED.to_owned()), ..RunRecord::new(RunState::Failed, Progress::default()) };
        let record = self.settle_from_ledger(&run.id, failed).await?;
        tracing::info!(run = %run.id, subject = run.subject, outcome = %record.state, "settled a run whose process had died");
        let mut transaction = self.primary().begin_read_only().await?;
        let undoes = transaction.undoes(&run.id).await?;
        transaction.commit().await?;
        let begun = Begun { actor: supervision(), id: run.id, operation: run.operation, undoes, resumable: false };
        self.try_record_end(&begun, &record).await?;
        self.tidy_up(&begun.id, &record).await;
        Ok(())
    }

    /// Ends imports that have waited for their confirmation for too long.
    async fn cancel_expired(&self) -> Result<(), DatabaseError> {
        let before = self.clock().now() - CONFIRM_WITHIN;
        let mut transaction = self.primary().begin().await?;
        for id in transaction.waiting_since(before).await? {
            if transaction.cancel_run(&id, Operation::Import, EXPIRED).await? == Some(RunState::Waiting) {
                transaction.audit(supervision().audit("import-expired", "run", Some(id.as_str()))).await?;
            }
        }
        transaction.commit().await
    }

    /// Removes staged rows of runs that have ended.
    async fn discard_orphans(&self) -> Result<(), DatabaseError> {
        for id in self.data().staging_runs().await? {
            let mut transaction = self.primary().begin_read_only().await?;
            let state = transaction.run_state(&id).await?;
            transaction.commit().await?;
            if state.is_none_or(RunState::is_final) {
                self.data().discard_staging(&id).await?;
            }
        }
        Ok(())
    }
}

/// What acts where nobody asked.
pub(crate) fn supervision() -> Actor {
    Actor { user_id: None, name: "system:supervision".to_owned(), on_behalf_of: None, origin: Origin::default() }
}
