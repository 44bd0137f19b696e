//! Delimited text as a stream of rows, with the ways in which a file can be damaged told apart.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use super::dialect::Dialect;
use super::encoding::Encoding;
use super::source::{END_ROW, Progress, READ_AHEAD, ROW_BYTES, RowTooLong, Source};
use crate::refusal::Damage;
use crate::row::{Row, Rows};

/// The rows of a text, its header among them.
pub(crate) struct Delimited<R> {
    reader: csv::Reader<Source<R>>,
    progress: Rc<Progress>,
    /// Fields that a row should have; 0 where that is not known.
    width: usize,
    /// The line that the reader would read next.
    next_line: u64,
    /// A row with too few fields: damaged if nothing follows, merely odd otherwise.
    short: Option<Row>,
    /// The row read after `short`, to be given out next.
    next: Option<Row>,
}

impl Delimited<File> {
    /// Opens a file whose rows should have `width` fields.
    ///
    /// # Errors
    /// If the file cannot be opened or read.
    pub(crate) fn open(path: &Path, encoding: Encoding, dialect: Dialect, width: usize) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        let mut head = Vec::with_capacity(3);
        file.by_ref().take(3).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self::new(Source::new(file, encoding, encoding.mark(&head)), dialect, width))
    }
}

impl<'a> Delimited<&'a [u8]> {
    /// The rows of the beginning of a text, in UTF-8.
    pub(crate) fn sample(text: &'a [u8], dialect: Dialect) -> Self {
        // Some dialects are tried on each file: what is read ahead need not be larger than the text.
        Self::with_capacity(Source::new(text, Encoding::Utf8, 0), dialect, 0, (text.len() + 64).min(READ_AHEAD))
    }
}

impl<R: Read> Delimited<R> {
    /// The rows of a text, which should have `width` fields.
    pub(crate) fn new(source: Source<R>, dialect: Dialect, width: usize) -> Self {
        Self::with_capacity(source, dialect, width, READ_AHEAD)
    }

    fn with_capacity(source: Source<R>, dialect: Dialect, width: usize, capacity: usize) -> Self {
        let progress = source.progress();
        let reader = csv::ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .quote(dialect.quote)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(capacity)
            .from_reader(source);
        Self { reader, progress, width, next_line: 1, short: None, next: None }
    }

    /// Reads any row; `false` where the row behind the file's end was read.
    fn read_any(&mut self, row: &mut Row) -> Result<bool, Damage> {
        let line = self.next_line;
        let more = self.reader.read_byte_record(&mut row.fields).map_err(|error| damage(error, line + self.progress.blank_lines.get()))?;
        let position = self.reader.position();
        self.progress.row_began.set(position.byte());
        // Blank lines before the row are passed over, line breaks inside it are counted.
        let passed = position.line().saturating_sub(self.next_line);
        self.next_line = position.line();
        row.breaks = if passed > 1 { memchr::memchr_iter(b'\n', row.fields.as_slice()).count() as u64 } else { 0 };
        // One line feed ends every row, that before the end row included.
        let at_end = self.progress.length.get().is_some_and(|length| position.byte() > length + 1);
        if !more || at_end {
            if !more || (row.fields.len() == 1 && &row.fields[0] == END_ROW) {
                return Ok(false);
            }
            row.line = position.line().saturating_sub(row.breaks);
            return Err(cut_off(row, self.width, true));
        }
        row.line = position.line().saturating_sub(row.breaks + 1);
        Ok(true)
    }
}

impl<R: Read> Rows for Delimited<R> {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        if let Some(next) = self.next.take() {
            *row = next;
            return Ok(true);
        }
        loop {
            if !self.read_any(row)? {
                return match self.short.take() {
                    Some(short) => Err(cut_off(&short, self.width, false)),
                    None => Ok(false),
                };
            }
            if row.is_blank() || is_separator_hint(row) {
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

    fn bytes_read(&self) -> u64 {
        self.progress.raw.get()
    }
}

/// Excel's `sep=;` on the first line.
fn is_separator_hint(row: &Row) -> bool {
    row.line == 1
        && row.fields.as_slice().len() <= 5
        && row.fields.get(0).is_some_and(|field| field.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep=")))
}

fn cut_off(row: &Row, width: usize, open_quote: bool) -> Damage {
    let fields = row.fields.len();
    let found = if width == 0 { fields.to_string() } else { format!("{fields} of {width}") };
    let line = row.line;
    Damage::Damaged(if open_quote {
        format!(
            "ends in the middle of a row: the row at line {line} has {found} fields and the quote of its last field is never closed. Either the file was cut off, or that row has a quote too many: get the file whole, or mend the row, and import it again."
        )
    } else {
        format!(
            "ends in the middle of a row: the row at line {line} has {found} fields. The file was cut off; get it whole and import it again."
        )
    })
}

fn damage(error: csv::Error, line: u64) -> Damage {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<RowTooLong>()) => Damage::Damaged(format!(
            "has a row at line {line} that is longer than {} MiB. Usually a quote is opened there and never closed; mend it and import the file again.",
            ROW_BYTES >> 20
        )),
        csv::ErrorKind::Io(error) => Damage::Io(error),
        other => Damage::Io(std::io::Error::other(format!("{other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', quote: b'"' };

    fn rows(content: &[u8], width: usize) -> (Vec<(u64, usize, u64)>, Option<String>) {
        let source = Source::new(content, Encoding::Utf8, Encoding::Utf8.mark(content));
        let mut rows = Delimited::new(source, COMMA, width);
        let (mut read, mut row) = (Vec::new(), Row::default());
        loop {
            match rows.read(&mut row) {
                Ok(true) => read.push((row.line, row.fields.len(), row.breaks)),
                Ok(false) => return (read, None),
                Err(Damage::Damaged(message)) => return (read, Some(message)),
                Err(Damage::Io(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn whole_files_are_read_to_their_end_with_their_lines() {
        let wanted = vec![(1, 2, 0), (2, 2, 0), (3, 2, 0)];
        for content in [
            "a,b\r\n1,2\r\n3,4\r\n",
            "a,b\n1,2\n3,4",
            "\u{feff}a,b\n1,2\n3,4\n , \n\n",
            "a,b\n1,2\n3,\"4\"",
            "a,b\r1,2\r3,4\r",
            "a,b\n1,2\n3,4\n,,,,\n",
        ] {
            assert_eq!(rows(content.as_bytes(), 2), (wanted.clone(), None), "{content:?}");
        }
        for end in ["\n", "\r\n", "\r"] {
            let content = "a,b\n\"1\n1\",2\n\n\n3,4\n5,6\n\"7\n\n7\",8".replace('\n', end);
            let wanted = vec![(1, 2, 0), (2, 2, 1), (6, 2, 0), (7, 2, 0), (8, 2, 2)];
            assert_eq!(rows(content.as_bytes(), 2), (wanted, None), "{end:?}");
        }
        assert_eq!(rows(b"\n\na,b\n1,2", 2), (vec![(3, 2, 0), (4, 2, 0)], None));
        assert_eq!(rows(b"sep=,\na,b\n1,2", 2), (vec![(2, 2, 0), (3, 2, 0)], None));
        assert_eq!(rows(b"", 2), (vec![], None));
        assert_eq!(rows(b"\n", 2), (vec![], None));
    }

    #[test]
    fn a_row_with_too_few_fields_is_odd_in_the_middle_and_damage_at_the_end() {
        assert_eq!(rows(b"1\n2\n3,4\n", 2), (vec![(1, 1, 0), (2, 1, 0), (3, 2, 0)], None));
        let (read, damage) = rows(b"a,b,c\n1,2,3\n4,5", 3);
        assert_eq!(read, [(1, 3, 0), (2, 3, 0)]);
        assert!(damage.expect("is damaged").starts_with("ends in the middle of a row: the row at line 3 has 2 of 3 fields. "));
    }

    #[test]
    fn an_open_quote_at_the_end_is_damage() {
        for (content, found) in [("a,b\n\"1\",\"2\"\n\"3\",\"4", 2), ("a,b\n\"1\",\"2\"\n\"3\"\"", 1), ("a,b\n\"1\",\"2\"\n\"", 1)] {
            let (read, damage) = rows(content.as_bytes(), 2);
            assert_eq!(read, [(1, 2, 0), (2, 2, 0)]);
            let message = damage.expect("is damaged");
            assert!(message.contains(&format!("line 3 has {found} of 2 fields and the quote")), "{message}");
        }
    }

    #[test]
    fn what_marks_the_end_is_no_end_inside_a_file() {
        let content = [b"a,b\n".as_slice(), END_ROW, b"\n3,4\n"].concat();
        assert_eq!(rows(&content, 0), (vec![(1, 2, 0), (2, 1, 0), (3, 2, 0)], None));
    }

    #[test]
    fn blank_lines_are_no_row_however_many_they_are() {
        let blank = "\r\n".repeat(3_000_000);
        let long = "x".repeat(1_000_000);
        let content = format!("{blank}a,b\n{blank}1,{long}\n{blank}");
        assert_eq!(rows(content.as_bytes(), 2), (vec![(3_000_001, 2, 0), (6_000_002, 2, 0)], None));
        let (_, damage) = rows(format!("{blank}a,b\n{blank}1,\"{long}{long}").as_bytes(), 2);
        assert!(damage.expect("is damaged").starts_with("has a row at line 6000002 that is longer than 1 MiB"));
        let (_, damage) = rows(format!("a,b\n1,\"{blank}").as_bytes(), 2);
        assert!(damage.expect("is damaged").starts_with("has a row at line 2 that is longer than 1 MiB"));
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_take_the_file_into_memory() {
        let mut content = b"a,b\n1,\"2\n".to_vec();
        content.extend(std::iter::repeat_n(b"3,4\n", 1_000_000).flatten());
        let (_, damage) = rows(&content, 2);
        assert!(damage.expect("is damaged").starts_with("has a row at line 2 that is longer than 1 MiB"));
    }
}
