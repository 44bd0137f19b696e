//! Which rows of the audit a list shows.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Pages of the audit that can be leafed through. What lies further back is found by its time, or taken as a file.
pub const PAGES_MAX: u32 = 200;

/// Which rows of the audit a list shows, the newest first. Everything is optional, and all of it stands in the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// A user's identifier, or a part of the name under which somebody acted.
    pub person: Option<String>,
    /// Only this kind of thing: `user`, `run`.
    pub resource: Option<String>,
    /// Only this thing.
    pub resource_id: Option<String>,
    /// Only this action: `sign-in`.
    pub action: Option<String>,
    /// Only rows from then on.
    pub since: Option<DateTime<Utc>>,
    /// Only rows before then.
    pub until: Option<DateTime<Utc>>,
    /// The page, from 1; 0 is taken for 1.
    #[serde(default)]
    pub page: u32,
}

impl AuditQuery {
    /// The same without what only spaces were given for.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        for text in [&mut self.person, &mut self.resource, &mut self.resource_id, &mut self.action] {
            *text = text.take().map(|given| given.trim().to_owned()).filter(|given| !given.is_empty());
        }
        self
    }
}

/// The moment at which a time begins that somebody has typed: a day, a day with a time of day (UTC), or a moment of RFC 3339.
pub fn since(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    for format in ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, format) {
            return Some(moment.and_utc());
        }
    }
    day(text)
}

/// The moment before which a time lies that somebody has typed: a day is in it to its end.
pub fn until(text: &str) -> Option<DateTime<Utc>> {
    match day(text.trim()) {
        Some(day) => day.checked_add_signed(TimeDelta::days(1)),
        None => since(text),
    }
}

fn day(text: &str) -> Option<DateTime<Utc>> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_whole() {
        let text = |moment: Option<DateTime<Utc>>| moment.map(|moment| moment.to_string());
        assert_eq!(text(since("2026-11-20")).as_deref(), Some("2026-11-20 00:00:00 UTC"));
        assert_eq!(text(until(" 2026-11-20 ")).as_deref(), Some("2026-11-21 00:00:00 UTC"));
        assert_eq!(text(until("2026-11-20T13:30")).as_deref(), Some("2026-11-20 13:30:00 UTC"));
        assert_eq!(text(since("2026-11-20T13:30:00+01:00")).as_deref(), Some("2026-11-20 12:30:00 UTC"));
        assert_eq!((since("yesterday"), until("")), (None, None));
    }

    #[test]
    fn spaces_ask_for_nothing() {
        let query = AuditQuery { person: Some("  ".to_owned()), action: Some(" edit ".to_owned()), ..AuditQuery::default() };
        assert_eq!(query.trimmed(), AuditQuery { action: Some("edit".to_owned()), ..AuditQuery::default() });
    }
}
