//! Rows as they stand in a file, before anything is checked: the common ground of delimited text, workbooks, HTML tables and
//! zone charts.

use csv::ByteRecord;

use crate::refusal::Damage;

/// A row as it stands in the file. Its fields are UTF-8, decoded where the file is encoded otherwise.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The line of a text, or the row of a sheet, on which it begins, from 1.
    pub(crate) line: u64,
    /// Its fields in the file's order. A number of a workbook is the shortest text for it: `601`, `18.18`.
    pub(crate) fields: ByteRecord,
    /// Line breaks inside its fields, of a text: it takes one line more than these. Sheets leave it at 0.
    pub(crate) breaks: u64,
}

impl Row {
    /// Whether no field holds anything but blanks.
    pub(crate) fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.trim_ascii().is_empty())
    }
}

/// A stream of rows.
pub(crate) trait Rows {
    /// Reads the next row that is not blank into `row`. Answers `false` at the end of a file that is whole.
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage>;

    /// Bytes of the file read so far, where that is known.
    fn bytes_read(&self) -> u64 {
        0
    }
}
