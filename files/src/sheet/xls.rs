//! The rows of an XLS: records of BIFF, of Excel 5 to 2003, in a compound file or by themselves. A sheet of at most 65,536 rows
//! is held while it is read, since its cells may stand in any order.

mod container;
mod globals;

use std::fs::File;
use std::path::Path;

use encoding_rs::Encoding;

pub(super) use container::COMPOUND_FILE;
use globals::Globals;

use super::biff::{Records, rk};
use super::cells::{COLUMNS, Filler};
use super::number::Shown;
use super::problem::Problem;
use super::texts::Texts;
use crate::refusal::Damage;
use crate::row::{Row, Rows};

/// The most cells in a sheet: all rows with 64 columns.
const CELLS: usize = 4 << 20;

/// What a cell holds.
#[derive(Debug, Clone, Copy)]
enum Value {
    Number {
        value: f64,
        style: u16,
    },
    Shared(u32),
    /// A text of the sheet's own, by its number.
    Own(u32),
    Bool(bool),
    Error(u8),
}

/// The rows of the first sheet that holds any.
pub(super) struct XlsRows {
    records: Records,
    /// The file's, bytes.
    length: u64,
    /// Where the sheets begin: those that people see, then the hidden ones, each in the workbook's order.
    sheets: Vec<u32>,
    next_sheet: usize,
    found: bool,
    unicode: bool,
    page: &'static Encoding,
    since_1904: bool,
    shown: Vec<Shown>,
    shared: Texts,
    own: Texts,
    /// The sheet's cells by row and column, and how many have been given out.
    cells: Vec<(u32, Value)>,
    at: usize,
    filler: Filler,
    text: String,
}

impl XlsRows {
    /// Opens a workbook in a compound file, or one whose records stand by themselves.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Self::of_records(Records::new(container::open(file)?), length)
    }

    fn of_records(mut records: Records, length: u64) -> Result<Self, Problem> {
        let mut rows = Globals::default();
        rows.read(&mut records)?;
        let Globals { unicode, page, since_1904, formats, styles, shared, mut seen, mut hidden } = rows;
        let shown_as = |id: u16| formats.get(&id).copied().unwrap_or_else(|| Shown::of_builtin(u32::from(id)));
        let shown = styles.into_iter().map(shown_as).collect();
        seen.append(&mut hidden);
        Ok(Self {
            records,
            length,
            sheets: seen,
            next_sheet: 0,
            found: false,
            unicode,
            page,
            since_1904,
            shown,
            shared,
            own: Texts::default(),
            cells: Vec::new(),
            at: 0,
            filler: Filler::default(),
            text: String::new(),
        })
    }

    /// Reads the next row that is not blank.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Problem> {
        loop {
            while self.at < self.cells.len() {
                if self.fill(row)? {
                    self.found = true;
                    return Ok(true);
                }
            }
            if self.found || self.next_sheet >= self.sheets.len() {
                return Ok(false);
            }
            self.records.seek(u64::from(self.sheets[self.next_sheet]))?;
            self.next_sheet += 1;
            self.load()?;
        }
    }

    /// Fills `row` with the cells of the next row that has any; `false` if they are all blank.
    fn fill(&mut self, row: &mut Row) -> Result<bool, Problem> {
        let line = self.cells[self.at].0 >> 16;
        Filler::begin(row, u64::from(line) + 1);
        while let Some((position, value)) = self.cells.get(self.at).filter(|(position, _)| position >> 16 == line).copied() {
            self.at += 1;
            // Of two cells in one place, the later counts.
            if self.cells.get(self.at).is_some_and(|(next, _)| *next == position) {
                continue;
            }
            let column = (position & 0xffff) as usize;
            if column >= COLUMNS {
                return Err(Problem::Broken(format!("row {} has more than {COLUMNS} cells", line + 1)));
            }
            self.text.clear();
            match value {
                Value::Number { value, style } => {
                    let shown = self.shown.get(usize::from(style)).copied().unwrap_or_default();
                    shown.push(&mut self.text, value, self.since_1904);
                }
                Value::Shared(index) => {
                    let text = self.shared.get(index as usize);
                    self.text
                        .push_str(text.ok_or_else(|| Problem::Broken(format!("row {} refers to a text that there is not", line + 1)))?);
                }
                Value::Own(index) => self.text.push_str(self.own.get(index as usize).unwrap_or_default()),
                Value::Bool(value) => self.text.push_str(if value { "TRUE" } else { "FALSE" }),
                Value::Error(code) => self.text.push_str(error_text(code)),
            }
            Filler::put(row, column, &self.text);
        }
        Ok(self.filler.end(row))
    }

    /// Reads a sheet's cells.
    fn load(&mut self) -> Result<(), Problem> {
        self.cells.clear();
        self.at = 0;
        self.own = Texts::default();
        self.filler = Filler::default();
        // Charts within the sheet have records like a sheet's.
        let mut depth = 0_u32;
        let mut formula = 0;
        loop {
            let sort = self.records.next()?;
            match sort {
                BOF => depth = depth.saturating_add(1),
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                _ if depth > 1 => {}
                0x0006 | 0x0206 | 0x0406 => formula = self.formula()?,
                0x0207 => {
                    let text = self.text()?;
                    self.cells.push((formula, text));
                }
                0x0203 | 0x0204 | 0x00d6 | 0x0205 | 0x027e | 0x00fd => {
                    let position = self.position()?;
                    let style = self.records.short()?;
                    let value = match sort {
                        0x0203 => Value::Number { value: self.records.double()?, style },
                        0x0205 => self.bool_or_error()?,
                        0x027e => Value::Number { value: rk(self.records.long()?), style },
                        0x00fd => Value::Shared(self.records.long()?),
                        _ => self.text()?,
                    };
                    self.cells.push((position, value));
                }
                0x00bd => self.numbers()?,
                _ => {}
            }
            if self.cells.len() > CELLS {
                return Err(Problem::Broken(format!("a sheet has more than {CELLS} cells, and is better saved as .xlsx or CSV")));
            }
        }
        if !self.cells.is_sorted_by_key(|(position, _)| *position) {
            self.cells.sort_by_key(|(position, _)| *position);
        }
        Ok(())
    }

    fn position(&mut self) -> Result<u32, Problem> {
        let row = self.records.short()?;
        Ok(u32::from(row) << 16 | u32::from(self.records.short()?))
    }

    fn bool_or_error(&mut self) -> Result<Value, Problem> {
        let value = self.records.byte()?;
        Ok(if self.records.byte()? == 0 { Value::Bool(value != 0) } else { Value::Error(value) })
    }

    /// A formula's result, and its place, for the record of its text that may follow.
    fn formula(&mut self) -> Result<u32, Problem> {
        let position = self.position()?;
        let style = self.records.short()?;
        let result = self.records.double()?.to_le_bytes();
        match result {
            [0, .., 0xff, 0xff] | [3, .., 0xff, 0xff] => {}
            [1, _, value, .., 0xff, 0xff] => self.cells.push((position, Value::Bool(value != 0))),
            [2, _, code, .., 0xff, 0xff] => self.cells.push((position, Value::Error(code))),
            result => self.cells.push((position, Value::Number { value: f64::from_le_bytes(result), style })),
        }
        Ok(position)
    }

    /// Several numbers side by side.
    fn numbers(&mut self) -> Result<(), Problem> {
        let first = self.position()?;
        let (row, mut column) = (first & 0xffff_0000, first & 0xffff);
        // The last two bytes repeat the last column.
        while self.records.rest().len() >= 8 {
            let style = self.records.short()?;
            let value = rk(self.records.long()?);
            self.cells.push((row | column.min(0xffff), Value::Number { value, style }));
            column += 1;
        }
        Ok(())
    }

    /// A text in a record of its own.
    fn text(&mut self) -> Result<Value, Problem> {
        if self.unicode {
            self.records.unicode(self.own.open())?;
        } else {
            let count = usize::from(self.records.short()?);
            self.records.bytes(count, self.page, self.own.open())?;
        }
        let index = self.own.close()?;
        Ok(Value::Own(u32::try_from(index).unwrap_or(u32::MAX)))
    }
}

impl Rows for XlsRows {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        Ok(self.next(row)?)
    }

    /// The sheet is read at once: this is how far its cells have been given out.
    fn bytes_read(&self) -> u64 {
        self.length * self.at as u64 / self.cells.len().max(1) as u64
    }
}

/// Begins the workbook or a sheet.
const BOF: u16 = 0x0809;
/// Ends the workbook or a sheet.
const EOF: u16 = 0x000a;

fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "#ERROR!",
    }
}
