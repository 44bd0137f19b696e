//! What is due every day at a time of day: of several servers on the same PRIMARY exactly one begins it, and one that was away at that time
//! catches up. What fails is tried again, after pauses that grow, until it is due anew.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use database_primary::{Schedule, Try};
use model::Error;
use model::audit::Origin;

use crate::Platform;
use crate::caller::Actor;
use crate::exports::{Export, exports};
use crate::failure::{self, unavailable};

/// How often a server looks whether something is due.
const PERIOD: Duration = Duration::from_secs(15);
/// How long a server is waited for that has begun a try, before another one makes the next.
const WAITED_FOR: TimeDelta = TimeDelta::minutes(10);
/// The longest pause between two tries, minutes.
const LONGEST_PAUSE: i64 = 60;

/// What is done every day.
#[derive(Debug, Clone, Copy)]
enum Daily {
    /// Bringing up to date what is stale.
    Transformations,
    /// Writing an export to the store.
    Export(&'static Export),
}

/// How a try has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nothing is left to do until it is due anew.
    Done,
    /// It may go better another time.
    Failed,
    /// Nobody knows: this server stops.
    BrokenOff,
}

impl Daily {
    fn name(self) -> String {
        match self {
            Self::Transformations => "transformations".to_owned(),
            Self::Export(export) => format!("export {}", export.name),
        }
    }

    fn is_due(self, known: &[Schedule], due: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let name = self.name();
        let known = known.iter().find(|schedule| schedule.name == name);
        known.is_none_or(|schedule| schedule.begun_for < due || schedule.again_at.is_some_and(|again| again <= now))
    }
}

/// The latest moment at this time of day, UTC, that is not in the future.
fn latest(daily: NaiveTime, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.date_naive().and_time(daily).and_utc();
    if today <= now { today } else { today.checked_sub_days(Days::new(1)).unwrap_or(today) }
}

/// How long after a try that has failed the next one is made, where it was the first, the second and so on.
pub(crate) fn pause_after(number: i32) -> TimeDelta {
    let doublings = u32::try_from(number - 1).unwrap_or_default();
    TimeDelta::minutes(2_i64.saturating_pow(doublings).min(LONGEST_PAUSE))
}

impl Platform {
    /// Begins what settings say is due every day, each sort beside the other, until the platform stops.
    pub(crate) fn keep_schedule(&self) {
        let exports = exports().map(Daily::Export).collect();
        let sorts = [(self.configuration().transform_daily, vec![Daily::Transformations]), (self.configuration().export_daily, exports)];
        for (daily, all) in sorts {
            if let Some(daily) = daily {
                self.0.tasks.spawn(self.clone().keep_daily(daily, all));
            }
        }
    }

    async fn keep_daily(self, daily: NaiveTime, all: Vec<Daily>) {
        let mut turns = self.turns(PERIOD);
        while turns.next().await {
            if let Err(error) = self.do_what_is_due(daily, &all).await {
                failure::log("doing what is due", &error);
            }
        }
    }

    /// Does what is due and nobody else has begun.
    async fn do_what_is_due(&self, daily: NaiveTime, all: &[Daily]) -> Result<(), Error> {
        let fault = || unavailable("looking what is due");
        let now = self.clock().now();
        let due = latest(daily, now);
        // Most of the time it was done long ago, and reading takes no lock.
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let known = transaction.schedules().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        for each in all.iter().filter(|each| each.is_due(&known, due, now)) {
            let name = each.name();
            let now = self.clock().now();
            let mut transaction = self.primary().begin().await.map_err(fault())?;
            let begun = transaction.begin_due(&name, due, now, now + WAITED_FOR).await.map_err(fault())?;
            transaction.commit().await.map_err(fault())?;
            if let Some(begun) = begun {
                self.try_once(*each, &name, begun).await?;
            }
        }
        Ok(())
    }

    async fn try_once(&self, each: Daily, name: &str, begun: Try) -> Result<(), Error> {
        let ended = match each {
            Daily::Transformations => self.bring_up_to_date().await,
            Daily::Export(export) => self.write_export(export, || self.again_after(begun)).await,
        };
        let ended = ended.unwrap_or_else(|error| {
            failure::log("doing what is due", &error);
            Ended::Failed
        });
        let again_at = match ended {
            Ended::Done => None,
            Ended::Failed => Some(self.again_after(begun)),
            // Whoever waits for this server in vain goes on with it.
            Ended::BrokenOff => return Ok(()),
        };
        if let Some(at) = again_at {
            tracing::warn!(name, tries = begun.number, %at, "what is due every day was not done and is tried again");
        }
        let fault = || unavailable("recording what was due");
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.end_try(name, begun, again_at).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())
    }

    /// When the next try is made after one that fails now: never later than it is due anew.
    fn again_after(&self, begun: Try) -> DateTime<Utc> {
        (self.clock().now() + pause_after(begun.number)).min(begun.begun_for + TimeDelta::days(1))
    }
}

/// Who asks for what is done unasked.
pub(crate) fn scheduler() -> Actor {
    Actor { user_id: None, name: "system:scheduler".to_owned(), on_behalf_of: None, origin: Origin::default() }
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

    #[test]
    fn pauses_double_up_to_an_hour() {
        let minutes: Vec<i64> = (1..=8).chain([i32::MAX]).map(|number| pause_after(number).num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
