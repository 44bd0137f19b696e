//! What reading a file gives, kept to be compared, and what must hold of each row of it.

use std::collections::HashSet;
use std::fmt::Write;

use files::{Breach, Control, Rejected, Report, Sink, Value};
use model::integration::KindContract;

use crate::contract;

/// Rows as they come, checked one by one.
#[derive(Debug)]
pub(crate) struct Findings {
    contract: &'static KindContract,
    /// The values of all rows, in words.
    pub(crate) rows: Vec<String>,
    /// The keys of all rows.
    keys: HashSet<String>,
    /// The rejected ones, in words.
    pub(crate) rejects: Vec<String>,
    /// The fields of the rejected ones, in the contract's order.
    pub(crate) fields: Vec<Vec<String>>,
    /// Whether each rejected row counts as one.
    counts_rows: bool,
}

impl Findings {
    pub(crate) fn new(contract: &'static KindContract) -> Self {
        Self { contract, rows: Vec::new(), keys: HashSet::new(), rejects: Vec::new(), fields: Vec::new(), counts_rows: true }
    }

    /// What must hold of the report on these rows.
    ///
    /// # Panics
    /// If it does not hold.
    pub(crate) fn check(&self, report: &Report) {
        let Report { read, rejected, missing_keys, repeated, leading_zeros, .. } = *report;
        assert_eq!(read, self.rows.len() as u64 + rejected + repeated, "{report:?}");
        let told = self.rejects.len() as u64;
        assert!(if self.counts_rows { told == rejected } else { told <= rejected }, "{told} of {report:?}");
        assert!(missing_keys <= rejected, "{report:?}");
        assert_eq!(missing_keys > 0, report.first_missing_key.is_some(), "{report:?}");
        assert_eq!(leading_zeros > 0, report.first_leading_zeros.is_some(), "{report:?}");
        assert!(report.origins.is_sorted_by(|one, other| one < other), "{report:?}");
    }
}

impl Sink for Findings {
    fn row(&mut self, values: &[Value<'_>]) -> Control {
        let columns = self.contract.columns;
        assert_eq!(values.len(), columns.len());
        let mut words = String::new();
        for (at, (column, value)) in columns.iter().zip(values).enumerate() {
            assert!(contract::holds(column, value), "{}: {value:?}", column.name);
            write!(words, "{value:?} ").expect("a string");
            if at + 1 == self.contract.key_columns {
                assert!(self.keys.insert(words.clone()), "{words} is there twice");
            }
        }
        self.rows.push(words);
        Control::Continue
    }

    fn reject(&mut self, rejected: &Rejected<'_>) -> Control {
        let Rejected { line, column, breach, reason, value, fields } = rejected;
        assert!(*line > 0);
        assert!(column.is_none_or(|name| self.contract.columns.iter().any(|column| column.name == name)), "{column:?}");
        assert!(!reason.is_empty() && reason.len() < 300 && !reason.contains(char::is_control), "{reason:?}");
        assert!(value.chars().count() <= 200, "{value:?}");
        assert_eq!(fields.len(), self.contract.columns.len());
        self.counts_rows &= *breach != Breach::OpenQuote;
        self.rejects.push(format!("{line} {column:?} {breach:?} {reason} {value}"));
        self.fields.push(fields.iter().map(|field| field.clone().into_owned()).collect());
        Control::Continue
    }
}
