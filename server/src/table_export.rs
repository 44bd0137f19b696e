//! A table of the workspace, or the rows of it that a query asks for, as a file: CSV or XLSX, for people and spreadsheets.

mod csv;
mod xlsx;

use std::fmt::Display;

use model::Error;
use model::integration::{Column, KindContract};

pub use csv::csv;
pub use xlsx::xlsx;

/// The column after the contract's: the run that brought the row.
const RUN: &str = "run";

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values in UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// Splits a file's name into the table's and the format that its ending stands for.
    pub fn of_file(name: &str) -> Option<(&str, Self)> {
        let (stem, ending) = name.rsplit_once('.')?;
        let known = [Self::Csv, Self::Xlsx].into_iter().find(|format| format.ending().eq_ignore_ascii_case(ending))?;
        Some((stem, known))
    }

    /// The end of its files' names.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The first row.
fn header(contract: &'static KindContract) -> impl Iterator<Item = &'static str> {
    contract.columns.iter().map(|column: &Column| column.name).chain([RUN])
}

/// A fault that is not the asker's: its cause goes to the log, under the reference that the asker gets.
fn fault(doing: &str, cause: &impl Display) -> Error {
    let reference = format!("{:08x}", rand::random::<u32>());
    tracing::error!(reference, doing, %cause, "a fault");
    Error::Unavailable { reference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        assert_eq!(Format::of_file("us_zips.csv"), Some(("us_zips", Format::Csv)));
        assert_eq!(Format::of_file("a.b.XLSX"), Some(("a.b", Format::Xlsx)));
        assert_eq!((Format::of_file("us_zips"), Format::of_file("us_zips.json"), Format::of_file("csv")), (None, None, None));
    }
}
