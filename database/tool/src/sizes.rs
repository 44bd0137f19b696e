//! How much room a database takes, and who is connected to it.

mod connections;
mod look;

use std::time::Duration;

use database_connection::{Pool, Transaction, is_lock_timeout};
use serde::Serialize;

use crate::{Declaration, ToolError};

pub use connections::{ConnectionGroup, Connections};
pub use look::Look;

/// Looking at a table's size waits for whoever has locked it; longer than this it is not worth it.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// What of a database on a server is one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// What people call the database.
    pub database: String,
    /// The schemas whose every table is.
    pub schemas: Vec<String>,
    /// Single tables, as `schema.table`.
    pub tables: Vec<String>,
    /// Above how many open connections there are too many.
    pub connection_alert: u32,
}

/// The room that a database takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatabaseSize {
    /// What people call the database.
    pub database: String,
    /// What it is called on its server.
    pub server_name: String,
    /// All of it, in bytes, with what others keep in it and PostgreSQL's own tables.
    pub total_bytes: i64,
    /// The part that is this database's own: its tables with their indexes, in bytes.
    pub own_bytes: i64,
    /// How many tables are its own.
    pub own_tables: i64,
    /// The largest of these, largest first.
    pub largest: Vec<TableSize>,
}

/// The room that a table takes; of a partitioned one each partition is a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct TableSize {
    /// The schema.
    pub schema: String,
    /// The name.
    pub table: String,
    /// All of it, in bytes.
    pub total_bytes: i64,
    /// Its rows, without long values, in bytes.
    pub table_bytes: i64,
    /// Its indexes, in bytes.
    pub index_bytes: i64,
    /// Long values that are kept apart (TOAST), with their index, in bytes.
    pub toast_bytes: i64,
    /// How many rows it has, about, as the statistics say; nothing where there are none yet.
    pub rows: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Sized {
    #[sqlx(flatten)]
    table: TableSize,
    own_tables: i64,
    own_bytes: i64,
}

impl Declaration {
    /// What of the database is its own.
    pub fn own(&self) -> Own {
        Own {
            database: self.name.clone(),
            schemas: self.schemas.clone(),
            tables: self.tables.clone(),
            connection_alert: self.connection_alert,
        }
    }
}

impl Own {
    /// The room that the database takes, with its largest tables, at most so many. Changes nothing; any role that may connect can ask.
    ///
    /// # Errors
    /// The database cannot be reached, or somebody has locked a table of it for seconds.
    pub async fn size(&self, pool: &Pool, largest: u32) -> Result<DatabaseSize, ToolError> {
        let mut transaction = pool.begin_with_lock_timeout(LOCK_WAIT).await.map_err(|source| self.failed("connecting", source))?;
        let size = self.size_in(&mut transaction, largest).await?;
        transaction.rollback().await.map_err(|source| self.failed("looking at sizes", source))?;
        Ok(size)
    }

    async fn size_in(&self, transaction: &mut Transaction, largest: u32) -> Result<DatabaseSize, ToolError> {
        let failed = |source| self.failed("looking at sizes", source);
        let (server_name, total_bytes): (String, i64) =
            sqlx::query_as("SELECT current_database()::text, pg_database_size(current_database())")
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)?;
        // What is dropped in between has no size any more.
        let rows: Vec<Sized> = sqlx::query_as(
            "WITH own AS (
                 SELECT pg_class.oid, nspname::text AS schema, relname::text AS name, reltuples, reltoastrelid,
                     coalesce(pg_total_relation_size(pg_class.oid), 0) AS total_bytes
                 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                 WHERE relkind IN ('r', 'm') AND (nspname = ANY ($1::text[]) OR nspname || '.' || relname = ANY ($2::text[]))
             )
             SELECT schema, name AS \"table\", total_bytes, coalesce(pg_relation_size(oid), 0) AS table_bytes,
                 coalesce(pg_indexes_size(oid), 0) AS index_bytes,
                 coalesce(CASE WHEN reltoastrelid <> 0 THEN pg_total_relation_size(reltoastrelid) END, 0) AS toast_bytes,
                 CASE WHEN reltuples >= 0 THEN reltuples::int8 END AS rows,
                 (SELECT count(*) FROM own) AS own_tables, (SELECT sum(total_bytes)::int8 FROM own) AS own_bytes
             FROM own ORDER BY total_bytes DESC, schema, name LIMIT $3",
        )
        .bind(&self.schemas)
        .bind(&self.tables)
        // Without a row the sums would be lost.
        .bind(i64::from(largest.max(1)))
        .fetch_all(transaction)
        .await
        .map_err(failed)?;
        let (own_tables, own_bytes) = rows.first().map_or((0, 0), |row| (row.own_tables, row.own_bytes));
        let mut tables: Vec<TableSize> = rows.into_iter().map(|row| row.table).collect();
        tables.truncate(largest as usize);
        Ok(DatabaseSize { database: self.database.clone(), server_name, total_bytes, own_bytes, own_tables, largest: tables })
    }

    /// Turns the database's error into one that says what was being done.
    fn failed(&self, doing: &'static str, source: sqlx::Error) -> ToolError {
        let database = self.database.clone();
        if is_lock_timeout(&source) {
            return ToolError::Locked { database, doing: doing.to_owned(), seconds: LOCK_WAIT.as_secs(), source };
        }
        ToolError::Database { database, doing, source }
    }
}
