//! Sentences for what is refused: each begins with the file's name and says what, where and what to do.

use model::FileKind;
use model::integration::{CONTRACTS, Column, KindContract, Layout};

use super::header::Candidate;
use super::{positions, sample::SampleRow};
use crate::correction;
use crate::refusal::{Reason, Refusal};
use crate::text::Dialect;

pub(super) fn empty(name: &str, kind: Option<FileKind>) -> Refusal {
    Refusal { reason: Reason::Empty, message: format!("{name} is empty: it has 0 bytes. Download it again."), kind }
}

pub(super) fn blank(name: &str, kind: Option<FileKind>) -> Refusal {
    Refusal {
        reason: Reason::Empty,
        message: format!("{name} is empty: it holds nothing but blanks and line breaks. Download it again."),
        kind,
    }
}

pub(super) fn binary(name: &str, kind: Option<FileKind>) -> Refusal {
    let message = format!(
        "{name} is binary data, not a table of text: its first bytes are no characters. Choose the CSV, the text or the workbook itself."
    );
    Refusal { reason: Reason::Binary, message, kind }
}

pub(super) fn no_sheet(name: &str, what: &str, kind: Option<FileKind>) -> Refusal {
    Refusal { reason: Reason::BrokenWorkbook, message: format!("{name} {what}"), kind }
}

pub(super) fn other_kind(name: &str, found: FileKind, wanted: FileKind) -> Refusal {
    let message = format!("{name} is a {found} file, not {wanted}. Import it as {found}, or choose a {wanted} file.");
    Refusal { reason: Reason::OtherKind, message, kind: Some(found) }
}

pub(super) fn no_rows(name: &str, contract: &KindContract, line: u64) -> Refusal {
    let message = format!("{name} is a {} file with a header on line {line} and no rows below it. Download it again.", contract.name);
    Refusal { reason: Reason::NoRows, message, kind: Some(contract.kind) }
}

pub(super) fn no_run(name: &str, contract: &KindContract, line: u64) -> Refusal {
    let message = format!(
        "{name} is a list of corrected {} rows, but line {line} does not say of which run: its column {} must hold what it held in the list that was downloaded. Put it back in every row and import the file again.",
        contract.name,
        correction::RUN
    );
    Refusal { reason: Reason::MissingColumns, message, kind: Some(contract.kind) }
}

pub(super) fn no_run_column(name: &str, contract: &KindContract, line: u64) -> Refusal {
    let message = format!(
        "{name} is a list of corrected {} rows, but line {line} has no column {}, which says of which run. Put the column back as it was in the list that was downloaded and import the file again.",
        contract.name,
        correction::RUN
    );
    Refusal { reason: Reason::MissingColumns, message, kind: Some(contract.kind) }
}

/// A file with some of a kind's columns.
pub(super) fn missing_columns(candidate: &Candidate, name: &str) -> Refusal {
    let (contract, missing) = (candidate.contract, candidate.missing());
    let plural = if missing.len() == 1 { "column" } else { "columns" };
    let message = format!(
        "{name} looks like a {} file, but line {} has no {plural} {}. It has: {}. Get the file with these columns, or name them so.",
        contract.name,
        candidate.line,
        missing.join(", "),
        shortened(&candidate.headers.join(", "))
    );
    Refusal { reason: Reason::MissingColumns, message, kind: Some(contract.kind) }
}

/// A table of no known kind. `dialect` is how it was read where it is text.
pub(super) fn unknown(name: &str, first: &SampleRow, dialect: Option<Dialect>, wanted: Option<FileKind>) -> Refusal {
    let reads = shortened(&first.fields.iter().map(|field| field.trim()).collect::<Vec<_>>().join(", "));
    let line = first.line;
    let wanted_or_named =
        wanted.or_else(|| positions::contract().filter(|_| positions::origin_of_name(name).is_some()).map(|contract| contract.kind));
    let by_position = wanted_or_named.map(FileKind::contract).filter(|contract| contract.layout == Layout::Positions);
    let message = if let Some(contract) = by_position {
        let columns = contract.columns.iter().map(|column| column.meaning).collect::<Vec<_>>().join(", ");
        format!(
            "{name} is not recognized: the rows of a {} file hold {columns}, but line {line} reads: {reads}. Choose the file as UPS provides it.",
            contract.name
        )
    } else {
        let separated = dialect.map(|dialect| format!(", with {} between its fields,", dialect.delimiter_name())).unwrap_or_default();
        format!(
            "{name} is not recognized: its first rows must name the columns of {}, but line {line}{separated} reads: {reads}. Choose another file, or name its columns so.",
            expected(wanted)
        )
    };
    Refusal { reason: Reason::UnknownHeader, message, kind: wanted_or_named }
}

/// The columns that headers must name, for people.
fn expected(wanted: Option<FileKind>) -> String {
    let with_header =
        CONTRACTS.iter().filter(|contract| wanted.map_or(contract.layout == Layout::Header, |wanted| contract.kind == wanted));
    // All of them where one kind is meant, enough to know the kind by where any is.
    let shown = if wanted.is_some() { usize::MAX } else { 3 };
    let columns = |columns: &[Column]| {
        let required: Vec<&str> = columns.iter().filter(|column| column.required).map(|column| column.header).collect();
        let rest = if required.len() > shown { ", …" } else { "" };
        format!("{}{rest}", required[..required.len().min(shown)].join(", "))
    };
    with_header.map(|contract| format!("{} ({})", contract.name, columns(contract.columns))).collect::<Vec<_>>().join(" or ")
}

/// At most 200 characters of a text, to be quoted in a sentence.
pub(super) fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(200) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}
