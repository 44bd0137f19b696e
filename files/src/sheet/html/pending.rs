//! A row of an HTML table while it is put together.

use super::super::cells::{COLUMNS, Filler};
use super::tokens::Spans;
use crate::row::Row;

/// A row that is being put together.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Whether a row is open, as opposed to a table without one.
    pub(super) open: bool,
    /// Whether a cell is, so that text belongs to it.
    in_cell: bool,
    spans: Spans,
    /// The texts of its cells, the one being read last, and where each begins.
    pub(super) text: String,
    /// Each cell's column, and where its text ends.
    pub(super) cells: Vec<(usize, usize)>,
    column: usize,
    /// For each column, how many more rows a cell from above reaches into.
    reaching: Vec<u32>,
}

impl Pending {
    /// Begins a cell, right of those that reach into this row from above.
    pub(super) fn open_cell(&mut self, spans: Spans) {
        self.open = true;
        self.in_cell = true;
        self.spans = spans;
        while self.reaching.get(self.column).is_some_and(|rows| *rows > 0) {
            self.column += 1;
        }
    }

    /// Ends the cell, if one is open.
    pub(super) fn close_cell(&mut self) {
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
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if !self.in_cell {
            return;
        }
        for character in String::from_utf8_lossy(bytes).chars() {
            if character.is_whitespace() { self.blank() } else { self.text.push(character) }
        }
    }

    /// Adds a blank where words would run together.
    pub(super) fn blank(&mut self) {
        let start = self.cells.last().map_or(0, |(_, end)| *end);
        if self.in_cell && self.text.len() > start && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Puts the row's cells into `row` and begins the next.
    pub(super) fn take(&mut self, row: &mut Row, line: u64) {
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
