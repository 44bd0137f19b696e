//! The first rows of a file, by which it is recognised.

use std::io;

use crate::refusal::Damage;
use crate::row::{Row, Rows};

/// Rows of a sample: the header with what may stand above it, and 50 more.
pub(super) const ROWS: usize = 60;

/// A row of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SampleRow {
    pub(super) line: u64,
    pub(super) fields: Vec<String>,
}

/// The first rows of a file.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) rows: Vec<SampleRow>,
    /// What is damaged behind them, if anything is.
    pub(super) damage: Option<String>,
    /// Whether they are all rows that there are.
    pub(super) is_all: bool,
}

/// Takes the first rows.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn take(rows: &mut dyn Rows) -> io::Result<Sample> {
    let (mut sample, mut row) = (Sample::default(), Row::default());
    while sample.rows.len() < ROWS {
        match rows.read(&mut row) {
            Ok(true) => {
                let fields = row.fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
                sample.rows.push(SampleRow { line: row.line, fields });
            }
            Ok(false) => {
                sample.is_all = true;
                break;
            }
            Err(Damage::Damaged(what)) => {
                sample.damage = Some(what);
                break;
            }
            Err(Damage::Io(error)) => return Err(error),
        }
    }
    Ok(sample)
}
