//! The address of the audit holds its whole view: `/audit?person=ana&resource=user&action=edit&since=2026-11-01&page=2`.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use model::audit::{self, AuditQuery};

use crate::format::{date, iso};

/// The most characters of a filter that are looked at.
const MOST: usize = 254;

/// The query that an address asks for. What it does not understand it takes for absent.
pub fn read(parameters: &ParamsMap) -> AuditQuery {
    let text = |name| parameters.get_str(name).unwrap_or_default().trim();
    let filled = |name| Some(text(name)).filter(|text| !text.is_empty()).map(|text| text.chars().take(MOST).collect::<String>());
    AuditQuery {
        person: filled("person"),
        resource: filled("resource"),
        resource_id: filled("id"),
        action: filled("action"),
        since: audit::since(text("since")),
        until: audit::until(text("until")),
        page: text("page").parse().unwrap_or(1).max(1),
    }
}

/// The address of a query, without what is so anyway.
pub fn write(query: &AuditQuery) -> String {
    format!("/audit{}", parameters(query))
}

/// What of a query stands behind the page's address.
pub fn parameters(query: &AuditQuery) -> String {
    let texts = [("person", &query.person), ("resource", &query.resource), ("id", &query.resource_id), ("action", &query.action)];
    let mut parts: Vec<String> = texts.iter().filter_map(|(name, text)| Some(format!("{name}={}", escape(text.as_ref()?)))).collect();
    if let Some(since) = query.since {
        parts.push(format!("since={}", since_text(since)));
    }
    if let Some(until) = query.until {
        parts.push(format!("until={}", until_text(until)));
    }
    if query.page > 1 {
        parts.push(format!("page={}", query.page));
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// The text as it stands in an address: what has no meaning there stays as people read it, on the server as in the browser.
fn escape(text: &str) -> String {
    let mut escaped = Url::escape(text);
    for (code, plain) in [("%2D", "-"), ("%2E", "."), ("%5F", "_"), ("%7E", "~"), ("%3A", ":"), ("%40", "@")] {
        escaped = escaped.replace(code, plain);
    }
    escaped
}

/// The moment as the address has it: a day where it is the beginning of one.
pub fn since_text(since: DateTime<Utc>) -> String {
    if since.time() == NaiveTime::MIN { date(since) } else { second(since) }
}

/// The moment to the second, in UTC.
fn second(at: DateTime<Utc>) -> String {
    iso(at).trim_end_matches('Z').to_owned()
}

/// The moment as the address has it: a day where it is the end of one.
pub fn until_text(until: DateTime<Utc>) -> String {
    match until.checked_sub_signed(TimeDelta::days(1)) {
        Some(day) if until.time() == NaiveTime::MIN => date(day),
        _ => second(until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&'static str, &str)]) -> ParamsMap {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    #[test]
    fn an_address_leads_to_its_query_and_back() {
        let given = [
            ("person", "ana b"),
            ("resource", "user"),
            ("id", "u1"),
            ("action", "edit"),
            ("since", "2026-11-01"),
            ("until", "2026-11-20"),
            ("page", "2"),
        ];
        let query = read(&parameters(&given));
        assert_eq!(query.until, audit::since("2026-11-21"));
        assert_eq!(write(&query), "/audit?person=ana%20b&resource=user&id=u1&action=edit&since=2026-11-01&until=2026-11-20&page=2");
        let exact = read(&parameters(&[("since", "2026-11-01T10:30"), ("until", "2026-11-01T11:00:05")]));
        assert_eq!(write(&exact), "/audit?since=2026-11-01T10:30:00&until=2026-11-01T11:00:05");
    }

    #[test]
    fn what_people_read_stays_readable_and_what_would_end_a_part_does_not() {
        let query = |text: &str| AuditQuery { person: Some(text.to_owned()), page: 1, ..AuditQuery::default() };
        assert_eq!(write(&query("zoe.k-b_1@example.com")), "/audit?person=zoe.k-b_1@example.com");
        assert_eq!(write(&query("system:root")), "/audit?person=system:root");
        assert_eq!(write(&query("a&b=%2D#?+ é")), "/audit?person=a%26b%3D%252D%23%3F%2B%20%C3%A9");
    }

    #[test]
    fn what_makes_no_sense_is_absent() {
        let query = read(&parameters(&[("person", " "), ("since", "soon"), ("page", "-7")]));
        assert_eq!((write(&query), query.page), ("/audit".to_owned(), 1));
    }
}
