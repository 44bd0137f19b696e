//! How long originals and lists of rejected rows are kept.

use chrono::TimeDelta;
use database_connection::DatabaseError;
use model::RunId;

use crate::Platform;
use crate::failure;

impl Platform {
    /// Removes what has been kept for long enough. What is live, or can come back, is kept however old it is: DATA is made anew of it.
    pub(crate) async fn remove_old_originals(&self) {
        if let Err(error) = self.try_remove_old_originals().await {
            failure::log("removing old originals", &error);
        }
    }

    async fn try_remove_old_originals(&self) -> Result<(), DatabaseError> {
        let kept = TimeDelta::from_std(self.configuration().originals_kept).unwrap_or(TimeDelta::MAX);
        let Some(before) = self.clock().now().checked_sub_signed(kept) else { return Ok(()) };
        let mut data = self.data().begin_read_only().await?;
        let needed = data.runs_with_versions().await?;
        data.commit().await?;
        let mut transaction = self.primary().begin_read_only().await?;
        let originals = transaction.originals_to_remove(before, &needed).await?;
        let rejects = transaction.rejects_to_remove(before).await?;
        transaction.commit().await?;
        if originals.is_empty() && rejects.is_empty() {
            return Ok(());
        }
        // Recorded first: a record of a file that is gone is a broken promise, a file without a record a few bytes.
        let mut transaction = self.primary().begin().await?;
        transaction.mark_removed(&originals, &rejects).await?;
        transaction.commit().await?;
        self.remove_from_store(&originals, &rejects).await;
        tracing::info!(originals = originals.len(), rejects = rejects.len(), "removed what was kept for long enough");
        Ok(())
    }

    async fn remove_from_store(&self, originals: &[String], rejects: &[RunId]) {
        let store = &self.configuration().store;
        for sha256 in originals {
            if let Err(error) = store.remove_original(sha256).await {
                tracing::warn!(sha256, %error, "an original could not be removed from the store");
            }
        }
        for run in rejects {
            if let Err(error) = store.remove_rejects(run).await {
                tracing::warn!(%run, %error, "a list of rejected rows could not be removed from the store");
            }
        }
    }
}
