//! The rows of an HTML table, as web pages and old programs save them under the name of a workbook. All tables of the file make
//! one sheet, as in spreadsheet programs: a title may stand in a table of its own.

mod pending;
mod tokens;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use html5gum::emitters::callback::CallbackEmitter;
use html5gum::{IoReader, Tokenizer};
use pending::Pending;
use tokens::{Metered, Tag, Token, Tokens};

use super::cells::{COLUMNS, Filler, ROWS};
use super::decoded::Decoded;
use super::problem::Problem;
use crate::refusal::Damage;
use crate::row::{Row, Rows};

/// The most bytes in a row.
const ROW_BYTES: usize = 4 << 20;
/// How deep tables may stand in tables.
const DEPTH: usize = 32;

/// The rows of a page's tables.
pub(super) struct HtmlRows {
    tokens: Tokenizer<IoReader<Metered<Decoded<File>>>, CallbackEmitter<Tokens, Token>>,
    since_token: Arc<AtomicU64>,
    /// Bytes of the file read.
    progress: Arc<AtomicU64>,
    /// The rows of the tables that are open, the innermost last.
    tables: Vec<Pending>,
    /// Tables deeper than [`DEPTH`], whose content is passed over.
    too_deep: usize,
    /// Whether a field to fill in was met.
    has_fields: bool,
    line: u64,
    filler: Filler,
}

impl HtmlRows {
    /// Opens a page; nothing if its bytes are no text.
    pub(super) fn open(path: &Path, head: &[u8]) -> io::Result<Option<Self>> {
        let Some(text) = Decoded::open(path, head)? else { return Ok(None) };
        let progress = text.progress();
        let since_token = Arc::new(AtomicU64::new(0));
        let metered = Metered { inner: text, since_token: Arc::clone(&since_token) };
        let mut emitter = CallbackEmitter::new(Tokens::default());
        // Style sheets and scripts are no markup.
        emitter.naively_switch_states(true);
        let tokens = Tokenizer::new_with_emitter(IoReader::new(metered), emitter);
        Ok(Some(Self {
            tokens,
            since_token,
            progress,
            tables: Vec::new(),
            too_deep: 0,
            has_fields: false,
            line: 0,
            filler: Filler::default(),
        }))
    }

    fn token(&mut self) -> Result<Option<Token>, Problem> {
        let token = self.tokens.next().transpose().map_err(|error| match error.kind() {
            kind if Problem::is_of_content(kind) => Problem::Broken(error.to_string()),
            _ => Problem::Io(error),
        })?;
        self.since_token.store(0, Ordering::Relaxed);
        Ok(token)
    }

    /// Ends the innermost open row. Answers whether it was one with any text.
    fn end_row(&mut self, row: &mut Row) -> Result<bool, Problem> {
        let Some(table) = self.tables.last_mut() else { return Ok(false) };
        table.close_cell();
        if !table.open {
            return Ok(false);
        }
        self.line += 1;
        if self.line > ROWS {
            return Err(Problem::Broken(format!("it has more than {ROWS} rows, and is better saved as CSV")));
        }
        table.take(row, self.line);
        Ok(self.filler.end(row))
    }

    /// Whether the page holds a table, and not only what it uses to lay itself out: two rows with two cells of text each, and no
    /// field to fill in before them. Reads as far as these.
    pub(super) fn is_table(&mut self) -> Result<bool, Problem> {
        let (mut row, mut wide) = (Row::default(), 0);
        while wide < 2 {
            if !self.next(&mut row)? {
                return Ok(false);
            }
            wide += usize::from(row.fields.iter().filter(|field| !field.is_empty()).count() > 1);
        }
        Ok(!self.has_fields)
    }

    /// Reads the next row that is not blank.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, Problem> {
        while let Some(token) = self.token()? {
            match token {
                Token::Open(Tag::Table, _) if self.tables.len() >= DEPTH => self.too_deep += 1,
                Token::Close(Tag::Table) if self.too_deep > 0 => self.too_deep -= 1,
                _ if self.too_deep > 0 => {}
                Token::Open(Tag::Table, _) => self.tables.push(Pending::default()),
                Token::Close(Tag::Table) => {
                    let found = self.end_row(row)?;
                    self.tables.pop();
                    if found {
                        return Ok(true);
                    }
                }
                // A row that was not closed ends where the next begins.
                Token::Open(Tag::Row, _) => {
                    let found = self.end_row(row)?;
                    if let Some(table) = self.tables.last_mut() {
                        table.open = true;
                    }
                    if found {
                        return Ok(true);
                    }
                }
                Token::Close(Tag::Row) => {
                    if self.end_row(row)? {
                        return Ok(true);
                    }
                }
                Token::Open(Tag::Cell, spans) => {
                    if let Some(table) = self.tables.last_mut() {
                        table.close_cell();
                        table.open_cell(spans);
                    }
                }
                Token::Close(Tag::Cell) => {
                    if let Some(table) = self.tables.last_mut() {
                        table.close_cell();
                    }
                }
                Token::Open(Tag::Break, _) | Token::Close(Tag::Break) => {
                    if let Some(table) = self.tables.last_mut() {
                        table.blank();
                    }
                }
                Token::Text(text) => {
                    if let Some(table) = self.tables.last_mut() {
                        table.push(&text);
                    }
                }
                Token::Open(Tag::Input, _) => self.has_fields = true,
                Token::Open(Tag::Other, _) | Token::Close(_) | Token::Other => {}
            }
            if self.tables.last().is_some_and(|table| table.text.len() > ROW_BYTES || table.cells.len() > COLUMNS) {
                return Err(Problem::Broken(format!("row {} has more than {COLUMNS} cells or {} MiB", self.line + 1, ROW_BYTES >> 20)));
            }
        }
        // Cells and rows may be left open, but a table that is not ended has lost its rest.
        if !self.tables.is_empty() {
            return Err(Problem::Broken(format!("its table breaks off after row {}", self.line)));
        }
        Ok(false)
    }
}

impl Rows for HtmlRows {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        Ok(self.next(row)?)
    }

    fn bytes_read(&self) -> u64 {
        self.progress.load(Ordering::Relaxed)
    }
}
