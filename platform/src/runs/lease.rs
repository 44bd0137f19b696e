//! Leases: a process renews its claim on a run, and with it tells how far it is and hears whether somebody wants it to end.

use std::sync::Arc;
use std::time::Duration;

use database_connection::DatabaseError;
use database_primary::{Lease, Progress, Renewed};
use model::RunId;
use tokio_util::sync::CancellationToken;

use super::Counters;
use crate::Platform;

/// How long a run is believed to be at work after its process was last heard of, seconds.
const LEASE_SECONDS: f64 = 10.0;
/// How often a process is heard of, and progress with it; and how soon it hears that a run is to end that another server was told
/// to end.
const HEARTBEAT: Duration = Duration::from_millis(1000);

/// What ends the work on a run.
pub(super) struct Ends {
    /// Somebody wants it to end.
    pub(super) cancelled: CancellationToken,
    /// Another process has taken it.
    pub(super) lost: CancellationToken,
    /// It is over.
    pub(super) done: CancellationToken,
}

impl Platform {
    pub(crate) fn lease(&self) -> Lease<'_> {
        Lease { holder: &self.0.holder, seconds: LEASE_SECONDS }
    }

    /// Renews the lease until the work is over.
    pub(super) async fn keep_lease(self, id: RunId, counters: Arc<Counters>, ends: Ends) {
        let mut beat = tokio::time::interval(HEARTBEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = beat.tick() => {}
                () = ends.done.cancelled() => return,
            }
            match self.renew_lease(&id, counters.progress()).await {
                Ok(Renewed::GoOn) => {}
                Ok(Renewed::Cancel) => ends.cancelled.cancel(),
                Ok(Renewed::Lost) => {
                    ends.lost.cancel();
                    return;
                }
                // The work goes on: without a renewed lease somebody may give the run up, and the
                // ledger then keeps it from publishing.
                Err(error) => tracing::warn!(run = %id, %error, "a run's lease could not be renewed"),
            }
        }
    }

    async fn renew_lease(&self, id: &RunId, progress: Progress) -> Result<Renewed, DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        let renewed = transaction.renew_run(id, self.lease(), progress).await?;
        transaction.commit().await?;
        Ok(renewed)
    }
}
