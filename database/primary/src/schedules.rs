//! What is due at times of day: of several servers exactly one begins it, and begins it again where it was not done.

use chrono::{DateTime, Utc};

use crate::PrimaryTransaction;

/// How something stands that is due at times of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// The moment for which it was begun last.
    pub begun_for: DateTime<Utc>,
    /// From when on it is to be begun again for that moment; none where it is done.
    pub again_at: Option<DateTime<Utc>>,
}

/// A try at something that is due, which is somebody's to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// The moment for which.
    pub begun_for: DateTime<Utc>,
    /// Which try for this moment it is, from 1.
    pub number: i32,
}

impl PrimaryTransaction {
    /// How everything stands that was ever begun.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn schedules(&mut self) -> Result<Vec<Schedule>, sqlx::Error> {
        sqlx::query_as!(Schedule, "SELECT name, begun_for, again_at FROM config.schedules").fetch_all(&mut self.0).await
    }

    /// Takes what is due at a moment upon the caller, or what was begun before and is to be tried again by `now`. Whoever does not tell
    /// how it ended until `again_at` is not waited for any longer. Answers nothing where somebody else has it, or it is done.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn begin_due(
        &mut self,
        name: &str,
        due: DateTime<Utc>,
        now: DateTime<Utc>,
        again_at: DateTime<Utc>,
    ) -> Result<Option<Try>, sqlx::Error> {
        sqlx::query_as!(
            Try,
            "INSERT INTO config.schedules AS s (name, begun_for, again_at) VALUES ($1, $2, $4)
             ON CONFLICT (name) DO UPDATE
             SET begun_for = greatest(s.begun_for, excluded.begun_for), again_at = excluded.again_at,
                 tries = CASE WHEN s.begun_for < excluded.begun_for THEN 1 ELSE s.tries + 1 END
             WHERE s.begun_for < excluded.begun_for OR s.again_at <= $3
             RETURNING begun_for, tries AS number",
            name,
            due,
            now,
            again_at
        )
        .fetch_optional(&mut self.0)
        .await
    }

    /// Tells how a try has ended: it is done, or is to be made again from a moment on. Of tries for the same moment the latest counts, and
    /// done is done.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn end_try(&mut self, name: &str, ended: Try, again_at: Option<DateTime<Utc>>) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "UPDATE config.schedules SET again_at = $4
             WHERE name = $1 AND begun_for = $2 AND again_at IS NOT NULL AND (tries = $3 OR $4::timestamptz IS NULL)",
            name,
            ended.begun_for,
            ended.number,
            again_at
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }
}
