//! What a database is for, as it says itself: the environment of whoever asks is not to be believed.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use database_connection::{Pool, Transaction};
use serde::Serialize;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::{Database, Migrator, ToolError};

/// What a database is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseKind {
    /// People's work is in it: it is never emptied or dropped.
    Production,
    /// A rehearsal of production.
    Staging,
    /// Somebody's own.
    Development,
    /// A test's own.
    Test,
}

impl DatabaseKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Production, Self::Staging, Self::Development, Self::Test];

    /// The word in commands and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for DatabaseKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| format!("there is no kind `{text}`; there are: {known}"))
    }
}

/// The mark that a database carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Marker {
    /// What it is for.
    pub kind: DatabaseKind,
    /// Since when it says so.
    pub marked_at: DateTime<Utc>,
    /// Who said so.
    pub marked_by: String,
}

impl Database {
    /// Marks the database, as [`Migrator::mark`], and lets the role that reads see it.
    ///
    /// # Errors
    /// As [`Migrator::mark`].
    pub async fn mark(&self, pool: &Pool, kind: DatabaseKind) -> Result<Option<DatabaseKind>, ToolError> {
        let before = self.migrator.mark(pool, kind).await?;
        self.let_read(pool).await?;
        Ok(before)
    }
}

impl Migrator {
    /// The mark, where there is one. Writes nothing.
    ///
    /// # Errors
    /// The role may not read it, its kind is none, or the database cannot be reached.
    pub async fn marker(&self, pool: &Pool) -> Result<Option<Marker>, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        let marker = self.marker_in(&mut transaction).await?;
        transaction.rollback().await.map_err(self.doing("reading the mark"))?;
        Ok(marker)
    }

    pub(crate) async fn marker_in(&self, transaction: &mut Transaction) -> Result<Option<Marker>, ToolError> {
        // Histories made by an older tool have no such table before they are next migrated.
        if !self.table_exists(transaction, "schema_marker").await? {
            return Ok(None);
        }
        let sql = format!("SELECT kind, marked_at, marked_by FROM {}", self.own_table("schema_marker"));
        let row: Option<(String, DateTime<Utc>, String)> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_optional(transaction).await.map_err(self.doing("reading the mark"))?;
        let marker = row.map(|(kind, marked_at, marked_by)| kind.parse().map(|kind| Marker { kind, marked_at, marked_by }));
        marker.transpose().map_err(|why| ToolError::Refused { database: self.database.clone(), why: format!("its mark is not one: {why}") })
    }

    /// Marks the database, and answers what it was marked as before. The history is made where it is missing.
    ///
    /// # Errors
    /// The role may not write the mark, or the database cannot be reached.
    pub async fn mark(&self, pool: &Pool, kind: DatabaseKind) -> Result<Option<DatabaseKind>, ToolError> {
        self.prepare(pool).await?;
        self.with_patience(|| async {
            let mut transaction = self.begin_turn(pool).await?;
            let before = self.marker_in(&mut transaction).await?.map(|marker| marker.kind);
            let sql = format!(
                "INSERT INTO {} (kind, marked_by) VALUES ($1, $2)
                 ON CONFLICT (only_one) DO UPDATE SET kind = EXCLUDED.kind, marked_at = clock_timestamp(), marked_by = EXCLUDED.marked_by",
                self.own_table("schema_marker")
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(kind.name())
                .bind(&self.operator.name)
                .execute(&mut transaction)
                .await
                .map_err(self.doing("marking the database"))?;
            self.log(&mut transaction, &self.operator.name, "mark", &json!({ "before": before, "after": kind })).await?;
            transaction.commit().await.map_err(self.doing("marking the database"))?;
            Ok(before)
        })
        .await
    }

    /// Gives a database that was made anew the mark of the one before, with its date and its author.
    ///
    /// # Errors
    /// As [`Migrator::mark`].
    pub async fn mark_again(&self, pool: &Pool, marker: &Marker) -> Result<(), ToolError> {
        self.prepare(pool).await?;
        let mut transaction = self.begin_turn(pool).await?;
        let sql = format!("INSERT INTO {} (kind, marked_at, marked_by) VALUES ($1, $2, $3)", self.own_table("schema_marker"));
        sqlx::query(AssertSqlSafe(sql))
            .bind(marker.kind.name())
            .bind(marker.marked_at)
            .bind(&marker.marked_by)
            .execute(&mut transaction)
            .await
            .map_err(self.doing("marking the database"))?;
        self.log(&mut transaction, &self.operator.name, "reset", &json!({ "marked": marker.kind })).await?;
        transaction.commit().await.map_err(self.doing("marking the database"))
    }
}
