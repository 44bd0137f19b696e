//! Sheets: the table of a workbook, and the three sorts of bytes that a file called `.xls` may hold.

mod biff;
mod html;
mod xlsx;

use crate::Error;

pub(crate) use biff::compound;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
}

/// A workbook's only sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// Its rows, which may differ in length.
    pub rows: Vec<Vec<Cell>>,
}

/// What the bytes of a workbook are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML, what `.xlsx` means.
    Xlsx,
    /// BIFF8 in a compound file, what `.xls` means.
    Biff,
    /// An HTML table, what many a server calls `.xls`.
    Html,
}

impl Sheet {
    /// The workbook's bytes.
    ///
    /// # Errors
    /// When the sheet is larger than the format allows.
    pub fn bytes(&self, format: Format) -> Result<Vec<u8>, Error> {
        match format {
            Format::Xlsx => xlsx::bytes(self),
            Format::Biff => biff::bytes(self),
            Format::Html => Ok(html::bytes(self)),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader};

    use super::*;

    fn sheet() -> Sheet {
        let mut rows = vec![vec![Cell::from("zip"), Cell::from("city")], Vec::new()];
        // More strings than one record of BIFF holds, with and without letters beyond Latin-1.
        for number in 0..3000_i32 {
            let city = if number % 7 == 0 { format!("Łódź {number}") } else { format!("Añasco {number}") };
            rows.push(vec![Cell::Text(format!("{number:05}")), Cell::Text(city), Cell::Number(f64::from(number) / 4.0)]);
        }
        Sheet { name: "ZIPs", rows }
    }

    #[test]
    fn workbooks_are_readable_and_always_the_same() {
        let sheet = sheet();
        for format in [Format::Xlsx, Format::Biff] {
            let bytes = sheet.bytes(format).expect("bytes");
            assert!(bytes == sheet.bytes(format).expect("bytes"), "{format:?}");
            let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).expect("a workbook");
            let range = book.worksheet_range("ZIPs").expect("the sheet");
            assert_eq!(range.get_value((0, 1)), Some(&Data::String("city".to_owned())), "{format:?}");
            assert_eq!(range.get_value((1, 0)), Some(&Data::Empty), "{format:?}");
            for number in [0_u32, 7, 8, 1500, 2999] {
                let Cell::Text(city) = &sheet.rows[number as usize + 2][1] else { panic!("a city") };
                assert_eq!(range.get_value((number + 2, 0)), Some(&Data::String(format!("{number:05}"))), "{format:?}");
                assert_eq!(range.get_value((number + 2, 1)), Some(&Data::String(city.clone())), "{format:?}");
                assert_eq!(range.get_value((number + 2, 2)), Some(&Data::Float(f64::from(number) / 4.0)), "{format:?}");
            }
        }
    }

    #[test]
    fn html_is_escaped() {
        let sheet = Sheet { name: "Ch<art", rows: vec![vec![Cell::from("a & b"), Cell::Empty, Cell::Number(96701.0)]] };
        let html = String::from_utf8(sheet.bytes(Format::Html).expect("bytes")).expect("text");
        assert!(html.contains("<td>a &amp; b</td><td>&nbsp;</td><td>96701</td>"), "{html}");
        assert!(html.contains("Ch&lt;art"));
    }
}
