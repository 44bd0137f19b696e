//! That the corpus leaves nothing out: every reason, every rule, of every column of every contract.

use files::{Breach, Reason};
use model::integration::{CONTRACTS, Column, ColumnType};

use super::{judged, reasons};

/// Every reason, in order; a new one does not compile here until it has its place.
fn all_reasons() -> Vec<Reason> {
    let next = |reason: Reason| match reason {
        Reason::Empty => Some(Reason::WebPage),
        Reason::WebPage => Some(Reason::GitLfsPointer),
        Reason::GitLfsPointer => Some(Reason::PasswordProtected),
        Reason::PasswordProtected => Some(Reason::BrokenWorkbook),
        Reason::BrokenWorkbook => Some(Reason::Archive),
        Reason::Archive => Some(Reason::NotATable),
        Reason::NotATable => Some(Reason::Binary),
        Reason::Binary => Some(Reason::UnknownHeader),
        Reason::UnknownHeader => Some(Reason::MissingColumns),
        Reason::MissingColumns => Some(Reason::AmbiguousColumns),
        Reason::AmbiguousColumns => Some(Reason::OtherProduct),
        Reason::OtherProduct => Some(Reason::OtherKind),
        Reason::OtherKind => Some(Reason::NoRows),
        Reason::NoRows => None,
    };
    std::iter::successors(Some(Reason::Empty), |reason| next(*reason)).collect()
}

/// Every rule, likewise.
fn all_breaches() -> Vec<Breach> {
    let next = |breach: Breach| match breach {
        Breach::FieldCount => Some(Breach::OpenQuote),
        Breach::OpenQuote => Some(Breach::Empty),
        Breach::Empty => Some(Breach::LostLeadingZeros),
        Breach::LostLeadingZeros => Some(Breach::NotACode),
        Breach::NotACode => Some(Breach::NotAState),
        Breach::NotAState => Some(Breach::NotANumber),
        Breach::NotANumber => Some(Breach::OutOfRange),
        Breach::OutOfRange => Some(Breach::TooLong),
        Breach::TooLong => Some(Breach::ControlCharacter),
        Breach::ControlCharacter => Some(Breach::NotText),
        Breach::NotText => Some(Breach::RepeatedKey),
        Breach::RepeatedKey => Some(Breach::OtherOrigin),
        Breach::OtherOrigin => None,
    };
    std::iter::successors(Some(Breach::FieldCount), |breach| next(*breach)).collect()
}

#[test]
fn every_reason_is_given() {
    let given = reasons();
    let missing: Vec<Reason> = all_reasons().into_iter().filter(|reason| !given.contains(reason)).collect();
    assert_eq!(missing, []);
}

#[test]
fn every_rule_is_broken() {
    let broken = |breach: &Breach| judged().iter().any(|judged| judged.verdict.breaches.iter().any(|(_, found)| found == breach));
    let missing: Vec<Breach> = all_breaches().into_iter().filter(|breach| !broken(breach)).collect();
    assert_eq!(missing, []);
}

/// The rules of a column: what a value of it can break.
fn rules(column: &Column) -> Vec<Breach> {
    let mut rules = match column.kind {
        ColumnType::Zip5 | ColumnType::Zip3 | ColumnType::Zip3OrZip5 => vec![Breach::NotACode, Breach::LostLeadingZeros],
        ColumnType::Zone => vec![Breach::NotACode],
        ColumnType::Text { .. } => vec![Breach::TooLong, Breach::ControlCharacter, Breach::NotText],
        ColumnType::StateCode => vec![Breach::NotAState],
        ColumnType::Number { .. } | ColumnType::Count | ColumnType::Days { .. } => vec![Breach::NotANumber, Breach::OutOfRange],
    };
    if !column.nullable {
        rules.push(Breach::Empty);
    }
    rules
}

#[test]
fn every_rule_of_every_column_is_broken() {
    let mut missing = Vec::new();
    for contract in CONTRACTS {
        for column in contract.columns {
            for rule in rules(column) {
                let is_broken = judged()
                    .iter()
                    .filter(|judged| judged.verdict.kind == Some(contract.kind))
                    .any(|judged| judged.verdict.breaches.contains(&(Some(column.name), rule)));
                if !is_broken {
                    missing.push(format!("{} {}: {rule:?}", contract.name, column.name));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
