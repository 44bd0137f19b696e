//! Delimited text as a stream of rows, with the ways in which a file can be damaged told apart.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use csv::ByteRecord;

use crate::failure::Fault;
use crate::runs::Counters;

/// What may stand between fields.
pub(super) const DELIMITERS: [u8; 4] = [b',', b'\t', b'|', b';'];

/// The longest row that is read, bytes. Without a bound, one quote too many would take the rest of the
/// file into memory as a single field.
const ROW_BYTES: u64 = 1024 * 1024;
/// The reader's own buffer; the bound on a row counts what is read ahead as well.
const READ_AHEAD: usize = 256 * 1024;

/// Stands behind the file's last byte, on a line of its own. Where it is not read back as a row of its
/// own, a quote was still open at the file's end.
const END: &[u8] = b"\n\x1eend of file\x1e\n";
const END_AFTER_CRLF: &[u8] = b"\r\n\x1eend of file\x1e\r\n";
const END_ROW: &[u8] = b"\x1eend of file\x1e";

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Damage {
    /// The file is damaged: a sentence's end, to follow the file's name.
    Damaged(String),
    /// It could not be read.
    Fault(Fault),
}

/// Counts bytes for progress, and ends a row that does not end by itself.
struct Counted<R> {
    inner: R,
    counters: Arc<Counters>,
    read: u64,
    row_began: Rc<Cell<u64>>,
}

#[derive(Debug, thiserror::Error)]
#[error("a row longer than {ROW_BYTES} bytes")]
struct RowTooLong;

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.saturating_sub(self.row_began.get()) > ROW_BYTES + READ_AHEAD as u64 {
            return Err(io::Error::other(RowTooLong));
        }
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        self.counters.bytes_read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The file with [`END`] behind it.
type Source = Chain<Counted<BufReader<File>>, Cursor<&'static [u8]>>;

/// The rows of a file below its header.
pub(super) struct Rows {
    reader: csv::Reader<Source>,
    row_began: Rc<Cell<u64>>,
    width: usize,
    /// Whether lines end in CR and LF.
    crlf: bool,
    /// A row with too few fields: damaged if nothing follows, merely odd otherwise.
    short: Option<Row>,
    /// The row read after `short`, to be given out next.
    next: Option<Row>,
}

/// A row as it stands in the file.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    pub(super) fields: ByteRecord,
}

impl Rows {
    pub(super) fn open(path: &Path, delimiter: u8, width: usize, counters: Arc<Counters>) -> Result<Self, Fault> {
        let file = File::open(path).map_err(Fault::new)?;
        let row_began = Rc::new(Cell::new(0));
        let mut inner = BufReader::with_capacity(READ_AHEAD, file);
        let head = inner.fill_buf().map_err(Fault::new)?;
        let crlf = head.iter().position(|byte| *byte == b'\n').is_some_and(|at| at > 0 && head[at - 1] == b'\r');
        let counted = Counted { inner, counters, read: 0, row_began: row_began.clone() };
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .buffer_capacity(READ_AHEAD)
            .from_reader(counted.chain(Cursor::new(if crlf { END_AFTER_CRLF } else { END })));
        Ok(Self { reader, row_began, width, crlf, short: None, next: None })
    }

    /// Reads the next row that is not blank into `row`. Answers `false` at the end of a file that is whole.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        if let Some(next) = self.next.take() {
            *row = next;
            return Ok(true);
        }
        loop {
            if !self.read_raw(row)? {
                return match self.short.take() {
                    Some(short) => Err(cut_off(&short, self.width, false)),
                    None => Ok(false),
                };
            }
            if row.fields.iter().all(|field| field.trim_ascii().is_empty()) {
                continue;
            }
            let is_short = row.fields.len() < self.width;
            match self.short.take() {
                // Something follows the short row: it was odd, not the cut end.
                Some(short) => {
                    let current = std::mem::replace(row, short);
                    if is_short {
                        self.short = Some(current);
                    } else {
                        self.next = Some(current);
                    }
                    return Ok(true);
                }
                None if is_short => self.short = Some(std::mem::take(row)),
                None => return Ok(true),
            }
        }
    }

    /// Reads any row; `false` where the row behind the file's end was read.
    fn read_raw(&mut self, row: &mut Row) -> Result<bool, Damage> {
        let before = self.reader.position().line();
        // Before the first row the header is read, which stands on line 1.
        let next_line = if before == 1 { 2 } else { before + u64::from(self.crlf) };
        let more = self.reader.read_byte_record(&mut row.fields).map_err(|error| damage(error, next_line))?;
        self.row_began.set(self.reader.position().byte());
        if row.fields.len() == 1 && &row.fields[0] == END_ROW {
            return Ok(false);
        }
        let swallowed_end = row.fields.iter().next_back().is_some_and(|field| field.windows(END_ROW.len()).any(|part| part == END_ROW));
        row.line = self.first_line(&row.fields, !swallowed_end);
        if !more || swallowed_end {
            return Err(cut_off(row, self.width, true));
        }
        Ok(true)
    }

    /// The line on which the row just read begins. The reader counts the line feeds that it has passed: all
    /// of the row's own, and the one that ends it, unless a carriage return ended it first or the file did.
    fn first_line(&self, fields: &ByteRecord, ended_by_line_break: bool) -> u64 {
        let inside = fields.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        (self.reader.position().line() - inside).saturating_sub(u64::from(ended_by_line_break && !self.crlf))
    }
}

fn cut_off(row: &Row, width: usize, open_quote: bool) -> Damage {
    let fields = row.fields.len();
    let quote = if open_quote { " and the quote of its last field is never closed" } else { "" };
    Damage::Damaged(format!(
        "ends in the middle of a row: the row at line {} has {fields} of {width} fields{quote}. The file was cut off; get it whole and import it again.",
        row.line
    ))
}

fn damage(error: csv::Error, line: u64) -> Damage {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<RowTooLong>()) => Damage::Damaged(format!(
            "has a row at line {line} that is longer than {ROW_BYTES} bytes. Usually a quote is opened there and never closed; mend it and import the file again."
        )),
        csv::ErrorKind::Io(error) => Damage::Fault(Fault::new(error)),
        other => Damage::Fault(Fault::new(format!("{other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn rows(content: &[u8], width: usize) -> (Vec<(u64, usize)>, Option<String>) {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(content).expect("writes");
        let mut rows = Rows::open(file.path(), b',', width, Arc::default()).expect("opens");
        let (mut read, mut row) = (Vec::new(), Row::default());
        loop {
            match rows.read(&mut row) {
                Ok(true) => read.push((row.line, row.fields.len())),
                Ok(false) => return (read, None),
                Err(Damage::Damaged(message)) => return (read, Some(message)),
                Err(Damage::Fault(fault)) => panic!("{fault}"),
            }
        }
    }

    #[test]
    fn whole_files_are_read_to_their_end() {
        for content in ["a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "\u{feff}a,b\n1,2\n3,4\n , \n\n", "a,b\n1,2\n3,\"4\""] {
            assert_eq!(rows(content.as_bytes(), 2), (vec![(2, 2), (3, 2)], None), "{content:?}");
        }
        assert_eq!(rows(b"a,b\n\"1\n1\",2\n3,4\n", 2), (vec![(2, 2), (4, 2)], None));
        assert_eq!(rows(b"a,b\r\n\"1\r\n1\",2\r\n\r\n3,4", 2), (vec![(2, 2), (5, 2)], None));
        assert_eq!(rows(b"a,b\n", 2), (vec![], None));
    }

    #[test]
    fn a_row_with_too_few_fields_is_odd_in_the_middle_and_damage_at_the_end() {
        assert_eq!(rows(b"a,b\n1\n2\n3,4\n", 2), (vec![(2, 1), (3, 1), (4, 2)], None));
        let (read, damage) = rows(b"a,b,c\n1,2,3\n4,5", 3);
        assert_eq!(read, [(2, 3)]);
        assert!(damage.expect("is damaged").starts_with("ends in the middle of a row: the row at line 3 has 2 of 3 fields. "));
    }

    #[test]
    fn an_open_quote_at_the_end_is_damage() {
        for (content, found) in [("a,b\n\"1\",\"2\"\n\"3\",\"4", 2), ("a,b\n\"1\",\"2\"\n\"3\"\"", 1)] {
            let (read, damage) = rows(content.as_bytes(), 2);
            assert_eq!(read, [(2, 2)]);
            let message = damage.expect("is damaged");
            assert!(message.contains(&format!("line 3 has {found} of 2 fields and the quote")), "{message}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_take_the_file_into_memory() {
        let mut content = b"a,b\n1,\"2\n".to_vec();
        content.extend(std::iter::repeat_n(b"3,4\n", 1_000_000).flatten());
        let (_, damage) = rows(&content, 2);
        assert!(damage.expect("is damaged").starts_with("has a row at line 2 that is longer than 1048576 bytes"));
    }
}
