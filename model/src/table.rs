//! Tables of the workspace as people browse them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::RunId;
use crate::list::Page;

/// Which rows of a table are shown. All of it stands in the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsQuery {
    /// The table's name without its schema: `us_zips`.
    pub table: String,
    /// Text that some column must begin with, whatever its letter case; of codes, their beginning.
    #[serde(default)]
    pub search: String,
    /// Values that columns must have.
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
    /// The place of its run in [`TableRows::runs`].
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
