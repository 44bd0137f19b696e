//! The rows of an XLSX, read cell by cell: what is held is a row and the shared texts, not the sheet.

use std::path::Path;

use quick_xml::events::{BytesStart, Event};

use super::cells::{COLUMNS, Filler, ROWS, column_of};
use super::number::Shown;
use super::package::{Package, Part};
use super::problem::Problem;
use super::workbook::Workbook;
use super::xml::{Xml, attribute, attributes, push_text, unescape};
use crate::refusal::{Damage, quoted};
use crate::row::{Row, Rows};

/// The rows of the first sheet that holds any.
pub(super) struct XlsxRows {
    workbook: Workbook,
    /// The sheet being read, and which of the workbook's it is.
    sheet: Option<Xml<Part>>,
    next_sheet: usize,
    /// Whether a row was found, so that this sheet is the one.
    found: bool,
    cells: Cells,
}

impl XlsxRows {
    /// Opens a workbook.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let workbook = Workbook::open(Package::open(path)?)?;
        Ok(Self { workbook, sheet: None, next_sheet: 0, found: false, cells: Cells::default() })
    }

    /// Reads the next row that is not blank.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Problem> {
        loop {
            let Some(sheet) = &mut self.sheet else {
                let Some(name) = self.workbook.sheets.get(self.next_sheet).filter(|_| !self.found).cloned() else { return Ok(false) };
                self.next_sheet += 1;
                self.sheet = Some(self.workbook.sheet(&name)?);
                self.cells = Cells::default();
                continue;
            };
            if self.cells.read(sheet, &mut self.workbook, row)? {
                self.found = true;
                return Ok(true);
            }
            sheet.finish()?;
            self.sheet = None;
        }
    }
}

impl Rows for XlsxRows {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        Ok(self.next(row)?)
    }

    fn bytes_read(&self) -> u64 {
        self.sheet.as_ref().map_or(0, |sheet| sheet.source().bytes_read())
    }
}

/// What the content of a cell's `v` means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sort {
    #[default]
    Number,
    Shared,
    Bool,
    /// A text in the cell, a formula's text, an error or an ISO date: as it stands.
    Text,
}

/// The cell being read.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    column: usize,
    sort: Sort,
    shown: Shown,
}

/// Where in a sheet reading is.
#[derive(Default)]
struct Cells {
    filler: Filler,
    /// The current row's number, from 1.
    line: u64,
    /// The next column if a cell does not name its own.
    column: usize,
    cell: Cell,
    /// Whether text is the cell's.
    inside: bool,
    phonetic: bool,
    value: String,
    text: String,
    ended: bool,
}

impl Cells {
    /// Reads the next row that is not blank; `false` at the sheet's end.
    fn read(&mut self, sheet: &mut Xml<Part>, workbook: &mut Workbook, row: &mut Row) -> Result<bool, Problem> {
        if self.ended {
            return Ok(false);
        }
        loop {
            match sheet.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "c" => self.begin_cell(&element, workbook)?,
                    "v" => self.inside = true,
                    "t" => self.inside = !self.phonetic,
                    "rPh" => self.phonetic = true,
                    "row" => {
                        self.begin_row(&element)?;
                        Filler::begin(row, self.line);
                    }
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "c" => self.end_cell(workbook, row)?,
                    "v" | "t" => self.inside = false,
                    "rPh" => self.phonetic = false,
                    "row" if self.filler.end(row) => return Ok(true),
                    "sheetData" | "worksheet" => break,
                    _ => {}
                },
                Event::Empty(element) => match element.local_name().as_ref() {
                    "c" => self.begin_cell(&element, workbook)?,
                    "row" => self.begin_row(&element)?,
                    "sheetData" => break,
                    _ => {}
                },
                Event::Eof => return Err(sheet.breaks_off()),
                event if self.inside => push_text(&mut self.value, &event),
                _ => {}
            }
            if self.value.len() > VALUE_BYTES {
                return Err(Problem::Broken(format!("a cell of row {} holds more than {} KiB", self.line, VALUE_BYTES >> 10)));
            }
        }
        self.ended = true;
        Ok(false)
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        let line = match attribute(element, "r")? {
            Some(number) => number.trim().parse().map_err(|_| Problem::Broken(format!("the row after row {} has no number", self.line)))?,
            None => self.line + 1,
        };
        if line <= self.line || line > ROWS {
            return Err(Problem::Broken(format!("row {line} follows row {}, and a sheet has {ROWS} rows at most", self.line)));
        }
        self.line = line;
        self.column = 0;
        Ok(())
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>, workbook: &Workbook) -> Result<(), Problem> {
        let mut cell = Cell { column: self.column, ..Cell::default() };
        for attribute in attributes(element) {
            let attribute = attribute?;
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    let column = column_of(value).filter(|column| *column >= self.column);
                    cell.column = column.ok_or_else(|| {
                        Problem::Broken(format!("cell {:.20} of row {} is not where it should be", quoted(value), self.line))
                    })?;
                }
                "t" => {
                    cell.sort = match value {
                        "s" => Sort::Shared,
                        "b" => Sort::Bool,
                        "n" => Sort::Number,
                        _ => Sort::Text,
                    }
                }
                "s" => {
                    let style: Option<usize> = value.parse().ok();
                    cell.shown = style.and_then(|style| workbook.shown.get(style)).copied().unwrap_or_default();
                }
                _ => {}
            }
        }
        if cell.column >= COLUMNS {
            return Err(Problem::Broken(format!("row {} has more than {COLUMNS} cells", self.line)));
        }
        self.column = cell.column + 1;
        self.cell = cell;
        self.value.clear();
        self.inside = false;
        Ok(())
    }

    fn end_cell(&mut self, workbook: &mut Workbook, row: &mut Row) -> Result<(), Problem> {
        let (column, value) = (self.cell.column, self.value.trim_ascii());
        if value.is_empty() {
            return Ok(());
        }
        // A cell outside of any row, or closed twice.
        if self.line == 0 || row.fields.len() > column {
            return Err(Problem::Broken(format!("a cell stands outside of the rows, after row {}", self.line)));
        }
        match self.cell.sort {
            Sort::Text => Filler::put(row, column, &unescape(value)),
            Sort::Bool => Filler::put(row, column, if matches!(value, "0" | "false") { "FALSE" } else { "TRUE" }),
            Sort::Shared => {
                let missing = || Problem::Broken(format!("row {} refers to a text that there is not", self.line));
                let index = value.parse().map_err(|_| missing())?;
                Filler::put(row, column, &unescape(workbook.strings.get(index)?.ok_or_else(missing)?));
            }
            Sort::Number => match value.parse::<f64>() {
                Ok(_) if self.cell.shown == Shown::Number && is_plain(value) => Filler::put(row, column, value),
                Ok(number) => {
                    self.text.clear();
                    self.cell.shown.push(&mut self.text, number, workbook.since_1904);
                    Filler::put(row, column, &self.text);
                }
                // As spreadsheet programs take it: a text that was not marked as one.
                Err(_) => Filler::put(row, column, value),
            },
        }
        Ok(())
    }
}

/// The most bytes in a cell.
const VALUE_BYTES: usize = 1 << 20;

/// Whether a number is written as a whole one, so that its text is the shortest already.
fn is_plain(number: &str) -> bool {
    number.len() <= 15 && !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit())
}
