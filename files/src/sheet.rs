//! Workbooks and HTML tables: what they are, decided by content and never by extension, and the rows of the first sheet that
//! holds any.
//!
//! Containers come from `cfb` and `zip`, inflating from `flate2`, XML from `quick-xml`, encodings from `encoding_rs`, HTML from
//! `html5gum`; what cells mean is said here. `calamine` would say that too, and the tests compare with it cell by cell, but it is
//! not the reader of files that anybody may send. Measured with version 0.38:
//!
//! - It makes a string of every shared text of an XLSX before the first cell: a million rows of ten different texts take 550 MB,
//!   and 122 MB here, where they stand in one block of memory that has a bound.
//! - An XLS of 2,560 bytes whose directory's chain of sectors leads back into itself makes it take memory until the process is
//!   aborted, which `catch_unwind` does not catch.
//! - Two cells in opposite corners of an XLS of 2,560 bytes become a range of 16,777,216 cells: 527 MB when the file is opened,
//!   and as much again when the range is asked for.

mod biff;
mod cells;
mod decoded;
mod html;
mod number;
mod package;
mod problem;
mod strings;
mod texts;
mod workbook;
mod xls;
mod xlsx;
mod xml;

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;

use html::HtmlRows;
use problem::Problem;
use xls::XlsRows;
use xlsx::XlsxRows;

use crate::refusal::{Damage, Reason, Refusal};
use crate::row::{Row, Rows};

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SheetFormat {
    /// Office Open XML: what Excel writes since 2007, under whatever name.
    Xlsx,
    /// BIFF: what Excel wrote from version 5 to 2003.
    Xls,
    /// An HTML table.
    Html,
}

/// A sheet that holds a row.
pub(crate) struct Sheet {
    /// How it is written.
    pub(crate) format: SheetFormat,
    /// Its rows, from the first.
    pub(crate) rows: Box<dyn Rows>,
}

/// The sheet in the file at `path`, which people know as `name` and which begins with `head`; nothing if it is neither a workbook
/// nor a page with a table, and a refusal if it is a workbook that cannot be read or holds no row.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn detect(path: &Path, head: &[u8], name: &str) -> io::Result<Option<Result<Sheet, Refusal>>> {
    let (format, found) = match head {
        [b'P', b'K', 3, 4, ..] => match XlsxRows::open(path).and_then(|rows| filled(rows, XlsxRows::next)) {
            // No workbook, or an archive that says nothing of being one: another reader's matter.
            Err(Problem::NotAWorkbook) => return Ok(None),
            Err(Problem::Broken(_)) if !claims_to_be_a_workbook(head, name) => return Ok(None),
            found => (SheetFormat::Xlsx, found),
        },
        _ if head.starts_with(&xls::COMPOUND_FILE) || is_bare_biff(head) => {
            (SheetFormat::Xls, XlsRows::open(path).and_then(|rows| filled(rows, XlsRows::next)))
        }
        [0x09, 0 | 2 | 4, 4 | 6, 0, ..] => {
            let what = "is a workbook of Excel 4 or older. Open it in a spreadsheet program and save it as .xlsx";
            (SheetFormat::Xls, Err(Problem::Other(Reason::BrokenWorkbook, what.to_owned())))
        }
        _ if !looks_like_markup(head) => return Ok(None),
        _ if is_xml_spreadsheet(head) => {
            let what = "is an XML spreadsheet of Excel 2003. Open it in a spreadsheet program and save it as .xlsx";
            (SheetFormat::Xlsx, Err(Problem::Other(Reason::BrokenWorkbook, what.to_owned())))
        }
        _ => match HtmlRows::open(path, head)?.map(|mut rows| rows.is_table()) {
            // That it is a table is known some rows on, and these are not kept.
            Some(Ok(true)) => (SheetFormat::Html, Ok(HtmlRows::open(path, head)?.map(|rows| Box::new(rows) as Box<dyn Rows>))),
            Some(Err(Problem::Io(error))) => return Err(error),
            // A page without a table, or markup that is none.
            _ => return Ok(None),
        },
    };
    match found {
        Ok(Some(rows)) => Ok(Some(Ok(Sheet { format, rows }))),
        Ok(None) => {
            let message = format!("{name} is a workbook without a filled sheet. Open it in a spreadsheet program to see what it holds.");
            Ok(Some(Err(Refusal { reason: Reason::BrokenWorkbook, message, kind: None })))
        }
        Err(problem) => problem.refusal(name).map(|refusal| Some(Err(refusal))),
    }
}

/// The rows of the first sheet that holds any, those that people see before the hidden ones. A row is at least as wide as the ones
/// before it, so that one whose last cells are blank has as many fields as the header.
///
/// # Errors
/// If the file cannot be read or is damaged.
pub(crate) fn open(path: &Path, format: SheetFormat, _name: &str) -> Result<Box<dyn Rows>, Damage> {
    Ok(match format {
        SheetFormat::Xlsx => Box::new(XlsxRows::open(path)?),
        SheetFormat::Xls => Box::new(XlsRows::open(path)?),
        SheetFormat::Html => {
            let mut head = Vec::new();
            io::Read::read_to_end(&mut io::Read::take(std::fs::File::open(path)?, HEAD), &mut head)?;
            let rows = HtmlRows::open(path, &head)?;
            Box::new(rows.ok_or_else(|| Damage::Damaged("is no longer the page that it was".to_owned()))?)
        }
    })
}

/// How much of a file tells its encoding: as much as recognising looks at, so that both find the same.
const HEAD: u64 = 64 << 10;

/// Rows of which the first was read already.
struct Begun<R> {
    first: Option<Row>,
    rest: R,
}

/// A sheet's rows; nothing if there are none.
fn filled<R: Rows + 'static>(mut rest: R, next: fn(&mut R, &mut Row) -> Result<bool, Problem>) -> Result<Option<Box<dyn Rows>>, Problem> {
    let mut first = Row::default();
    Ok(if next(&mut rest, &mut first)? { Some(Box::new(Begun { first: Some(first), rest })) } else { None })
}

impl<R: Rows> Rows for Begun<R> {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        match self.first.take() {
            Some(first) => {
                *row = first;
                Ok(true)
            }
            None => self.rest.read(row),
        }
    }

    fn bytes_read(&self) -> u64 {
        self.rest.bytes_read()
    }
}

/// Whether an archive that cannot be read was to be a workbook: by its first entry's name or, failing that, its own.
fn claims_to_be_a_workbook(head: &[u8], name: &str) -> bool {
    let length = head.get(26..28).map_or(0, |length| usize::from(u16::from_le_bytes([length[0], length[1]])));
    let entry = head.get(30..30 + length).unwrap_or_default();
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    [&b"[Content_Types].xml"[..], b"_rels/", b"xl/", b"docProps/", b"customXml/"].iter().any(|start| entry.starts_with(start))
        || matches!(ending.as_str(), "xlsx" | "xlsm" | "xls")
}

/// Whether it begins with a record that begins a workbook of Excel 5 or later, without a container.
fn is_bare_biff(head: &[u8]) -> bool {
    matches!(head, [0x09, 0x08, 8 | 16, 0, 0, 5 | 6, ..])
}

/// Whether the first character of a text, in whatever encoding, is that of a tag.
fn looks_like_markup(head: &[u8]) -> bool {
    let mut bytes = head.iter().filter(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff | b'\t' | b'\n' | b'\r' | b' '));
    bytes.next() == Some(&b'<') && bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'))
}

fn is_xml_spreadsheet(head: &[u8]) -> bool {
    let head: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    memchr::memmem::find(&head, b"urn:schemas-microsoft-com:office:spreadsheet").is_some()
        && (memchr::memmem::find(&head, b"<Workbook").is_some() || memchr::memmem::find(&head, b":Workbook").is_some())
}
