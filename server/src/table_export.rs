//! A list of rows as a file: a table, the rows of it that a query asks for, or the history of runs. CSV and XLSX for people and
//! spreadsheets, JSON lines for programs, Parquet for columns of millions of values.

mod audit;
mod csv;
mod history;
mod jsonl;
mod parquet;
mod xlsx;

use std::fs::File;

use axum::body::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use model::Error;
use model::integration::ColumnType;
use model::table::{BroughtBy, RUN_COLUMN};
use platform::TableExport;

pub use audit::audit;
pub use csv::csv;
pub use history::history;
pub use jsonl::jsonl;
pub use parquet::parquet;
pub use xlsx::xlsx;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Text, codes among it.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
}

impl Values {
    const fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Number { .. } => Self::Number,
            ColumnType::Count | ColumnType::Days { .. } => Self::Whole,
            _ => Self::Text,
        }
    }

    const fn are_numbers(self) -> bool {
        matches!(self, Self::Whole | Self::Number)
    }
}

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListColumn {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub values: Values,
}

/// A row: a text for each column, none where it is empty.
pub type Row = Vec<Option<String>>;

/// Rows with their columns.
pub struct List {
    /// Its name, which files and sheets have.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<ListColumn>,
    /// How many rows there are, where that is known beforehand.
    pub rows_known: Option<u64>,
    /// Its rows.
    pub rows: BoxStream<'static, Result<Row, Error>>,
}

impl From<TableExport> for List {
    fn from(export: TableExport) -> Self {
        let contract = export.contract;
        let has_runs = contract.brought_by != BroughtBy::Nobody;
        let columns = contract.columns.iter().map(|column| ListColumn { name: column.name, values: Values::of(column.kind) });
        let run = has_runs.then_some(ListColumn { name: RUN_COLUMN, values: Values::Text });
        let rows = export.rows.map(move |row| {
            row.map(|(mut cells, run)| {
                if has_runs {
                    cells.push(run.map(|run| run.as_str().to_owned()));
                }
                cells
            })
        });
        Self { name: contract.table(), columns: columns.chain(run).collect(), rows_known: export.rows_of_all, rows: rows.boxed() }
    }
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values in UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
    /// A JSON object a line.
    JsonLines,
    /// Columns, compressed.
    Parquet,
}

/// A file of a list.
pub enum Written {
    /// In pieces, as they are made.
    Pieces(BoxStream<'static, Result<Bytes, Error>>),
    /// Whole, at its beginning.
    File(File),
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::JsonLines, Self::Parquet];

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ending().eq_ignore_ascii_case(name))
    }

    /// Splits a file's name into the list's and the format that its ending stands for.
    pub fn of_file(name: &str) -> Option<(&str, Self)> {
        let (stem, ending) = name.rsplit_once('.')?;
        Some((stem, Self::named(ending)?))
    }

    /// The end of its files' names.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// The endings as a choice, for people: `.csv, .xlsx or .jsonl`.
    pub fn endings() -> String {
        let endings = Self::ALL.map(|format| format!(".{}", format.ending()));
        let (last, others) = endings.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
        format!("{} or {last}", others.join(", "))
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The list as a file of this format.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a sheet has no room for so many rows, [`Error::Unavailable`] when reading or writing fails.
    pub async fn write(self, list: List) -> Result<Written, Error> {
        Ok(match self {
            Self::Csv => Written::Pieces(csv(list)),
            Self::JsonLines => Written::Pieces(jsonl(list)),
            Self::Parquet => Written::Pieces(parquet(list)),
            Self::Xlsx => Written::File(xlsx(list).await?),
        })
    }
}

/// Rows that are written or handed over at once, where so many are there.
const BATCH: usize = 500;

/// What a thread is told that writes a file.
enum Message {
    /// The next rows.
    Rows(Vec<Row>),
    /// These were all. Without it, nobody wants the file any more.
    End,
}

#[cfg(test)]
pub(crate) mod tests {
    use futures::stream;

    use super::*;

    /// Rows of US ZIPs: the first columns, the others empty.
    pub fn list(rows: Vec<Vec<&'static str>>) -> List {
        let contract = model::FileKind::UsZips.contract().table_contract();
        let rows = rows.into_iter().map(move |row| {
            let cells =
                (0..contract.columns.len()).map(|index| row.get(index).filter(|cell| !cell.is_empty()).map(|cell| (*cell).to_owned()));
            Ok((cells.collect(), Some(model::RunId::new("0199"))))
        });
        TableExport { contract, rows_of_all: None, rows: stream::iter(rows.collect::<Vec<_>>()).boxed() }.into()
    }

    /// A list that breaks off at once.
    pub fn broken() -> List {
        let rows = stream::iter([Err(Error::Unavailable { reference: "1".to_owned() })]).boxed();
        List { rows, ..list(Vec::new()) }
    }

    #[test]
    fn the_ending_says_the_format() {
        assert_eq!(Format::of_file("us_zips.csv"), Some(("us_zips", Format::Csv)));
        assert_eq!(Format::of_file("a.b.XLSX"), Some(("a.b", Format::Xlsx)));
        assert_eq!(Format::of_file("a.jsonl"), Some(("a", Format::JsonLines)));
        assert_eq!((Format::of_file("us_zips"), Format::of_file("us_zips.json"), Format::of_file("csv")), (None, None, None));
        assert_eq!(Format::endings(), ".csv, .xlsx, .jsonl or .parquet");
    }

    #[test]
    fn what_no_run_has_brought_has_no_column_for_it() {
        let contract = model::table::TableContract::of("carriers").expect("a table");
        let list: List = TableExport { contract, rows_of_all: None, rows: stream::empty().boxed() }.into();
        assert_eq!(list.columns.iter().map(|column| column.name).collect::<Vec<_>>(), ["carrier", "name"]);
    }
}
