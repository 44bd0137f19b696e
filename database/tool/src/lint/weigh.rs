//! How bad a finding is where it stands.

use super::rows::{FEW, Rows};
use super::rule::Weight;
use super::script::Found;
use super::{LintFinding, Severity};

/// Turns what was found into what is said, by its kind and, where somebody has looked, by the rows of the largest table concerned.
pub(super) fn weigh(file: &str, found: &Found, rows: Option<&[Rows]>) -> LintFinding {
    let rule = found.rule;
    let (subject, rows) = largest(found, rows);
    let few = |limit: i64| matches!(rows, Some(Rows::Of(count)) if count < limit);
    let (harmless, why) = match rule.weight {
        Weight::Always => (false, None),
        _ if found.is_new => (true, Some("a pending migration makes it".to_owned())),
        Weight::Use if found.is_remade => (true, Some("the migration makes it again".to_owned())),
        Weight::Rows => (few(FEW), rows.map(said)),
        Weight::AnyRow => (few(1), rows.map(said)),
        Weight::Use => (false, rows.map(said)),
    };
    let severity = if harmless { Severity::Note } else { rule.severity };
    let about = match (&subject, why) {
        (Some(subject), Some(why)) => format!("{subject} ({why}): "),
        (Some(subject), None) => format!("{subject}: "),
        (None, _) => String::new(),
    };
    let count = match rows {
        Some(Rows::Of(count) | Rows::AtLeast(count)) => Some(count),
        _ => None,
    };
    LintFinding {
        file: file.to_owned(),
        line: found.line,
        severity,
        rule: rule.name,
        table: subject,
        rows: count,
        sentence: format!("{about}{}", rule.sentence),
    }
}

/// What a finding is about, and its rows; of several, the one with most. Of what is not known nothing good is assumed.
fn largest(found: &Found, rows: Option<&[Rows]>) -> (Option<String>, Option<Rows>) {
    let key = |rows: &Rows| match rows {
        Rows::NoTable => -1,
        Rows::Of(count) | Rows::AtLeast(count) => *count,
        Rows::Unknown => i64::MAX,
    };
    match rows.filter(|_| !found.is_new) {
        Some(rows) => {
            let largest = found.subjects.iter().zip(rows).max_by_key(|(_, rows)| key(rows));
            (largest.map(|(name, _)| name.to_string()), largest.map(|(_, rows)| *rows))
        }
        None => (found.subjects.first().map(ToString::to_string), None),
    }
}

fn said(rows: Rows) -> String {
    match rows {
        Rows::NoTable => "it is not in the database".to_owned(),
        Rows::Unknown => "how many rows it has cannot be seen".to_owned(),
        Rows::Of(0) => "empty".to_owned(),
        Rows::Of(1) => "1 row".to_owned(),
        Rows::AtLeast(count) => format!("{} rows or more", grouped(count)),
        Rows::Of(count) => format!("{} rows", grouped(count)),
    }
}

/// 12,345 rather than 12345.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
