//! Numbers, sizes, durations and times as text. The same text on the server and in the browser: no locale, no clock.

use chrono::{DateTime, Datelike, Timelike, Utc};
pub use model::format::{bytes, counted, grouped};

/// Names of which any will do: `a`, `a or b`, `a, b or c`.
pub fn alternatives(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

/// A duration: `840 ms`, `12.4 s`, `3 min 5 s`, `2 h 10 min`.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds}.{} s", milliseconds % 1_000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// A time to go, in whole seconds and rounded up: `13 s`, `3 min`, `2 h 10 min`.
pub fn left(milliseconds: u64) -> String {
    let seconds = milliseconds.div_ceil(1_000);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds.div_ceil(60)),
        _ => duration(milliseconds),
    }
}

/// A moment for machines: `2026-07-01T12:03:04Z`.
pub fn iso(at: DateTime<Utc>) -> String {
    format!("{}T{}Z", date(at), clock(at))
}

/// A moment for people where their zone is not known: `2026-07-01 12:03 UTC`.
pub fn absolute(at: DateTime<Utc>) -> String {
    format!("{} {:02}:{:02} UTC", date(at), at.hour(), at.minute())
}

/// A day: `2026-07-01`.
pub fn date(at: DateTime<Utc>) -> String {
    format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())
}

fn clock(at: DateTime<Utc>) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// How long ago a moment was: `just now`, `3 min ago`, `5 h ago`, `2 days ago`; past a month its day.
pub fn ago(at: DateTime<Utc>, now_milliseconds: i64) -> String {
    let seconds = (now_milliseconds - at.timestamp_millis()) / 1_000;
    match seconds {
        ..60 => "just now".to_owned(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "yesterday".to_owned(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        _ => date(at),
    }
}

/// The last eight characters of an identifier: enough to tell runs of one list apart.
pub fn short(id: &str) -> &str {
    id.char_indices().rev().nth(7).map_or(id, |(start, _)| &id[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn alternatives_read_as_people_say_them() {
        assert_eq!(alternatives(&["a"]), "a");
        assert_eq!(alternatives(&["a", "b"]), "a or b");
        assert_eq!(alternatives(&["a", "b", "c"]), "a, b or c");
    }

    #[test]
    fn durations_are_for_people() {
        for (milliseconds, text) in [(840, "840 ms"), (12_460, "12.4 s"), (185_000, "3 min 5 s"), (7_800_000, "2 h 10 min")] {
            assert_eq!(duration(milliseconds), text);
        }
    }

    #[test]
    fn times_to_go_are_rounded_up() {
        for (milliseconds, text) in [(0, "0 s"), (1, "1 s"), (12_001, "13 s"), (61_000, "2 min"), (7_800_000, "2 h 10 min")] {
            assert_eq!(left(milliseconds), text);
        }
    }

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(iso(at(1_700_000_000)), "2023-11-14T22:13:20Z");
        assert_eq!(absolute(at(1_700_000_000)), "2023-11-14 22:13 UTC");
    }

    #[test]
    fn ages_grow_coarser() {
        let now = 1_700_000_000_000;
        let age = |seconds: i64| ago(at(1_700_000_000 - seconds), now);
        assert_eq!(age(-5), "just now");
        assert_eq!(age(61), "1 min ago");
        assert_eq!(age(7_300), "2 h ago");
        assert_eq!(age(90_000), "yesterday");
        assert_eq!(age(172_800), "2 days ago");
        assert_eq!(age(40 * 86_400), "2023-10-05");
    }

    #[test]
    fn identifiers_are_shortened_from_their_end() {
        assert_eq!(short("0197a3b2-0000-7000-8000-0000deadbeef"), "deadbeef");
        assert_eq!(short("abc"), "abc");
    }
}
