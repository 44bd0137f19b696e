//! Rows of a text table, copied into their table where their keys are not there yet.

use database_connection::Transaction;
use sqlx::AssertSqlSafe;

use super::file::TableRows;
use crate::bookkeeping::quoted;
use crate::{Database, ToolError};

/// Where the rows wait.
const WAITING: &str = "pg_temp.\"seed\"";

/// Whether the table has a key (of columns that are always filled) among these columns.
const HAS_KEY: &str = "
    SELECT EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = to_regclass($1) AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL AND NOT EXISTS (
            SELECT FROM unnest((indkey::int2[])[0:indnkeyatts - 1]) AS key
            WHERE NOT EXISTS (
                SELECT FROM pg_attribute
                WHERE attrelid = indrelid AND attnum = key AND attnotnull AND attname::text = ANY ($2)
            )
        )
    )";

impl Database {
    /// Copies the rows to where nobody sees them, and moves those whose key is new.
    pub(super) async fn sow_table(&self, transaction: &mut Transaction, file: &str, rows: &TableRows) -> Result<(), ToolError> {
        let target = format!("{}.{}", quoted(&rows.schema), quoted(&rows.table));
        self.check(transaction, file, rows, &target).await?;
        let columns = rows.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
        let failed = |source| ToolError::Failed { database: self.name().to_owned(), file: file.to_owned(), line: None, source };
        // An empty copy of the columns alone: what the table asks for beside them has its defaults.
        let waiting = format!("CREATE TEMPORARY TABLE \"seed\" ON COMMIT DROP AS SELECT {columns} FROM {target} LIMIT 0");
        transaction.run_script(&waiting).await.map_err(failed)?;
        let mut copy =
            transaction.copy_in(&format!("COPY {WAITING} ({columns}) FROM STDIN (FORMAT csv, HEADER true)")).await.map_err(failed)?;
        copy.send(rows.csv.as_bytes()).await.map_err(failed)?;
        copy.finish().await.map_err(failed)?;
        let moved = format!(
            "INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {WAITING} ON CONFLICT DO NOTHING;
             DROP TABLE {WAITING}"
        );
        transaction.run_script(&moved).await.map_err(failed)?;
        self.lift_sequences(transaction, rows, &target).await
    }

    async fn check(&self, transaction: &mut Transaction, file: &str, rows: &TableRows, target: &str) -> Result<(), ToolError> {
        let refused = |why: String| Err(ToolError::Refused { database: self.name().to_owned(), why: format!("the seed {file} {why}") });
        let (schema, table) = (&rows.schema, &rows.table);
        if !self.declaration.owns(schema, table) {
            return refused(format!("is for {schema}.{table}, which is not one of its tables"));
        }
        let known: Vec<String> = sqlx::query_scalar(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
        )
        .bind(target)
        .fetch_all(&mut *transaction)
        .await
        .map_err(self.migrator.doing("looking at the table of a seed"))?;
        if known.is_empty() {
            return refused(format!("is for {schema}.{table}, which does not exist"));
        }
        if let Some(column) = rows.columns.iter().find(|column| !known.contains(column)) {
            return refused(format!("names the column {column}, which {schema}.{table} does not have"));
        }
        let has_key: bool = sqlx::query_scalar(HAS_KEY)
            .bind(target)
            .bind(&rows.columns)
            .fetch_one(transaction)
            .await
            .map_err(self.migrator.doing("looking at the table of a seed"))?;
        if has_key {
            return Ok(());
        }
        refused(format!(
            "names no key of {schema}.{table}, so running it again would add its rows again; add the columns of a primary key or of a unique index"
        ))
    }

    /// Numbers that the rows brought with them are taken: those that the table gives itself begin after them.
    async fn lift_sequences(&self, transaction: &mut Transaction, rows: &TableRows, target: &str) -> Result<(), ToolError> {
        for column in &rows.columns {
            let sequence: Option<String> = sqlx::query_scalar("SELECT pg_get_serial_sequence($1, $2)")
                .bind(target)
                .bind(column)
                .fetch_one(&mut *transaction)
                .await
                .map_err(self.migrator.doing("looking for a sequence"))?;
            let Some(sequence) = sequence else { continue };
            let column = quoted(column);
            let sql = format!(
                "SELECT setval($1::text::regclass, highest.value) FROM (SELECT max({column})::bigint AS value FROM {target}) AS highest, {sequence} AS sequence
                 WHERE highest.value >= sequence.last_value"
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(&sequence)
                .execute(&mut *transaction)
                .await
                .map_err(self.migrator.doing("setting a sequence"))?;
        }
        Ok(())
    }
}
