//! The rows of an HTML table, as web pages and old programs save them under the name of a workbook. All tables of the file make
//! one sheet, as in spreadsheet programs: a title may stand in a table of its own.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{IoReader, Span, Tokenizer};

use super::cells::{COLUMNS, Filler, ROWS};
use super::decoded::Decoded;
use super::problem::Problem;
use crate::refusal::Damage;
use crate::row::{Row, Rows};

/// The most bytes between two tags. A text of any length would be held otherwise.
const TOKEN_BYTES: u64 = 4 << 20;
/// The most bytes in a row.
const ROW_BYTES: usize = 4 << 20;
/// How deep tables may stand in tables.
const DEPTH: usize = 32;

/// What matters of a page.
#[derive(Debug)]
enum Token {
    Open(Tag, Spans),
    Close(Tag),
    Text(Vec<u8>),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Table,
    Row,
    Cell,
    /// What stands on a line of its own within a cell.
    Break,
    /// A field to fill in, as in a sign-in page.
    Input,
    Other,
}

/// Over how many columns and rows a cell reaches.
#[derive(Debug, Clone, Copy)]
struct Spans {
    columns: usize,
    rows: u32,
}

impl Default for Spans {
    fn default() -> Self {
        Self { columns: 1, rows: 1 }
    }
}

fn tag(name: &[u8]) -> Tag {
    match name {
        b"table" => Tag::Table,
        b"tr" => Tag::Row,
        b"td" | b"th" => Tag::Cell,
        b"br" | b"p" | b"div" | b"li" => Tag::Break,
        b"input" | b"form" | b"button" => Tag::Input,
        _ => Tag::Other,
    }
}

/// Makes tokens of what the tokenizer finds.
#[derive(Debug)]
struct Tokens {
    tag: Tag,
    attribute: Vec<u8>,
    spans: Spans,
}

impl Callback<Token, ()> for Tokens {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Token> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = tag(name);
                self.spans = Spans::default();
                None
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                // The names that matter are short.
                self.attribute.extend_from_slice(&name[..name.len().min(16)]);
                None
            }
            CallbackEvent::AttributeValue { value } => {
                let number = std::str::from_utf8(value).ok().and_then(|value| value.trim().parse::<u32>().ok()).unwrap_or(1);
                match self.attribute.as_slice() {
                    // The bounds are those of the HTML standard.
                    b"colspan" => self.spans.columns = number.clamp(1, 1_000) as usize,
                    b"rowspan" => self.spans.rows = number.clamp(1, 65_534),
                    _ => {}
                }
                None
            }
            CallbackEvent::CloseStartTag { .. } => Some(Token::Open(self.tag, self.spans)),
            CallbackEvent::EndTag { name } => Some(Token::Close(tag(name))),
            CallbackEvent::String { value } => Some(Token::Text(value.to_vec())),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } => Some(Token::Other),
            CallbackEvent::Error(_) => None,
        }
    }
}

/// Counts what is read since the last token.
#[derive(Debug)]
struct Metered<R> {
    inner: R,
    since_token: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.since_token.load(Ordering::Relaxed) > TOKEN_BYTES {
            let what = format!("a text or a tag in it is longer than {} MiB", TOKEN_BYTES >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let read = self.inner.read(into)?;
        self.since_token.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A row that is being put together.
#[derive(Debug, Default)]
struct Pending {
    /// Whether a row is open, as opposed to a table without one.
    open: bool,
    /// Whether a cell is, so that text belongs to it.
    in_cell: bool,
    spans: Spans,
    /// The texts of its cells, the one being read last, and where each begins.
    text: String,
    /// Each cell's column, and where its text ends.
    cells: Vec<(usize, usize)>,
    column: usize,
    /// For each column, how many more rows a cell from above reaches into.
    reaching: Vec<u32>,
}

impl Pending {
    fn open_cell(&mut self, spans: Spans) {
        self.open = true;
        self.in_cell = true;
        self.spans = spans;
        while self.reaching.get(self.column).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
    }

    fn close_cell(&mut self) {
        if !self.in_cell {
            return;
        }
        self.in_cell = false;
        self.cells.push((self.column, self.text.len()));
        let end = (self.column + self.spans.columns).min(COLUMNS);
        if self.spans.rows > 1 {
            if self.reaching.len() < end {
                self.reaching.resize(end, 0);
            }
            // This row counts as well, and is taken off at its end.
            self.reaching[self.column.min(end)..end].fill(self.spans.rows);
        }
        self.column = end;
    }

    /// Adds text to the open cell: any run of white space counts as one blank.
    fn push(&mut self, bytes: &[u8]) {
        if !self.in_cell {
            return;
        }
        for character in String::from_utf8_lossy(bytes).chars() {
            if character.is_whitespace() { self.blank() } else { self.text.push(character) }
        }
    }

    fn blank(&mut self) {
        let start = self.cells.last().map_or(0, |(_, end)| *end);
        if self.in_cell && self.text.len() > start && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Puts the row's cells into `row` and begins the next.
    fn take(&mut self, row: &mut Row, line: u64) {
        Filler::begin(row, line);
        let mut start = 0;
        for (column, end) in &self.cells {
            if *column < COLUMNS {
                Filler::put(row, *column, &self.text[start..*end]);
            }
            start = *end;
        }
        self.open = false;
        self.text.clear();
        self.cells.clear();
        self.column = 0;
        for rows in &mut self.reaching {
            *rows = rows.saturating_sub(1);
        }
    }
}

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
        let mut emitter = CallbackEmitter::new(Tokens { tag: Tag::Other, attribute: Vec::new(), spans: Spans::default() });
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
