//! A column whose values are keys of a table in another database.

use std::fmt;

use serde::Serialize;

use super::{Declaration, WorkspaceError};

/// One reference that no foreign key can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The column with the values.
    pub from: ColumnName,
    /// The column that has to have them.
    pub to: ColumnName,
}

/// A column of a table of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnName {
    /// The database's name in the workspace.
    pub database: String,
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

impl fmt::Display for ColumnName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, schema, table, column } = self;
        if schema == "public" {
            write!(formatter, "{database}.{table}.{column}")
        } else {
            write!(formatter, "{database}.{schema}.{table}.{column}")
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} -> {}", self.from, self.to)
    }
}

/// Reads `pshop.products.user_id -> shared.users.id`; a table that is not in `public` has its schema before it.
pub(super) fn parse(text: &str, databases: &[Declaration]) -> Result<Reference, WorkspaceError> {
    let wrong = || WorkspaceError::Reference(text.to_owned());
    let (from, to) = text.split_once("->").ok_or_else(wrong)?;
    let column = |text: &str| {
        let parts: Vec<&str> = text.trim().split('.').collect();
        let (database, schema, table, column) = match parts[..] {
            [database, table, column] => (database, "public", table, column),
            [database, schema, table, column] => (database, schema, table, column),
            _ => return Err(wrong()),
        };
        let known = databases.iter().any(|declared| declared.name == database);
        if !known || [schema, table, column].iter().any(|part| part.is_empty()) {
            return Err(wrong());
        }
        let owned = str::to_owned;
        Ok(ColumnName { database: owned(database), schema: owned(schema), table: owned(table), column: owned(column) })
    };
    Ok(Reference { from: column(from)?, to: column(to)? })
}
