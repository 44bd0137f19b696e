//! Putting cells into rows.

use crate::row::Row;

/// The most columns that a sheet may have, as in spreadsheet programs.
pub(super) const COLUMNS: usize = 16_384;
/// The most rows that a sheet may have, as in spreadsheet programs.
pub(super) const ROWS: u64 = 1_048_576;

/// Fills rows from the left, so that each is at least as wide as the ones before: a row whose last cells are blank has as many
/// fields as the header.
#[derive(Debug, Default)]
pub(super) struct Filler {
    widest: usize,
}

impl Filler {
    /// Begins a row.
    pub(super) fn begin(row: &mut Row, line: u64) {
        row.line = line;
        row.fields.clear();
    }

    /// Puts a cell at `column`, from 0, which lies right of the ones before; blank ones are not kept yet.
    pub(super) fn put(row: &mut Row, column: usize, text: &str) {
        // Most texts have nothing to trim; Unicode's white space is looked for only where there may be any.
        let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        let text = if is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) { text } else { text.trim() };
        if text.is_empty() {
            return;
        }
        debug_assert!((row.fields.len()..COLUMNS).contains(&column), "columns are checked where they are read");
        while row.fields.len() < column {
            row.fields.push_field(b"");
        }
        row.fields.push_field(text.as_bytes());
    }

    /// Ends a row. Answers `false` if it is blank.
    pub(super) fn end(&mut self, row: &mut Row) -> bool {
        if row.fields.is_empty() {
            return false;
        }
        self.widest = self.widest.max(row.fields.len());
        while row.fields.len() < self.widest {
            row.fields.push_field(b"");
        }
        true
    }
}

/// The column, from 0, in a reference such as `AB12`; nothing if there is none or it is out of bounds.
pub(super) fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.take(4).fold(0_usize, |column, letter| column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    (1..=COLUMNS).contains(&column).then(|| column - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_columns() {
        for (reference, column) in [
            ("A1", Some(0)),
            ("Z9", Some(25)),
            ("aa10", Some(26)),
            ("XFD1", Some(16_383)),
            ("XFE1", None),
            ("12", None),
            ("", None),
            ("ZZZZZZZZ", None),
        ] {
            assert_eq!(column_of(reference), column, "{reference}");
        }
    }

    #[test]
    fn rows_are_as_wide_as_the_ones_before() {
        let (mut filler, mut row) = (Filler::default(), Row::default());
        Filler::begin(&mut row, 3);
        Filler::put(&mut row, 0, " a ");
        Filler::put(&mut row, 2, "\u{a0}c");
        Filler::put(&mut row, 3, "  ");
        assert!(filler.end(&mut row));
        assert_eq!((row.line, row.fields.iter().collect::<Vec<_>>()), (3, vec![&b"a"[..], b"", b"c"]));
        Filler::begin(&mut row, 4);
        assert!(!filler.end(&mut row));
        Filler::begin(&mut row, 5);
        Filler::put(&mut row, 1, "b");
        assert!(filler.end(&mut row));
        assert_eq!(row.fields.iter().collect::<Vec<_>>(), [&b""[..], b"b", b""]);
    }
}
