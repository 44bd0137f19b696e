//! Tables as people browse them and take them as files: those that imports fill and those that are derived.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::RunId;
use crate::integration::{CONTRACTS, Column, FileKind, KindContract};
use crate::list::Page;
use crate::reference::REFERENCE;

/// The column that files of tables have after the contract's: the run that brought the row. By it a file is known to be such a one when
/// it is imported.
pub const RUN_COLUMN: &str = "run";

/// By what the run is known that brought a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BroughtBy {
    /// Each row has the number of its publication.
    Row,
    /// All of them are of what the table shows.
    Table,
    /// No run has brought them: they came with the platform.
    Nobody,
}

/// Everything that browsing a table and writing it to a file needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableContract {
    /// Its stable name, with its schema.
    pub relation: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it holds, for people.
    pub source: &'static str,
    /// The kind of file that fills it; none of a derived table.
    pub kind: Option<FileKind>,
    /// How many of the first columns together tell rows apart.
    pub key_columns: usize,
    /// Its columns; the key first.
    pub columns: &'static [Column],
    /// By what the run is known that brought a row.
    pub brought_by: BroughtBy,
    /// Of a table with too many rows to be searched through: the columns of which a filter has to name one before anything else
    /// can be asked. Empty where everything can.
    pub narrowed_by: &'static [&'static str],
}

impl TableContract {
    /// Every table, those that imports fill first.
    pub fn all() -> impl Iterator<Item = Self> {
        CONTRACTS.iter().map(|contract| contract.table_contract()).chain(REFERENCE.iter().copied())
    }

    /// The table of this name, with or without its schema.
    pub fn of(name: &str) -> Option<Self> {
        Self::all().find(|contract| contract.relation == name || contract.table() == name)
    }

    /// The columns that together tell rows apart.
    pub fn key(&self) -> &'static [Column] {
        &self.columns[..self.key_columns]
    }

    /// The relation's name without its schema, as addresses have it.
    pub fn table(&self) -> &'static str {
        self.relation.rsplit('.').next().unwrap_or(self.relation)
    }
}

impl KindContract {
    /// The table that the kind fills.
    pub const fn table_contract(&self) -> TableContract {
        TableContract {
            relation: self.relation,
            title: self.title,
            source: self.source,
            kind: Some(self.kind),
            key_columns: self.key_columns,
            columns: self.columns,
            brought_by: BroughtBy::Row,
            narrowed_by: &[],
        }
    }
}

/// Which rows of a table are shown. All of it stands in the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsQuery {
    /// The table's name without its schema: `us_zips`.
    pub table: String,
    /// Text that some column must begin with, whatever its letter case; of codes, their beginning.
    #[serde(default)]
    pub search: String,
    /// Values that columns must have; of codes, as they are, and of other text, whatever its letter case.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
    /// The column to sort by, `-` before it for descending; the key where empty.
    #[serde(default)]
    pub sort: String,
    /// The page, from 1; 0 is taken for 1.
    #[serde(default)]
    pub page: u32,
}

/// A row with the run that brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// A value for each column of the contract, as text; none where empty.
    pub cells: Vec<Option<String>>,
    /// The place of its run in [`TableRows::runs`]; a place that is not there where no run brought it.
    pub run: u32,
}

/// A page of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The rows.
    pub page: Page<TableRow>,
    /// The runs that brought them.
    pub runs: Vec<RunId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_by_their_names_and_have_a_key_that_is_never_empty() {
        let all: Vec<TableContract> = TableContract::all().collect();
        assert_eq!(all.len(), CONTRACTS.len() + REFERENCE.len());
        for contract in all {
            assert_eq!(TableContract::of(contract.table()), Some(contract));
            assert_eq!(TableContract::of(contract.relation), Some(contract));
            assert!(contract.key_columns > 0 && contract.key().iter().all(|column| !column.nullable), "{}", contract.relation);
            let narrowing = |name: &&str| contract.key().iter().any(|column| column.name == *name);
            assert!(contract.narrowed_by.iter().all(narrowing), "{}", contract.relation);
        }
        assert_eq!(TableContract::of("users"), None);
    }
}
