//! Reading: a recognised file's rows, checked against their contract, to whoever takes them.

mod checker;
mod keys;
#[cfg(test)]
mod tests;
mod value;

use std::path::Path;

use model::table::RUN_COLUMN;

use crate::chart;
use crate::recognize::{Form, Recognized, Shape, Table};
use crate::refusal::Damage;
use crate::row::{Row, Rows};
use crate::sheet;
use crate::sink::{Control, Report, Sink};
use crate::text::Delimited;
use checker::Checker;

/// The most columns of any kind.
const MAX_COLUMNS: usize = 16;
/// The most origins whose rows one file may hold: every three-digit area twice over.
const MAX_ORIGINS: usize = 2_000;
/// Rows between two reports of progress.
const REPORT_EVERY: u64 = 4_096;

const _: () = {
    let mut index = 0;
    while index < model::integration::CONTRACTS.len() {
        assert!(model::integration::CONTRACTS[index].columns.len() <= MAX_COLUMNS, "a kind has more columns than rows have room for");
        index += 1;
    }
};

/// What a person has agreed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Put back the zeros that codes have lost at their beginning. Each is counted either way.
    pub repair_leading_zeros: bool,
}

/// Reads a recognised file: hands each row that keeps the contract, and each that does not, to `sink`, in the file's order.
/// `progress` is told every few thousand rows, and at the end, how many bytes of the file and rows were read and how many of these
/// were rejected. A sink that stops ends it early, with what was found until then.
///
/// # Errors
/// If the file is damaged or cannot be read. What the sink has taken by then is no whole file.
pub fn read(
    path: &Path,
    name: &str,
    recognized: &Recognized,
    options: &ReadOptions,
    progress: &dyn Fn(u64, u64, u64),
    sink: &mut dyn Sink,
) -> Result<Report, Damage> {
    read_rows(path, name, recognized, options, progress, sink).map_err(Damage::told)
}

fn read_rows(
    path: &Path,
    name: &str,
    recognized: &Recognized,
    options: &ReadOptions,
    progress: &dyn Fn(u64, u64, u64),
    sink: &mut dyn Sink,
) -> Result<Report, Damage> {
    let contract = recognized.kind.contract();
    let chart_table;
    let table = match &recognized.shape {
        Shape::Table(table) => table,
        Shape::Chart(_) => {
            chart_table = Table::in_order(contract.columns.len());
            &chart_table
        }
    };
    let mut rows = open(path, name, recognized)?;
    let is_ragged = !matches!((&recognized.form, &recognized.shape), (Form::Text { .. }, Shape::Table(_)));
    let mut checker = Checker::new(contract, table, is_ragged, recognized.correction.as_ref(), options.repair_leading_zeros);
    if is_export(recognized) {
        checker = checker.of_export();
    }
    let mut row = Row::default();
    let mut reported = 0;
    while rows.read(&mut row)? {
        if row.line <= table.header_line {
            continue;
        }
        if checker.take(&row, sink)? == Control::Stop {
            return Ok(checker.into_report());
        }
        let report = checker.report();
        if report.read - reported >= REPORT_EVERY {
            reported = report.read;
            progress(rows.bytes_read(), report.read, report.rejected);
        }
    }
    let report = checker.into_report();
    progress(std::fs::metadata(path)?.len(), report.read, report.rejected);
    Ok(report)
}

/// Whether the file is text that the platform itself has written of a table.
fn is_export(recognized: &Recognized) -> bool {
    matches!(recognized.form, Form::Text { .. }) && recognized.header.iter().any(|header| header == RUN_COLUMN)
}

/// The rows of a recognised file, a header above them included.
fn open(path: &Path, name: &str, recognized: &Recognized) -> Result<Box<dyn Rows>, Damage> {
    let rows: Box<dyn Rows> = match (&recognized.form, &recognized.shape) {
        (Form::Text { encoding, dialect }, Shape::Table(table)) => Box::new(Delimited::open(path, *encoding, *dialect, table.width)?),
        (Form::Text { encoding, dialect }, Shape::Chart(_)) => Box::new(Delimited::open(path, *encoding, *dialect, 0)?),
        (Form::Sheet(format), _) => sheet::open(path, *format, name)?,
    };
    Ok(match &recognized.shape {
        Shape::Table(_) => rows,
        Shape::Chart(facts) => chart::open(rows, facts),
    })
}
