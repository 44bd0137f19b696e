//! How long the audit is kept. The application cannot remove rows: PRIMARY's owner has left a function that removes those of whole seals,
//! and refuses what is younger than 400 days whatever it is asked.

use std::time::Duration;

use chrono::TimeDelta;
use database_connection::DatabaseError;
use model::Error;
use serde_json::json;

use crate::Platform;
use crate::failure::unavailable;
use crate::supervision::supervision;

/// What is never removed earlier.
const KEPT_AT_LEAST: Duration = Duration::from_secs(400 * 24 * 3600);
/// The clocks of this machine and PRIMARY's may differ: on the day itself nothing hangs on it.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::hours(1);
/// Seals whose rows are removed in one transaction.
const SEALS_AT_ONCE: i32 = 200;

impl Platform {
    /// Removes rows that have been kept for long enough, and answers how many.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn remove_old_audit(&self) -> Result<u64, Error> {
        self.try_remove_old_audit().await.map_err(unavailable("removing old rows of the audit"))
    }

    pub(super) async fn try_remove_old_audit(&self) -> Result<u64, DatabaseError> {
        let kept = self.configuration().audit_kept.max(KEPT_AT_LEAST);
        let kept = TimeDelta::from_std(kept).ok().and_then(|kept| kept.checked_add(&CLOCKS_DIFFER)).unwrap_or(TimeDelta::MAX);
        let Some(before) = self.clock().now().checked_sub_signed(kept) else { return Ok(0) };
        let mut rows = 0;
        loop {
            let mut transaction = self.primary().begin().await?;
            let removed = transaction.remove_sealed_audit(before, SEALS_AT_ONCE).await?;
            if removed.seals == 0 {
                return Ok(rows);
            }
            let actor = supervision();
            let mut entry = actor.audit("remove", "audit", None);
            entry.after = Some(
                json!({"rows": removed.rows, "seals": removed.seals, "first_seal": removed.first, "last_seal": removed.last, "before": before}),
            );
            transaction.audit(entry).await?;
            transaction.commit().await?;
            tracing::info!(rows = removed.rows, seals = removed.seals, "removed what the audit has kept for long enough");
            rows += u64::try_from(removed.rows).unwrap_or_default();
        }
    }
}
