//! Reading values from one side, and asking the other side for them.

use std::ops::ControlFlow;

use database_connection::Pool;
use futures::TryStreamExt;
use sqlx::AssertSqlSafe;

use super::Orphan;
use super::column::{Column, Compared, failed};
use crate::ToolError;
use crate::bookkeeping::quoted;

impl Column {
    /// The next different values after this one, at most so many, each with how many rows have it.
    pub(super) async fn values(&self, pool: &Pool, after: Option<&str>, limit: usize) -> Result<Vec<(String, u64)>, ToolError> {
        let (column, table) = (self.column_sql(), self.table_sql());
        // Two statements rather than one condition with OR, which an index would not serve.
        let begins = match after {
            Some(_) => format!("own.{column} > $1::text::{}", self.type_name),
            None => format!("own.{column} IS NOT NULL AND $1::text IS NULL"),
        };
        // Without the table's name before it, ORDER BY would take the text that is answered.
        let sql = format!(
            "SELECT own.{column}::text, count(*) FROM {table} AS own WHERE {begins} GROUP BY own.{column} ORDER BY own.{column} LIMIT {limit}"
        );
        let doing = "reading referring values";
        let mut transaction = pool.begin_read_only().await.map_err(failed(&self.name, "connecting"))?;
        let rows: Vec<(String, i64)> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(after).fetch_all(&mut transaction).await.map_err(failed(&self.name, doing))?;
        transaction.rollback().await.map_err(failed(&self.name, doing))?;
        Ok(rows.into_iter().map(|(value, rows)| (value, rows.unsigned_abs())).collect())
    }

    /// The places, from 0, of those of these values that this column does not have.
    pub(super) async fn missing(&self, pool: &Pool, values: &[String], compared: &Compared) -> Result<Vec<usize>, ToolError> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let kind = &compared.type_sql;
        // Cast only where it has to be: an index on the column serves the column alone.
        let alike = self.type_name == *kind || kind == "bigint";
        let has = if alike { self.column_sql() } else { format!("{}::{kind}", self.column_sql()) };
        let sql = format!(
            "SELECT place FROM unnest($1::text[]) WITH ORDINALITY AS wanted (value, place)
             WHERE NOT EXISTS (SELECT FROM {} WHERE {has} = wanted.value::{kind})
             ORDER BY place",
            self.table_sql()
        );
        let doing = "looking for referred values";
        let mut transaction = pool.begin_read_only().await.map_err(failed(&self.name, "connecting"))?;
        let places: Vec<i64> =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(values).fetch_all(&mut transaction).await.map_err(failed(&self.name, doing))?;
        transaction.rollback().await.map_err(failed(&self.name, doing))?;
        Ok(places.into_iter().filter_map(|place| usize::try_from(place - 1).ok()).collect())
    }

    /// Tells of each row with one of these values, until it is to stop.
    pub(super) async fn rows_with(
        &self,
        pool: &Pool,
        values: &[String],
        tell: &mut impl FnMut(Orphan) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, ToolError> {
        let column = self.column_sql();
        let key = self.key.iter().map(|name| format!("own.{}::text", quoted(name))).collect::<Vec<_>>().join(", ");
        let order = self.key.iter().map(|name| format!(", own.{}", quoted(name))).collect::<String>();
        let sql = format!(
            "SELECT own.{column}::text, ARRAY[{key}]::text[] FROM {} AS own
             WHERE own.{column} = ANY ($1::text[]::{}[]) ORDER BY own.{column}{order}",
            self.table_sql(),
            self.type_name
        );
        let doing = "reading rows with missing values";
        let mut transaction = pool.begin_read_only().await.map_err(failed(&self.name, "connecting"))?;
        let mut told = ControlFlow::Continue(());
        {
            let query = sqlx::query_as::<_, (String, Vec<String>)>(AssertSqlSafe(sql)).bind(values);
            let mut rows = query.fetch(&mut transaction);
            while told.is_continue()
                && let Some((value, key)) = rows.try_next().await.map_err(failed(&self.name, doing))?
            {
                told = tell(Orphan { value, key: self.key.iter().cloned().zip(key).collect() });
            }
        }
        // Broken off, rows are still on their way: the transaction ends in the background.
        if told.is_continue() {
            transaction.rollback().await.map_err(failed(&self.name, doing))?;
        }
        Ok(told)
    }
}
