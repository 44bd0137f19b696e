//! UPS zone charts: a title that names the origins, a header, rows by destination, footnotes, and a grid of Hawaii's and
//! Alaska's ZIPs.

mod grid;
mod header;
mod rows;
mod title;
mod values;

#[cfg(test)]
mod tests;

use model::integration::Release;
use model::{FileKind, Zip3};

use self::header::{Header, Places, columns};
use self::rows::ChartRows;
use self::values::is_destination;
use crate::refusal::{Damage, Reason, Refusal};
use crate::row::{Row, Rows};

/// How many rows the title may take.
const TITLE_ROWS: usize = 40;
/// How much of the title is looked at, bytes.
const TITLE_BYTES: usize = 64 << 10;
/// How many rows may stand between the header and the first row, as where the header takes two.
const GAP_ROWS: usize = 20;

/// What the first rows of a chart say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChartFacts {
    /// The origins that its title or, failing that, its name tells; at least one.
    pub(crate) origins: Vec<Zip3>,
    /// Its edition, where the title names one.
    pub(crate) release: Option<Release>,
    /// What is odd about it, in sentences.
    pub(crate) notes: Vec<String>,
    /// Columns that the header has and the contract does not, as they stand.
    pub(crate) unused: Vec<String>,
    /// Columns under other names than the publisher's: theirs, then the publisher's.
    pub(crate) renamed: Vec<(String, String)>,
    /// The header's row, from 1.
    header: u64,
    /// Where the columns stand.
    places: Places,
}

/// Whether rows are a zone chart, and what it says of itself; nothing if they are none. Reads as far as the first row below the
/// header, and not much further than the title is long where there is none.
///
/// # Errors
/// If the rows cannot be read.
pub(crate) fn recognize(rows: &mut dyn Rows, name: &str) -> Result<Option<Result<ChartFacts, Refusal>>, Damage> {
    let (mut row, mut title) = (Row::default(), String::new());
    let refuse =
        |reason, what: String| Ok(Some(Err(Refusal { reason, message: format!("{name} {what}"), kind: Some(FileKind::UpsZones) })));
    let mut found = None;
    for _ in 0..TITLE_ROWS {
        if !rows.read(&mut row)? {
            break;
        }
        if let Some(header) = Header::read(&row.fields) {
            found = Some(header);
            break;
        }
        for field in row.fields.iter().filter(|field| !field.is_empty()) {
            if title.len() < TITLE_BYTES {
                title.push_str(&String::from_utf8_lossy(&field[..field.len().min(TITLE_BYTES)]));
                title.push_str(" \n ");
            }
        }
    }
    let origins = title::origins(&title);
    let Some(header) = found else {
        let lower = title.to_lowercase();
        if lower.contains("zone chart") && (lower.contains("originating") || !origins.is_empty()) {
            let wanted = columns().iter().map(|column| column.header).collect::<Vec<_>>().join(", ");
            return refuse(
                Reason::UnknownHeader,
                format!(
                    "has the title of a UPS zone chart, but no header with its columns: {wanted}. Download it again, or name the columns so."
                ),
            );
        }
        return Ok(None);
    };
    // A table of origins and destinations, such as a list of rejected rows, is no chart.
    if header.has_origin {
        return Ok(None);
    }
    let places = match header.complete() {
        Ok(places) => places,
        Err(missing) => {
            let what = if missing.len() == 1 { "column" } else { "columns" };
            return refuse(
                Reason::MissingColumns,
                format!("is a UPS zone chart without the {what} {}. Download it again, or name the columns so.", missing.join(", ")),
            );
        }
    };
    // Which of them counts, nobody can tell.
    if let Some((column, count)) = header.ambiguous() {
        let (count, which) =
            if count == 2 { ("two".to_owned(), "the one that does not count") } else { (count.to_string(), "those that do not count") };
        return refuse(
            Reason::AmbiguousColumns,
            format!(
                "is a UPS zone chart, but line {} has {count} columns {column}. Rename or remove {which} and import the file again.",
                row.line
            ),
        );
    }
    let (origins, notes) = match origin(origins, name) {
        Ok(found) => found,
        Err(sentence) => return refuse(Reason::UnknownHeader, sentence),
    };
    let facts = ChartFacts {
        origins,
        release: Release::in_title(&title),
        notes,
        unused: header.unused,
        renamed: header.renamed,
        header: row.line,
        places,
    };
    for _ in 0..GAP_ROWS {
        if !rows.read(&mut row)? {
            break;
        }
        let destination = row.fields.get(places[0]).map(String::from_utf8_lossy);
        if destination.is_some_and(|destination| is_destination(&destination)) {
            return Ok(Some(Ok(facts)));
        }
    }
    refuse(Reason::NoRows, "is a UPS zone chart without a row below its header. Download it again.".to_owned())
}

/// The origins of a chart and what to say of them, from those that its title names and the one with which its file's name begins.
fn origin(of_title: Vec<Zip3>, name: &str) -> Result<(Vec<Zip3>, Vec<String>), String> {
    let of_name = title::origin_of_name(name);
    match (of_title.as_slice(), of_name) {
        ([], None) => {
            Err("is a UPS zone chart whose title names no origin. Name the file after its origin, such as 005.xlsx, and choose it again."
                .to_owned())
        }
        ([], Some(origin)) => {
            let note = format!("The chart's title names no origin that can be read: {origin} is taken from the file's name.");
            Ok((vec![origin], vec![note]))
        }
        (origins, Some(origin)) if !origins.contains(&origin) => {
            let note = format!("The file is named after origin {origin}, but its title names {}: the title counts.", list(origins));
            Ok((of_title, vec![note]))
        }
        _ => Ok((of_title, Vec::new())),
    }
}

/// Origins for people: `005`, `004 and 005`, `100 to 110`.
fn list(origins: &[Zip3]) -> String {
    match origins {
        [] => String::new(),
        [one] => one.to_string(),
        [one, other] => format!("{one} and {other}"),
        [first, .., last] => format!("{first} to {last}"),
    }
}

/// The chart's rows in the contract's order, from all rows of its sheet: origin, destination and the zones of the six services, as
/// they are written but for footnotes' markers. A range of destinations makes a row for each, as does the grid for each ZIP, and
/// all of them for each origin.
pub(crate) fn open(rows: Box<dyn Rows>, facts: &ChartFacts) -> Box<dyn Rows> {
    Box::new(ChartRows::new(rows, facts.origins.clone(), facts.places, facts.header))
}
