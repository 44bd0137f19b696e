//! Columns whose values have to be keys of a table in another database: which are not.
//!
//! No foreign key spans databases, so what the application has to keep true is checked here. The databases are never joined: a batch
//! of values is read from one, and the other says which of them it does not have. Each batch is a short transaction of its own, and
//! no more than two batches are in memory, however large the tables are.

mod column;
mod orphans;

use std::ops::ControlFlow;

use database_connection::Pool;
use serde::Serialize;

use crate::{ColumnName, Reference, ToolError};
use column::Column;

/// How many values are asked about at once.
const BATCH: usize = 10_000;

/// A row whose value the other database does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// The value.
    pub value: String,
    /// The row's primary key, as pairs of column and value; empty where the table has none.
    pub key: Vec<(String, String)>,
}

/// How many orphans there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Orphans {
    /// Different values that were looked for.
    pub checked: u64,
    /// Of these, the ones that are not there.
    pub values: u64,
    /// Rows with one of these.
    pub rows: u64,
}

/// Why a reference could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotChecked {
    /// There is no such column.
    NoColumn(ColumnName),
    /// There is no such table.
    NoTable(ColumnName),
}

/// What came of checking a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReferenceCheck {
    /// The reference.
    pub reference: Reference,
    /// How many orphans it has; nothing where it could not be checked.
    pub orphans: Option<Orphans>,
    /// Why it could not be checked.
    pub not_checked: Option<NotChecked>,
    /// Both types, where they are of different kinds: values were compared as text, which is slow and may mislead.
    pub types_differ: Option<(String, String)>,
}

impl NotChecked {
    /// One sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::NoTable(column) => format!(
                "the database {} has no table {}.{}; migrate it, or correct the reference in databases.toml",
                column.database, column.schema, column.table
            ),
            Self::NoColumn(column) => format!(
                "the table {}.{} of the database {} has no column {}; correct the reference in databases.toml",
                column.schema, column.table, column.database, column.column
            ),
        }
    }
}

impl ReferenceCheck {
    /// Whether it was checked and every value is there.
    pub fn is_clean(&self) -> bool {
        self.orphans.is_some_and(|orphans| orphans.rows == 0)
    }
}

/// Checks a reference: `from` are connections of the database with the values, `to` of the one that has to have them. Each row with
/// a value that is missing is passed on as it is found, in the order of the values, until `tell` breaks off: from then on they
/// are only counted. Values without one (NULL) refer to nothing.
///
/// # Errors
/// A database cannot be reached, or its role may not read the table.
pub async fn check_reference(
    reference: &Reference,
    from: &Pool,
    to: &Pool,
    mut tell: impl FnMut(Orphan) -> ControlFlow<()>,
) -> Result<ReferenceCheck, ToolError> {
    let mut result = ReferenceCheck { reference: reference.clone(), orphans: None, not_checked: None, types_differ: None };
    let referring = match Column::find(&reference.from, from).await? {
        Ok(column) => column,
        Err(why) => return Ok(ReferenceCheck { not_checked: Some(why), ..result }),
    };
    let referred = match Column::find(&reference.to, to).await? {
        Ok(column) => column,
        Err(why) => return Ok(ReferenceCheck { not_checked: Some(why), ..result }),
    };
    let compared = referring.compared_with(&referred);
    if compared.mixed {
        result.types_differ = Some((referring.type_name.clone(), referred.type_name.clone()));
    }

    let mut orphans = Orphans::default();
    let mut told = ControlFlow::Continue(());
    let mut after: Option<String> = None;
    loop {
        let batch = referring.values(from, after.as_deref(), BATCH).await?;
        orphans.checked += batch.len() as u64;
        let last_batch = batch.len() < BATCH;
        after = batch.last().map(|(value, _)| value.clone());
        let values: Vec<String> = batch.iter().map(|(value, _)| value.clone()).collect();
        let missing = referred.missing(to, &values, &compared).await?;
        let found = missing.iter().filter_map(|index| batch.get(*index));
        let mut values = Vec::with_capacity(missing.len());
        for (value, rows) in found {
            orphans.values += 1;
            orphans.rows += rows;
            values.push(value.clone());
        }
        if told.is_continue() && !values.is_empty() {
            told = referring.rows_with(from, &values, &mut tell).await?;
        }
        if last_batch {
            break;
        }
    }
    result.orphans = Some(orphans);
    Ok(result)
}
