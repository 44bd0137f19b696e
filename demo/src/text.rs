//! Delimited text, as publishers write it and as people and programs that saved it again leave it.

/// How the characters of a text become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 after a byte order mark.
    Utf8WithMark,
    /// UTF-16, low byte first, after a byte order mark.
    Utf16Little,
    /// UTF-16, high byte first, after a byte order mark.
    Utf16Big,
    /// Windows' Western European code page. What it lacks becomes a question mark.
    Windows1252,
}

/// Which fields stand in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// Every one.
    All,
    /// Those that would be misread without.
    Needed,
}

/// The manner in which a table is written.
#[derive(Debug, Clone)]
pub struct Text {
    /// How its characters become bytes.
    pub encoding: Encoding,
    /// What stands between fields.
    pub delimiter: char,
    /// What ends lines.
    pub line_end: &'static str,
    /// Whether the last line ends like the others.
    pub final_line_end: bool,
    /// Which fields stand in quotes.
    pub quotes: Quotes,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Whether codes have lost their leading zeros, as in a spreadsheet that took them for numbers.
    pub lost_zeros: bool,
    /// Whether the columns stand in the opposite order.
    pub reversed: bool,
    /// Columns that are called otherwise: the publisher's name and the other.
    pub renamed: Vec<(&'static str, &'static str)>,
    /// Columns that are left out.
    pub without: Vec<&'static str>,
    /// Columns added at the end, with the value that every row has there.
    pub extra: Vec<(&'static str, &'static str)>,
    /// Empty fields that end each row, without a name.
    pub trailing: usize,
    /// Whether a last line follows that holds delimiters only.
    pub blank_last_line: bool,
    /// After how many rows it ends, if not after all.
    pub rows: Option<usize>,
}

impl Text {
    /// Comma, line feed, quotes where needed, a header: what programs write.
    pub fn plain() -> Self {
        Self {
            encoding: Encoding::Utf8,
            delimiter: ',',
            line_end: "\n",
            final_line_end: true,
            quotes: Quotes::Needed,
            header: true,
            lost_zeros: false,
            reversed: false,
            renamed: Vec::new(),
            without: Vec::new(),
            extra: Vec::new(),
            trailing: 0,
            blank_last_line: false,
            rows: None,
        }
    }

    /// As SimpleMaps writes `us-zips`: every field in quotes, carriage return and line feed.
    pub fn us_zips() -> Self {
        Self { quotes: Quotes::All, line_end: "\r\n", ..Self::plain() }
    }

    /// As the Census Bureau writes `gaz-zcta` through 2024.
    pub fn gaz_zcta_tabs() -> Self {
        Self { delimiter: '\t', ..Self::plain() }
    }

    /// As the Census Bureau writes `gaz-zcta` from 2025.
    pub fn gaz_zcta_pipes() -> Self {
        Self { delimiter: '|', ..Self::plain() }
    }

    /// As USPS writes `usps-3d`.
    pub fn usps_3d() -> Self {
        Self { line_end: "\r\n", ..Self::plain() }
    }

    /// As UPS writes `ups-ground`: without a header, and with `trailing` empty fields, none or one.
    pub fn ups_ground(trailing: usize) -> Self {
        Self { header: false, line_end: "\r\n", trailing, ..Self::plain() }
    }
}

/// A column as its publisher has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether its values are codes, whose leading zeros count.
    pub(crate) code: bool,
}

/// Writes a table.
pub(crate) struct Writer<'a> {
    text: &'a Text,
    /// The columns in the order in which they are written, by their index.
    order: Vec<(usize, Column)>,
    out: String,
    rows: usize,
}

impl<'a> Writer<'a> {
    /// Begins a table of these columns.
    pub(crate) fn new(text: &'a Text, columns: &[Column]) -> Self {
        let mut order: Vec<(usize, Column)> =
            columns.iter().copied().enumerate().filter(|(_, column)| !text.without.contains(&column.name)).collect();
        if text.reversed {
            order.reverse();
        }
        let mut writer = Self { text, order, out: String::new(), rows: 0 };
        if text.header {
            let names: Vec<&str> = writer
                .order
                .iter()
                .map(|(_, column)| text.renamed.iter().find(|(name, _)| *name == column.name).map_or(column.name, |(_, other)| other))
                .chain(text.extra.iter().map(|(name, _)| *name))
                .collect();
            for (index, name) in names.into_iter().enumerate() {
                writer.field(index, name);
            }
            writer.out.push_str(text.line_end);
        }
        writer
    }

    /// Whether it holds as many rows as it shall.
    pub(crate) fn is_full(&self) -> bool {
        self.text.rows.is_some_and(|rows| self.rows >= rows)
    }

    /// Writes a row; its fields in the publisher's order.
    pub(crate) fn row(&mut self, fields: &[&str]) {
        if self.is_full() {
            return;
        }
        self.rows += 1;
        for at in 0..self.order.len() {
            let (index, column) = self.order[at];
            let field = fields[index];
            let short = field.trim_start_matches('0');
            let lost = self.text.lost_zeros && column.code && field.bytes().all(|byte| byte.is_ascii_digit());
            self.field(
                at,
                if lost && short.is_empty() {
                    "0"
                } else if lost {
                    short
                } else {
                    field
                },
            );
        }
        for (index, (_, value)) in self.text.extra.iter().enumerate() {
            self.field(self.order.len() + index, value);
        }
        for _ in 0..self.text.trailing {
            self.out.push(self.text.delimiter);
        }
        self.out.push_str(self.text.line_end);
    }

    fn field(&mut self, index: usize, field: &str) {
        if index > 0 {
            self.out.push(self.text.delimiter);
        }
        let quoted = match self.text.quotes {
            Quotes::All => true,
            Quotes::Needed => field.contains([self.text.delimiter, '"', '\r', '\n']),
        };
        if quoted {
            self.out.push('"');
            self.out.push_str(&field.replace('"', "\"\""));
            self.out.push('"');
        } else {
            self.out.push_str(field);
        }
    }

    /// The file's bytes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let columns = self.order.len() + self.text.extra.len() + self.text.trailing;
        if self.text.blank_last_line {
            self.out.extend(std::iter::repeat_n(self.text.delimiter, columns.saturating_sub(1)));
            self.out.push_str(self.text.line_end);
        }
        if !self.text.final_line_end {
            self.out.truncate(self.out.len().saturating_sub(self.text.line_end.len()));
        }
        self.text.encoding.encode(self.out)
    }
}

impl Encoding {
    /// The bytes of a text, with the mark where the encoding has one.
    pub fn encode(self, text: String) -> Vec<u8> {
        match self {
            Self::Utf8 => text.into_bytes(),
            Self::Utf8WithMark => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            Self::Utf16Little => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Big => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            // Its upper half is Latin-1's, apart from 32 places that no demo file uses.
            Self::Windows1252 => text
                .chars()
                .map(|character| match u8::try_from(u32::from(character)) {
                    Ok(byte) if !(0x80..0xa0).contains(&byte) => byte,
                    _ => b'?',
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [Column { name: "zip", code: true }, Column { name: "city", code: false }];

    fn write(text: &Text) -> Vec<u8> {
        let mut writer = Writer::new(text, &COLUMNS);
        writer.row(&["00601", "Añ\"o"]);
        writer.row(&["10001", "A,b"]);
        writer.finish()
    }

    #[test]
    fn tables_are_written_in_every_manner() {
        let utf8 = |text: &Text| String::from_utf8(write(text)).expect("text");
        assert_eq!(utf8(&Text::plain()), "zip,city\n00601,\"Añ\"\"o\"\n10001,\"A,b\"\n");
        assert_eq!(utf8(&Text::us_zips()), "\"zip\",\"city\"\r\n\"00601\",\"Añ\"\"o\"\r\n\"10001\",\"A,b\"\r\n");
        let odd = Text {
            delimiter: ';',
            final_line_end: false,
            lost_zeros: true,
            reversed: true,
            renamed: vec![("zip", "Zip")],
            extra: vec![("note", "x")],
            rows: Some(1),
            blank_last_line: true,
            ..Text::plain()
        };
        assert_eq!(utf8(&odd), "city;Zip;note\n\"Añ\"\"o\";601;x\n;;");
        let narrow = Text { without: vec!["city"], trailing: 1, header: false, ..Text::plain() };
        assert_eq!(utf8(&narrow), "00601,\n10001,\n");
    }

    #[test]
    fn encodings_have_their_marks() {
        let first = |encoding, count: usize| write(&Text { encoding, ..Text::plain() })[..count].to_vec();
        assert_eq!(first(Encoding::Utf8WithMark, 4), b"\xef\xbb\xbfz");
        assert_eq!(first(Encoding::Utf16Little, 4), b"\xff\xfez\0");
        assert_eq!(first(Encoding::Utf16Big, 4), b"\xfe\xff\0z");
        assert!(write(&Text { encoding: Encoding::Windows1252, ..Text::plain() }).contains(&0xf1));
    }
}
