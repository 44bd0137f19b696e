//! What is due at times of day: of several servers exactly one begins it.

use chrono::{DateTime, Utc};

use crate::PrimaryTransaction;

impl PrimaryTransaction {
    /// Takes what is due at this moment upon the caller. Answers `false` where somebody else already has.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn begin_due(&mut self, name: &str, due: DateTime<Utc>) -> Result<bool, sqlx::Error> {
        let taken = sqlx::query!(
            "INSERT INTO config.schedules AS s (name, begun_for) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET begun_for = excluded.begun_for WHERE s.begun_for < excluded.begun_for",
            name,
            due
        )
        .execute(&mut self.0)
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// For which moment it was begun last.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn last_begun(&mut self, name: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
        sqlx::query_scalar!("SELECT begun_for FROM config.schedules WHERE name = $1", name).fetch_optional(&mut self.0).await
    }
}
