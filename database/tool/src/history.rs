//! The table that says what was applied, when, by whom, and what it was.

use chrono::{DateTime, Utc};
use database_connection::Transaction;
use sqlx::AssertSqlSafe;

use crate::bookkeeping::quoted;
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

/// What a row holds besides: the files as they were when the migration was applied.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AppliedFiles {
    pub(crate) sql: String,
    /// Unknown of what was applied before the tool kept it.
    pub(crate) down_sql: Option<String>,
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
        self.table_exists(transaction, "schema_migrations").await
    }

    /// What was applied, in order.
    pub(crate) async fn history(&self, transaction: &mut Transaction) -> Result<Vec<Applied>, ToolError> {
        let sql =
            format!("SELECT version, name, sha256, applied_at, applied_by, milliseconds FROM {} ORDER BY version", self.history_table());
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(transaction).await.map_err(self.doing("reading the migration history"))
    }

    /// The files of one row.
    pub(crate) async fn applied_files(&self, transaction: &mut Transaction, version: i32) -> Result<AppliedFiles, ToolError> {
        // A history of an older tool has no such column yet, and whoever only looks does not add it.
        let down_sql = if self.keeps_down_files(transaction).await? { "down_sql" } else { "NULL::text AS down_sql" };
        let sql = format!("SELECT sql, {down_sql} FROM {} WHERE version = $1", self.history_table());
        sqlx::query_as(AssertSqlSafe(sql)).bind(version).fetch_one(transaction).await.map_err(self.doing("reading the migration history"))
    }

    pub(crate) async fn keeps_down_files(&self, transaction: &mut Transaction) -> Result<bool, ToolError> {
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'down_sql')")
            .bind(self.history_table())
            .fetch_one(transaction)
            .await
            .map_err(self.doing("looking at the migration history"))
    }

    /// Records that a migration was applied.
    pub(crate) async fn record(
        &self,
        transaction: &mut Transaction,
        migration: &Migration,
        milliseconds: i64,
    ) -> Result<Applied, ToolError> {
        let sql = format!(
            "INSERT INTO {} (version, name, sql, down_sql, sha256, milliseconds) VALUES ($1, $2, $3, $4, $5, $6)
             RETURNING version, name, sha256, applied_at, applied_by, milliseconds",
            self.history_table()
        );
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(migration.version)
            .bind(&migration.name)
            .bind(&migration.up)
            .bind(&migration.down)
            .bind(&migration.sha256)
            .bind(milliseconds)
            .fetch_one(transaction)
            .await
            .map_err(self.doing("recording a migration"))
    }

    /// Records what the files say now of a migration that was applied under this number.
    pub(crate) async fn rewrite(&self, transaction: &mut Transaction, version: i32, migration: &Migration) -> Result<(), ToolError> {
        let sql =
            format!("UPDATE {} SET version = $2, name = $3, sql = $4, down_sql = $5, sha256 = $6 WHERE version = $1", self.history_table());
        sqlx::query(AssertSqlSafe(sql))
            .bind(version)
            .bind(migration.version)
            .bind(&migration.name)
            .bind(&migration.up)
            .bind(&migration.down)
            .bind(&migration.sha256)
            .execute(transaction)
            .await
            .map(drop)
            .map_err(self.doing("rewriting a row of the migration history"))
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

    pub(crate) fn history_table(&self) -> String {
        self.own_table("schema_migrations")
    }

    /// The table of this name in the history's schema.
    pub(crate) fn own_table(&self, name: &str) -> String {
        format!("{}.{name}", quoted(&self.history_schema))
    }

    pub(crate) async fn table_exists(&self, transaction: &mut Transaction, name: &str) -> Result<bool, ToolError> {
        sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(self.own_table(name))
            .fetch_one(transaction)
            .await
            .map_err(self.doing("looking for the migration history"))
    }
}
