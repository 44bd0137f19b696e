//! All the way from bytes to rows, twice, and what must hold of any file.

use std::io::Write;
use std::path::Path;

use files::{Damage, ReadOptions, Recognized, Report, read, recognize};
use model::FileKind;
use tempfile::NamedTempFile;

use crate::findings::Findings;

/// What became of a file. It is the same for the same bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is refused: the sort of reason.
    Refused(String),
    /// It is of a kind, and whole or damaged.
    Read(Box<Read>),
}

/// What a file of a known kind gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) kind: FileKind,
    pub(crate) run: Option<String>,
    pub(crate) report: Result<Report, String>,
    pub(crate) rows: Vec<String>,
    pub(crate) rejects: Vec<String>,
    pub(crate) fields: Vec<Vec<String>>,
}

/// A file that holds these bytes.
pub(crate) fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(content).expect("writes");
    file
}

/// What becomes of a file of this name that holds these bytes.
///
/// # Panics
/// If anything does not hold that must hold of any file.
pub(crate) fn verdict(content: &[u8], name: &str) -> Verdict {
    of_file(file(content).path(), name)
}

/// What becomes of a file.
///
/// # Panics
/// If anything does not hold that must hold of any file.
pub(crate) fn of_file(path: &Path, name: &str) -> Verdict {
    let found = once(path, name, false);
    assert_eq!(found, once(path, name, false), "the same bytes, another verdict");
    let repaired = once(path, name, true);
    if let (Verdict::Read(found), Verdict::Read(repaired)) = (&found, &repaired)
        && let (Ok(found), Ok(repaired)) = (&found.report, &repaired.report)
    {
        assert_eq!((found.read, found.leading_zeros), (repaired.read, repaired.leading_zeros), "repairing changed what is read");
    }
    found
}

fn once(path: &Path, name: &str, repair_leading_zeros: bool) -> Verdict {
    let recognized = match recognize(path, name, None).expect("no bytes make reading fail") {
        Ok(recognized) => recognized,
        Err(refusal) => {
            assert!(refusal.message.starts_with(name), "{}", refusal.message);
            check_sentence(&refusal.message);
            return Verdict::Refused(format!("{:?}", refusal.reason));
        }
    };
    check_recognized(&recognized);
    let mut findings = Findings::new(recognized.kind.contract());
    let report = read(path, name, &recognized, &ReadOptions { repair_leading_zeros }, &|_, _, _| (), &mut findings);
    let report = match report {
        Ok(report) => {
            findings.check(&report);
            Ok(report)
        }
        Err(Damage::Damaged(sentence)) => {
            check_sentence(&sentence);
            Err(sentence)
        }
        Err(Damage::Io(error)) => panic!("no bytes make reading fail: {error}"),
    };
    let Findings { rows, rejects, fields, .. } = findings;
    let run = recognized.correction.map(|run| run.as_str().to_owned());
    Verdict::Read(Box::new(Read { kind: recognized.kind, run, report, rows, rejects, fields }))
}

/// What is told of a file is for people: sentences of bounded length, on one line each.
fn check_recognized(recognized: &Recognized) {
    assert!(recognized.notes.len() < 20, "{:?}", recognized.notes);
    recognized.notes.iter().for_each(|note| check_sentence(note));
    let renamed = recognized.drift.renamed.iter().map(|(found, _)| found);
    for name in recognized.drift.new.iter().chain(&recognized.drift.missing).chain(renamed) {
        assert!(!name.is_empty() && name.len() < 1_000 && !name.contains(char::is_control), "{name:?}");
    }
}

fn check_sentence(sentence: &str) {
    assert!(sentence.ends_with('.') && sentence.len() < 40_000, "{sentence:?}");
    assert!(!sentence.contains(char::is_control), "{sentence:?}");
}
