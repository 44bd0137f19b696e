//! The browser's clock. The server has none: what it renders must not depend on when and for whom.

use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// The time now, in milliseconds since 1970; unknown on the server and until the page is live.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<Option<i64>>);

/// How often ages on the page are counted anew.
const TICK: Duration = Duration::from_secs(15);

/// Starts the clock, once, at the root of the application.
pub fn provide_clock() {
    let now = RwSignal::new(None);
    provide_context(Clock(now));
    Effect::new(move |_| {
        now.set(Some(milliseconds()));
        if let Ok(interval) = set_interval_with_handle(move || now.set(Some(milliseconds())), TICK) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// The clock of the application.
pub fn use_clock() -> Clock {
    expect_context()
}

impl Clock {
    /// The time now, where it is known.
    pub fn now(self) -> Option<i64> {
        self.0.get()
    }

    /// The time now for a part of the page that the browser makes anew; nothing for one that it takes over from the
    /// server and that must begin with the server's words.
    pub fn now_unless_hydrating(self) -> Option<i64> {
        let hydrating = Owner::current_shared_context().is_some_and(|shared| shared.during_hydration());
        self.0.get_untracked().filter(|_| !hydrating)
    }
}

/// The browser's time, in milliseconds since 1970. Browser only.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64 for 292 million years")]
pub fn milliseconds() -> i64 {
    js_sys::Date::now() as i64
}

/// A moment in the viewer's own zone, which it names: `2026-07-01 14:03:04 UTC+02:00`. Browser only.
pub fn local(at: DateTime<Utc>) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a double")]
    let date = js_sys::Date::new(&(at.timestamp_millis() as f64).into());
    // JavaScript counts minutes from local time to UTC: its sign is the other way round.
    #[expect(clippy::cast_possible_truncation, reason = "a zone's offset is at most 14 hours")]
    let offset = -(date.get_timezone_offset() as i32);
    let (sign, minutes) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC{sign}{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
        minutes / 60,
        minutes % 60
    )
}

/// The same to the minute and without the zone: `2026-07-01 14:03`. Browser only.
pub fn local_minute(at: DateTime<Utc>) -> String {
    local(at).chars().take(16).collect()
}

/// The time of day alone: `14:03`. Browser only.
pub fn local_time(at: DateTime<Utc>) -> String {
    local(at).chars().skip(11).take(5).collect()
}
