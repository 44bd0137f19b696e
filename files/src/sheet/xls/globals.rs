//! What an XLS says of itself before its sheets.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::super::biff::{Records, encoding};
use super::super::number::Shown;
use super::super::problem::Problem;
use super::super::texts::Texts;
use super::{BOF, EOF};

/// The most styles that are remembered.
const STYLES: usize = 65_536;
/// The most sheets that are looked into.
const SHEETS: usize = 255;

/// What the workbook says before its sheets.
pub(super) struct Globals {
    /// Whether texts are Unicode, as from Excel 97 on.
    pub(super) unicode: bool,
    /// What texts of single bytes are in.
    pub(super) page: &'static Encoding,
    /// Whether dates count from 1904.
    pub(super) since_1904: bool,
    /// What the formats of the workbook's own show.
    pub(super) formats: HashMap<u16, Shown>,
    /// The format of each style.
    pub(super) styles: Vec<u16>,
    /// The texts that cells share.
    pub(super) shared: Texts,
    /// Where the sheets of cells begin that people see, and below the hidden ones.
    pub(super) seen: Vec<u32>,
    pub(super) hidden: Vec<u32>,
}

impl Default for Globals {
    fn default() -> Self {
        Self {
            unicode: false,
            page: WINDOWS_1252,
            since_1904: false,
            formats: HashMap::new(),
            styles: Vec::new(),
            shared: Texts::default(),
            seen: Vec::new(),
            hidden: Vec::new(),
        }
    }
}

impl Globals {
    /// Reads them, from the beginning.
    pub(super) fn read(&mut self, records: &mut Records) -> Result<(), Problem> {
        if records.next()? != BOF {
            return Err(Problem::Broken("it does not begin as workbooks do".to_owned()));
        }
        self.unicode = records.short()? == 0x0600;
        loop {
            match records.next()? {
                EOF => return Ok(()),
                0x002f => return Err(Problem::Protected),
                0x0042 => self.page = encoding(records.short()?),
                0x0022 => self.since_1904 = records.short()? == 1,
                0x00fc => self.shared = records.shared()?,
                0x041e => {
                    let (id, mut code) = (records.short()?, String::new());
                    if self.unicode {
                        records.unicode(&mut code)?;
                    } else {
                        let count = usize::from(records.byte()?);
                        records.bytes(count, self.page, &mut code)?;
                    }
                    self.formats.insert(id, Shown::of_code(&code));
                }
                0x00e0 if self.styles.len() < STYLES => {
                    records.short()?;
                    self.styles.push(records.short()?);
                }
                0x0085 => {
                    let (position, visibility, sort) = (records.long()?, records.byte()?, records.byte()?);
                    // Charts and macros have no table.
                    let known = self.seen.contains(&position) || self.hidden.contains(&position);
                    if sort == 0 && !known && self.seen.len() + self.hidden.len() < SHEETS {
                        if visibility & 3 == 0 { &mut self.seen } else { &mut self.hidden }.push(position);
                    }
                }
                _ => {}
            }
        }
    }
}
