//! What is due every day at a time of day: of several servers on the same PRIMARY exactly one begins it, and one that was away at that time
//! catches up.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, Utc};
use model::Error;
use model::audit::Origin;
use model::transformation::Wanted;

use crate::Platform;
use crate::caller::Actor;
use crate::failure::{self, unavailable};

/// How often a server looks whether something is due.
const PERIOD: Duration = Duration::from_secs(15);

/// Bringing what is derived up to date.
const TRANSFORMATIONS: &str = "transformations";
/// Writing the exports to the store.
const EXPORTS: &str = "exports";

/// The latest moment at this time of day, UTC, that is not in the future.
fn latest(daily: NaiveTime, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.date_naive().and_time(daily).and_utc();
    if today <= now { today } else { today.checked_sub_days(Days::new(1)).unwrap_or(today) }
}

impl Platform {
    /// Begins what is due until the platform stops.
    pub(crate) async fn keep_schedule(self) {
        let mut turns = self.turns(PERIOD);
        while turns.next().await {
            if let Err(error) = self.begin_what_is_due().await {
                failure::log("beginning what is due", &error);
            }
        }
    }

    /// Begins what is due and nobody has begun yet.
    pub(crate) async fn begin_what_is_due(&self) -> Result<(), Error> {
        if let Some(daily) = self.configuration().transform_daily
            && self.is_due(TRANSFORMATIONS, daily).await?
        {
            let requested = self.request_transformations(&scheduler(), &Wanted::Stale).await?;
            tracing::info!(runs = requested.runs.len(), "the daily bringing up to date has begun");
        }
        if let Some(daily) = self.configuration().export_daily
            && self.is_due(EXPORTS, daily).await?
        {
            self.write_exports().await?;
        }
        Ok(())
    }

    /// Whether something is due, and this is the server to begin it.
    pub(crate) async fn is_due(&self, name: &str, daily: NaiveTime) -> Result<bool, Error> {
        let fault = || unavailable("looking what is due");
        let due = latest(daily, self.clock().now());
        // Most of the time it was begun long ago, and reading takes no lock.
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let last = transaction.last_begun(name).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        if last.is_some_and(|last| last >= due) {
            return Ok(false);
        }
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        let taken = transaction.begin_due(name, due).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(taken)
    }
}

/// Who asks for what is due.
pub(crate) fn scheduler() -> Actor {
    Actor { user_id: None, name: "system:scheduler".to_owned(), origin: Origin::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_today_once_the_time_has_come_and_since_yesterday_before() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let half_past_three = NaiveTime::from_hms_opt(3, 30, 0).expect("a time");
        assert_eq!(latest(half_past_three, at("2026-11-20T03:30:00Z")), at("2026-11-20T03:30:00Z"));
        assert_eq!(latest(half_past_three, at("2026-11-20T03:29:59Z")), at("2026-11-19T03:30:00Z"));
    }
}
