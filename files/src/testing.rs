//! For tests: files out of bytes, and everything that reading them gives.

use std::cell::RefCell;
use std::io::Write;

use proptest::test_runner::Config;
use tempfile::NamedTempFile;

use crate::{Breach, Control, Damage, ReadOptions, Recognized, Refusal, Rejected, Report, Sink, Value, read, recognize};

/// A file that holds these bytes.
pub(crate) fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(content).expect("writes");
    file
}

/// A rejected row, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) line: u64,
    pub(crate) column: Option<&'static str>,
    pub(crate) breach: Breach,
    pub(crate) reason: String,
    pub(crate) value: String,
    pub(crate) fields: Vec<String>,
}

/// Keeps what it is given; rows as their values in words.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) rejects: Vec<Reject>,
    /// Rows after which it stops.
    pub(crate) stop_after: Option<usize>,
}

impl Sink for Collected {
    fn row(&mut self, values: &[Value<'_>]) -> Control {
        let words = values.iter().map(|value| match value {
            Value::Null => "null".to_owned(),
            Value::Text(text) => (*text).to_owned(),
            Value::Double(number) => number.to_string(),
            Value::Bigint(number) => number.to_string(),
            Value::Smallint(number) => number.to_string(),
        });
        self.rows.push(words.collect());
        if self.stop_after.is_some_and(|after| self.rows.len() >= after) { Control::Stop } else { Control::Continue }
    }

    fn reject(&mut self, rejected: &Rejected<'_>) -> Control {
        self.rejects.push(Reject {
            line: rejected.line,
            column: rejected.column,
            breach: rejected.breach,
            reason: rejected.reason.clone(),
            value: rejected.value.clone().into_owned(),
            fields: rejected.fields.iter().map(|field| field.clone().into_owned()).collect(),
        });
        Control::Continue
    }
}

/// What a file of this content and name is.
pub(crate) fn recognized(content: &[u8], name: &str) -> Result<Recognized, Refusal> {
    recognize(file(content).path(), name, None).expect("reads")
}

/// Everything that reading gives.
#[derive(Debug)]
pub(crate) struct ReadFile {
    pub(crate) recognized: Recognized,
    pub(crate) report: Result<Report, String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) rejects: Vec<Reject>,
    /// Each report of progress.
    pub(crate) progress: Vec<(u64, u64, u64)>,
}

/// Reads a file that is recognised.
pub(crate) fn read_file(content: &[u8], name: &str, repair_leading_zeros: bool) -> ReadFile {
    let file = file(content);
    let recognized = recognize(file.path(), name, None).expect("reads").expect("is recognized");
    let progress = RefCell::new(Vec::new());
    let mut sink = Collected::default();
    let report = read(
        file.path(),
        name,
        &recognized,
        &ReadOptions { repair_leading_zeros },
        &|bytes, rows, rejected| progress.borrow_mut().push((bytes, rows, rejected)),
        &mut sink,
    );
    let report = report.map_err(|damage| match damage {
        Damage::Damaged(what) => what,
        Damage::Io(error) => panic!("{error}"),
    });
    ReadFile { recognized, report, rows: sink.rows, rejects: sink.rejects, progress: progress.into_inner() }
}

/// A few hundred cases, or a hundred times as many.
pub(crate) fn cases() -> Config {
    let cases = if std::env::var_os("HANDLED_SOAK").is_some_and(|value| value == "1") { 30_000 } else { 300 };
    Config { cases, failure_persistence: None, ..Config::default() }
}
