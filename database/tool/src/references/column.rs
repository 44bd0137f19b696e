//! A column as it is in its database.

use database_connection::{Pool, Transaction};

use super::NotChecked;
use crate::bookkeeping::quoted;
use crate::{ColumnName, ToolError};

/// A column that is there.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: ColumnName,
    /// The type as it is written in SQL, of a domain the one below it: `uuid`, `character varying`.
    pub(super) type_name: String,
    /// The columns of the table's primary key.
    pub(super) key: Vec<String>,
}

/// As what two columns are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    /// The type that both are compared as, as SQL.
    pub(super) type_sql: String,
    /// Whether they are of different kinds, so that only their text can be compared.
    pub(super) mixed: bool,
}

const WHOLE_NUMBERS: [&str; 3] = ["smallint", "integer", "bigint"];
const TEXTS: [&str; 3] = ["text", "character varying", "bpchar"];

impl Column {
    /// Looks a column up.
    pub(super) async fn find(name: &ColumnName, pool: &Pool) -> Result<Result<Self, NotChecked>, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(failed(name, "connecting"))?;
        let found = Self::find_in(name, &mut transaction).await?;
        transaction.rollback().await.map_err(failed(name, "looking at a referring column"))?;
        Ok(found)
    }

    async fn find_in(name: &ColumnName, transaction: &mut Transaction) -> Result<Result<Self, NotChecked>, ToolError> {
        let table: Option<i64> = sqlx::query_scalar(
            "SELECT pg_class.oid::int8 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = $1 AND relname = $2 AND relkind IN ('r', 'p', 'v', 'm', 'f')",
        )
        .bind(&name.schema)
        .bind(&name.table)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed(name, "looking for a table"))?;
        let Some(table) = table else { return Ok(Err(NotChecked::NoTable(name.clone()))) };
        let type_name: Option<String> = sqlx::query_scalar(
            "SELECT format_type(CASE WHEN typtype = 'd' THEN typbasetype ELSE pg_type.oid END, NULL)
             FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
             WHERE attrelid = $1::int8::oid AND attname = $2 AND attnum > 0 AND NOT attisdropped",
        )
        .bind(table)
        .bind(&name.column)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed(name, "looking for a column"))?;
        let Some(type_name) = type_name else { return Ok(Err(NotChecked::NoColumn(name.clone()))) };
        // `character` without a length would mean one of one letter.
        let type_name = if type_name == "character" { "bpchar".to_owned() } else { type_name };
        let key = sqlx::query_scalar(
            "SELECT attname::text FROM pg_index
             CROSS JOIN LATERAL unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place)
             JOIN pg_attribute ON attrelid = indrelid AND attnum = number
             WHERE indrelid = $1::int8::oid AND indisprimary AND place <= indnkeyatts
             ORDER BY place",
        )
        .bind(table)
        .fetch_all(transaction)
        .await
        .map_err(failed(name, "looking for a primary key"))?;
        Ok(Ok(Self { name: name.clone(), type_name, key }))
    }

    /// As what this column's values are compared with the other's.
    pub(super) fn compared_with(&self, other: &Self) -> Compared {
        let both_in = |group: &[&str]| group.contains(&self.type_name.as_str()) && group.contains(&other.type_name.as_str());
        if both_in(&WHOLE_NUMBERS) {
            Compared { type_sql: "bigint".to_owned(), mixed: false }
        } else if self.type_name == other.type_name {
            Compared { type_sql: self.type_name.clone(), mixed: false }
        } else {
            Compared { type_sql: "text".to_owned(), mixed: !both_in(&TEXTS) }
        }
    }

    /// The column's table as SQL.
    pub(super) fn table_sql(&self) -> String {
        format!("{}.{}", quoted(&self.name.schema), quoted(&self.name.table))
    }

    /// The column as SQL.
    pub(super) fn column_sql(&self) -> String {
        quoted(&self.name.column)
    }
}

/// Turns the database's error into one that says what was being done.
pub(super) fn failed(name: &ColumnName, doing: &'static str) -> impl FnOnce(sqlx::Error) -> ToolError + use<> {
    let database = name.database.clone();
    move |source| ToolError::Database { database, doing, source }
}
