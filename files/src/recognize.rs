//! Recognition: what a file is, by its content and its name; or, in a sentence, why it is nothing that can be imported.

mod foreign;
mod header;
mod positions;
mod refuse;
mod sample;
mod sheets;
#[cfg(test)]
mod tests;
mod texts;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use model::integration::{Drift, Release};
use model::{FileKind, RunId};

use crate::chart::ChartFacts;
use crate::refusal::{Refusal, listed, sentence};
use crate::sheet::{self, SheetFormat};
use crate::text::{Dialect, Encoding};
use header::Candidate;
use sample::SampleRow;

/// Bytes looked at: enough for any header, and for the signatures of binary formats.
const HEAD: u64 = 64 * 1024;

/// A file of a known kind, with all that reading it needs.
#[derive(Debug, Clone)]
pub struct Recognized {
    /// The kind.
    pub kind: FileKind,
    /// Its edition, where the file tells.
    pub release: Option<Release>,
    /// How its columns differ from the publisher's.
    pub drift: Drift,
    /// What a reader should know of it, a sentence each.
    pub notes: Vec<String>,
    /// The run whose rejected rows it holds, corrected by a person; nothing for any other file.
    pub correction: Option<RunId>,
    /// The names of its columns as they stand in it; none where it has no header.
    pub header: Vec<String>,
    pub(crate) form: Form,
    pub(crate) shape: Shape,
}

/// How a file is written.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// Delimited text.
    Text {
        /// Its encoding.
        encoding: Encoding,
        /// How fields are told apart.
        dialect: Dialect,
    },
    /// A workbook or an HTML table.
    Sheet(SheetFormat),
}

/// What its rows make.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// A table.
    Table(Table),
    /// A zone chart.
    Chart(ChartFacts),
}

/// Where the columns of a table stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// The line of its header; 0 where it has none. Rows begin below.
    pub(crate) header_line: u64,
    /// For each column of the contract the field that holds it.
    pub(crate) fields: Vec<Option<usize>>,
    /// Fields that a row has.
    pub(crate) width: usize,
    /// The field that names the run whose rejected rows these are.
    pub(crate) run: Option<usize>,
    /// The origin that every row must have.
    pub(crate) origin: Option<String>,
}

impl Table {
    /// So many columns in the contract's order, without a header.
    pub(crate) fn in_order(columns: usize) -> Self {
        Self { header_line: 0, fields: (0..columns).map(Some).collect(), width: columns, run: None, origin: None }
    }
}

/// Looks at a file that people know as `name`, and which they may have `wanted` to be of a kind. Reads its beginning, and all of
/// it once where that is text, to find how it is encoded. Answers why it is refused where it is.
///
/// # Errors
/// If the file cannot be read.
pub fn recognize(path: &Path, name: &str, wanted: Option<FileKind>) -> io::Result<Result<Recognized, Refusal>> {
    Ok(look_at(path, name, wanted)?.map(Recognized::told).map_err(Refusal::told))
}

impl Recognized {
    /// The same, with what is told of it on one line each, whatever its columns are called.
    fn told(mut self) -> Self {
        let renamed = self.drift.renamed.iter_mut().map(|(found, _)| found);
        for text in self.notes.iter_mut().chain(&mut self.drift.new).chain(renamed) {
            *text = sentence(std::mem::take(text));
        }
        self
    }
}

fn look_at(path: &Path, name: &str, wanted: Option<FileKind>) -> io::Result<Result<Recognized, Refusal>> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(Err(refuse::empty(name, wanted)));
    }
    if let Some(found) = sheet::detect(path, &head, name)? {
        return match found {
            Ok(sheet) => sheets::recognize(sheet, &head, name, wanted),
            Err(refusal) => Ok(Err(refusal)),
        };
    }
    if let Some((reason, what)) = foreign::what_is_it(&head) {
        return Ok(Err(Refusal { reason, message: format!("{name} is {what}"), kind: wanted }));
    }
    texts::recognize(&mut file, &head, name, wanted)
}

/// A file whose header names every column that its kind must have.
fn by_header(candidate: Candidate, rows: &[SampleRow], form: Form, name: &str) -> Result<Recognized, Refusal> {
    let contract = candidate.contract;
    if let Some((foreign, columns)) = candidate.foreign() {
        return Err(refuse::other_product(name, contract, candidate.line, foreign, &columns));
    }
    if let Some((column, count)) = candidate.repeated() {
        return Err(refuse::ambiguous(name, contract, candidate.line, column, count));
    }
    let (drift, mut notes) = (candidate.drift(), candidate.notes());
    let first = rows.iter().find(|row| row.line > candidate.line);
    let correction = match (candidate.run, first) {
        // Without what it corrects, a list of a few rows would take a whole table's place.
        (None, _) if candidate.is_correction() => return Err(refuse::no_run_column(name, contract, candidate.line)),
        (Some(_), None) => return Err(refuse::no_run(name, contract, candidate.line + 1)),
        (Some(field), Some(row)) => {
            let run = row.fields.get(field).map_or("", |run| run.trim());
            if run.is_empty() || run.len() > 64 || !run.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(refuse::no_run(name, contract, row.line));
            }
            Some(RunId::new(run))
        }
        (None, _) => None,
    };
    let width = candidate.width();
    let mut table = Table { header_line: candidate.line, fields: candidate.fields, width, run: candidate.run, origin: None };
    if correction.is_none() && positions::contract().is_some_and(|by_position| by_position.kind == contract.kind) {
        notes.extend(positions::bind_origin(&mut table, rows, name));
    }
    let release = if correction.is_some() { None } else { contract.release.of_name(name) };
    Ok(Recognized { kind: contract.kind, release, drift, notes, correction, header: candidate.headers, form, shape: Shape::Table(table) })
}

/// A file whose rows are told apart by position.
fn by_position(mut table: Table, rows: &[SampleRow], form: Form, name: &str, kind: FileKind) -> Recognized {
    let mut notes = Vec::new();
    let header_line = table.header_line;
    if header_line > 0 {
        notes.push(format!("Line {header_line} was taken for a header; the columns were told apart by their position."));
    }
    notes.extend(positions::bind_origin(&mut table, rows, name));
    let header = rows.iter().find(|row| row.line == header_line).map(|row| row.fields.clone()).unwrap_or_default();
    let release = kind.contract().release.of_name(name);
    Recognized { kind, release, drift: Drift::default(), notes, correction: None, header, form, shape: Shape::Table(table) }
}

/// A zone chart.
fn by_chart(facts: ChartFacts, form: Form, name: &str) -> Recognized {
    let kind = FileKind::UpsZones;
    let release = facts.release.clone().or_else(|| kind.contract().release.of_name(name));
    let drift = Drift { new: facts.unused.clone(), missing: Vec::new(), renamed: facts.renamed.clone() };
    let mut notes = facts.notes.clone();
    if !facts.unused.is_empty() {
        notes.push(format!("Ignored columns: {}.", listed(facts.unused.iter().map(String::as_str))));
    }
    Recognized { kind, release, drift, notes, correction: None, header: Vec::new(), form, shape: Shape::Chart(facts) }
}

/// What was found, unless another kind was wanted.
fn as_wanted(found: Recognized, name: &str, wanted: Option<FileKind>) -> Result<Recognized, Refusal> {
    match wanted {
        Some(wanted) if wanted != found.kind => Err(refuse::other_kind(name, found.kind, wanted)),
        _ => Ok(found),
    }
}
