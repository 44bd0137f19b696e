//! The table that says what was applied, when, by whom, and what it was.

use chrono::{DateTime, Utc};
use database_connection::Transaction;
use sqlx::AssertSqlSafe;

use crate::file::{Migration, up_file};
use crate::{Migrator, ToolError};

/// A row of the history, without the SQL itself.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Applied {
    pub(crate) version: i32,
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) applied_at: DateTime<Utc>,
    pub(crate) applied_by: String,
    pub(crate) milliseconds: i64,
}

impl Applied {
    pub(crate) fn file(&self) -> String {
        up_file(self.version, &self.name)
    }

    /// Whether the file says what was applied.
    pub(crate) fn is(&self, migration: &Migration) -> bool {
        self.sha256 == migration.sha256 && self.name == migration.name
    }
}

impl Migrator {
    /// Whether the history's table exists. Fails, rather than answering no, where the role may not look into the schema.
    pub(crate) async fn history_exists(&self, transaction: &mut Transaction) -> Result<bool, ToolError> {
        sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(self.history_table())
            .fetch_one(transaction)
            .await
            .map_err(self.doing("looking for the migration history"))
    }

    /// What was applied, in order.
    pub(crate) async fn history(&self, transaction: &mut Transaction) -> Result<Vec<Applied>, ToolError> {
        let sql =
            format!("SELECT version, name, sha256, applied_at, applied_by, milliseconds FROM {} ORDER BY version", self.history_table());
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(transaction).await.map_err(self.doing("reading the migration history"))
    }

    /// Makes the history's table. The role that made the schemas owns it.
    pub(crate) async fn make_history(&self, transaction: &mut Transaction) -> Result<(), ToolError> {
        let table = self.history_table();
        let sql = format!(
            "CREATE TABLE {table} (
                version      integer PRIMARY KEY CHECK (version > 0),
                name         text NOT NULL,
                sql          text NOT NULL,
                sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
                applied_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
                applied_by   text NOT NULL DEFAULT session_user,
                milliseconds bigint NOT NULL CHECK (milliseconds >= 0)
            );
            COMMENT ON TABLE {table} IS 'Which migrations were applied to this database; written by the migration tool alone.';"
        );
        transaction.run_script(&sql).await.map_err(self.doing("making the migration history"))
    }

    /// Records that a migration was applied.
    pub(crate) async fn record(
        &self,
        transaction: &mut Transaction,
        migration: &Migration,
        milliseconds: i64,
    ) -> Result<Applied, ToolError> {
        let sql = format!(
            "INSERT INTO {} (version, name, sql, sha256, milliseconds) VALUES ($1, $2, $3, $4, $5)
             RETURNING version, name, sha256, applied_at, applied_by, milliseconds",
            self.history_table()
        );
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(migration.version)
            .bind(&migration.name)
            .bind(&migration.up)
            .bind(&migration.sha256)
            .bind(milliseconds)
            .fetch_one(transaction)
            .await
            .map_err(self.doing("recording a migration"))
    }

    /// Removes a migration from the history.
    pub(crate) async fn forget(&self, transaction: &mut Transaction, version: i32) -> Result<(), ToolError> {
        let sql = format!("DELETE FROM {} WHERE version = $1", self.history_table());
        sqlx::query(AssertSqlSafe(sql))
            .bind(version)
            .execute(transaction)
            .await
            .map(drop)
            .map_err(self.doing("removing a migration from the history"))
    }

    fn history_table(&self) -> String {
        format!("{}.schema_migrations", quoted(self.history_schema))
    }

    /// Turns the database's error into one that says what was being done.
    pub(crate) fn doing(&self, doing: &'static str) -> impl FnOnce(sqlx::Error) -> ToolError + use<> {
        let database = self.database;
        move |source| ToolError::Database { database, doing, source }
    }
}

/// The name as an SQL identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
