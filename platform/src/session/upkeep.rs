//! What is done about sessions in the background: when they were used is written down, and those that are over are removed.

use std::time::Duration;

use database_connection::DatabaseError;

use crate::Platform;
use crate::failure;

/// How often PRIMARY is told which sessions were used.
const NOTED_EVERY: Duration = Duration::from_secs(60);

impl Platform {
    /// Tells PRIMARY every minute which sessions were used, and the log how requests learned who asks.
    pub(crate) async fn note_sessions(self) {
        let mut turns = self.turns(NOTED_EVERY);
        while turns.next().await {
            self.write_down_sessions().await;
            self.log_session_counts();
        }
        self.write_down_sessions().await;
    }

    /// Tells PRIMARY which sessions were used since the last time.
    async fn write_down_sessions(&self) {
        let seen = self.session_cache().take_seen();
        if seen.is_empty() {
            return;
        }
        let written = async {
            let mut transaction = self.primary().begin().await?;
            // Many sessions at once: see `end_session_of`.
            transaction.lock_rights().await?;
            transaction.note_seen(&seen).await?;
            transaction.commit().await
        };
        if let Err(error) = written.await {
            failure::log("noting when sessions were used", &error);
            for (session, at) in seen {
                self.session_cache().note_seen(&session, at);
            }
        }
    }

    /// Removes sessions and links that are over.
    pub(crate) async fn remove_ended_sessions(&self) -> Result<(), DatabaseError> {
        let now = self.clock().now();
        let mut transaction = self.primary().begin().await?;
        transaction.lock_rights().await?;
        transaction.remove_ended_sessions(now, self.used_since(now)).await?;
        transaction.commit().await
    }

    /// Logs how sessions were answered since the last time.
    fn log_session_counts(&self) {
        let counts = self.session_cache().counts_since_logged();
        if counts.hits + counts.misses + counts.bypassed > 0 {
            tracing::info!(hits = counts.hits, misses = counts.misses, bypassed = counts.bypassed, "sessions answered from memory");
        }
    }
}
