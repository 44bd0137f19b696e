//! Sentences for what is refused: each begins with the file's name and says what, where and what to do.

use model::FileKind;
use model::integration::{CONTRACTS, Foreign, KindContract, Layout};

use super::header::Candidate;
use super::{positions, sample::SampleRow};
use crate::correction;
use crate::refusal::{Reason, Refusal, listed, quoted};
use crate::text::Dialect;

pub(super) fn empty(name: &str, kind: Option<FileKind>) -> Refusal {
    Refusal { reason: Reason::Empty, message: format!("{name} is empty: it has 0 bytes. Download it again."), kind }
}

/// A text without a row, or, unless that `is_whole`, without one among its first bytes.
pub(super) fn blank(name: &str, is_whole: bool, kind: Option<FileKind>) -> Refusal {
    let message = if is_whole {
        format!("{name} is empty: it holds nothing but blanks and line breaks. Download it again.")
    } else {
        format!("{name} begins with {} KiB of blanks and line breaks. Remove them, or download it again.", super::HEAD >> 10)
    };
    Refusal { reason: Reason::Empty, message, kind }
}

/// A file that is neither text nor anything that is known.
pub(super) fn binary(name: &str, head: &[u8], kind: Option<FileKind>) -> Refusal {
    // A text that a crash or a faulty transfer has damaged, and not something else altogether.
    let text = memchr::memchr(0, head).map(|at| &head[..at]).filter(|text| text.len() >= 16);
    let is_text = |text: &&[u8]| !text.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace());
    let message = if let Some(text) = text.filter(is_text) {
        let line = memchr::memchr_iter(b'\n', text).count() + 1;
        format!("{name} is damaged: line {line} holds a byte of zero, which no text does. Get the file again.")
    } else {
        format!(
            "{name} is binary data, not a table of text: its first bytes are no characters. Choose the CSV, the text or the workbook itself."
        )
    };
    Refusal { reason: Reason::Binary, message, kind }
}

pub(super) fn no_sheet(name: &str, what: &str, kind: Option<FileKind>) -> Refusal {
    Refusal { reason: Reason::BrokenWorkbook, message: format!("{name} {what}"), kind }
}

pub(super) fn other_kind(name: &str, found: FileKind, wanted: FileKind) -> Refusal {
    let message = format!("{name} is a {found} file, not {wanted}. Import it as {found}, or choose a {wanted} file.");
    Refusal { reason: Reason::OtherKind, message, kind: Some(found) }
}

pub(super) fn other_product(name: &str, contract: &KindContract, line: u64, foreign: &Foreign, columns: &[&str]) -> Refusal {
    let plural = if columns.len() == 1 { "column" } else { "columns" };
    let message = format!(
        "{name} is no {} file: line {line} also has the {plural} {}, so it is {}. Choose {}.",
        contract.name,
        columns.join(", "),
        foreign.product,
        contract.file_names
    );
    Refusal { reason: Reason::OtherProduct, message, kind: Some(contract.kind) }
}

pub(super) fn ambiguous(name: &str, contract: &KindContract, line: u64, column: &str, count: usize) -> Refusal {
    let (count, which) =
        if count == 2 { ("two".to_owned(), "the one that does not count") } else { (count.to_string(), "those that do not count") };
    let message = format!(
        "{name} is a {} file, but line {line} has {count} columns {column}. Rename or remove {which} and import the file again.",
        contract.name
    );
    Refusal { reason: Reason::AmbiguousColumns, message, kind: Some(contract.kind) }
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
        listed(candidate.headers.iter().map(String::as_str).filter(|header| !header.is_empty()))
    );
    Refusal { reason: Reason::MissingColumns, message, kind: Some(contract.kind) }
}

/// A table of no known kind. `dialect` is how it was read where it is text.
pub(super) fn unknown(name: &str, first: &SampleRow, dialect: Option<Dialect>, wanted: Option<FileKind>) -> Refusal {
    let fields: Vec<&str> = first.fields.iter().map(|field| field.trim()).collect();
    let filled = fields.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
    let reads = fields[..filled].join(", ");
    let reads = quoted(&reads);
    let line = first.line;
    let wanted_or_named =
        wanted.or_else(|| positions::contract().filter(|_| positions::origin_of_name(name).is_some()).map(|contract| contract.kind));
    let by_position = wanted_or_named.map(FileKind::contract).filter(|contract| contract.layout == Layout::Positions);
    let message = if let Some(contract) = by_position {
        let columns = contract.columns.iter().map(|column| column.meaning).collect::<Vec<_>>().join(", ");
        format!(
            "{name} is not recognized: the rows of a {} file hold {columns} and nothing else, but line {line} reads \"{reads}\". Choose the file as UPS provides it.",
            contract.name
        )
    } else {
        let separated = dialect.map(|dialect| format!(", with {} between its fields,", dialect.delimiter_name())).unwrap_or_default();
        format!(
            "{name} is not recognized: its first rows must name the columns of {}, but line {line}{separated} reads \"{reads}\". Choose another file, or name its columns so.",
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
    let columns = |contract: &KindContract| {
        // A chart's origin stands in its title.
        let in_header = usize::from(contract.layout == Layout::ZoneChart);
        let required: Vec<&str> =
            contract.columns.iter().skip(in_header).filter(|column| column.required).map(|column| column.header).collect();
        let rest = if required.len() > shown { ", …" } else { "" };
        format!("{}{rest}", required[..required.len().min(shown)].join(", "))
    };
    with_header.map(|contract| format!("{} ({})", contract.name, columns(contract))).collect::<Vec<_>>().join(" or ")
}
