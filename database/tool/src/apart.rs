//! Migrations without a transaction: statement by statement, so that what took effect is known and the rest can follow.

use std::time::Instant;

use chrono::{DateTime, Utc};
use database_connection::{Pool, Transaction, is_refused_in_transaction};
use sqlx::AssertSqlSafe;

use crate::concurrent::{IndexState, index_of};
use crate::lease::Lease;
use crate::sql::{Statement, same_tokens, statements};
use crate::{AppliedMigration, Migration, Migrator, ToolError};

/// A migration that was begun and did not come to its end.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Progress {
    pub(crate) version: i32,
    pub(crate) name: String,
    /// The file as it was then.
    pub(crate) sql: String,
    /// How many of its statements took effect.
    pub(crate) done: i32,
    /// When it failed; empty where it was interrupted, or goes on.
    pub(crate) failed_at: Option<DateTime<Utc>>,
    /// Why.
    pub(crate) error: Option<String>,
}

impl Progress {
    fn done(&self) -> usize {
        usize::try_from(self.done).unwrap_or(0)
    }

    /// Whether what took effect still stands at the beginning of the file.
    fn begins(&self, migration: &Migration) -> bool {
        let (then, now) = (statements(&self.sql), migration.statements());
        let same = |(one, other): (&Statement, &Statement)| same_tokens(one.text(&self.sql), other.text(&migration.up));
        now.len() >= self.done() && then.iter().zip(&now).take(self.done()).all(same)
    }
}

impl Migrator {
    /// Every migration that did not come to its end.
    pub(crate) async fn progress(&self, transaction: &mut Transaction) -> Result<Vec<Progress>, ToolError> {
        if !self.table_exists(transaction, "schema_progress").await? {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT version, name, sql, done, failed_at, error FROM {} ORDER BY version", self.own_table("schema_progress"));
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(transaction).await.map_err(self.doing("reading what was begun"))
    }

    /// Applies the statements that have not taken effect, from where an earlier attempt stopped.
    pub(crate) async fn apply_apart(&self, pool: &Pool, lease: &Lease, migration: &Migration) -> Result<AppliedMigration, ToolError> {
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        let begun = self.progress(&mut transaction).await?.into_iter().find(|progress| progress.version == migration.version);
        if begun.as_ref().is_some_and(|progress| !progress.begins(migration)) {
            return Err(ToolError::ChangedHalfWay { database: self.database.clone(), file: migration.up_file() });
        }
        let first = begun.as_ref().map_or(0, Progress::done);
        self.keep_progress(&mut transaction, migration, first, None).await?;
        transaction.commit().await.map_err(self.doing("writing down what is begun"))?;

        let started = Instant::now();
        let all = migration.statements();
        // Of a statement that failed nothing took effect but an invalid index; of one that was interrupted nobody knows.
        let interrupted = begun.is_some_and(|progress| progress.failed_at.is_none());
        for (index, statement) in all.iter().enumerate().skip(first) {
            self.still_ours(lease)?;
            let maybe_done = interrupted && index == first;
            if let Err(error) = self.run_and_note(pool, migration, (index, statement), maybe_done).await {
                let error = error.half_way(index, all.len());
                self.note_failure(pool, migration, index, &error).await?;
                return Err(error);
            }
            tracing::info!(database = self.database, file = migration.up_file(), statement = index + 1, of = all.len(), "ran a statement");
        }
        let milliseconds = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut transaction = self.begin_turn(pool).await?;
        let row = self.record(&mut transaction, migration, milliseconds).await?;
        self.forget_progress(&mut transaction, migration.version).await?;
        transaction.commit().await.map_err(self.doing("recording a migration"))?;
        Ok(row.into())
    }

    /// Runs one statement and writes down that it took effect: both at once where PostgreSQL lets it, so that whoever is killed in between
    /// leaves neither. What it lets run only outside of a transaction is written down a moment later.
    async fn run_and_note(
        &self,
        pool: &Pool,
        migration: &Migration,
        (index, statement): (usize, &Statement),
        maybe_done: bool,
    ) -> Result<(), ToolError> {
        let text = statement.text(&migration.up);
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        // An index may have been left invalid, which is to be looked at first.
        if index_of(text).is_none() {
            match transaction.run_script(text).await {
                Ok(()) => {
                    self.keep_progress(&mut transaction, migration, index + 1, None).await?;
                    return transaction.commit().await.map_err(self.doing("writing down what is done"));
                }
                Err(error) if is_refused_in_transaction(&error) => {}
                Err(error) => return Err(ToolError::failed_at(&self.database, migration.up_file(), statement.line, text, error)),
            }
        }
        transaction.rollback().await.map_err(self.doing("leaving a transaction"))?;
        self.run_apart(pool, migration, statement, maybe_done).await?;
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        self.keep_progress(&mut transaction, migration, index + 1, None).await?;
        transaction.commit().await.map_err(self.doing("writing down what is done"))
    }

    /// Runs one statement by itself, after removing what an earlier attempt left of its index.
    async fn run_apart(&self, pool: &Pool, migration: &Migration, statement: &Statement, maybe_done: bool) -> Result<(), ToolError> {
        let text = statement.text(&migration.up);
        let failed = |source| ToolError::failed_at(&self.database, migration.up_file(), statement.line, text, source);
        if let Some(index) = index_of(text) {
            let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
            let state = self.index_state(&mut transaction, &index).await?;
            transaction.rollback().await.map_err(self.doing("looking at an index"))?;
            match state {
                IndexState::InTheMaking => {
                    return Err(ToolError::StillBuilt { database: self.database.clone(), index: index.name });
                }
                IndexState::Invalid => {
                    tracing::info!(database = self.database, index = index.name, "dropping an invalid index that an earlier attempt left");
                    pool.run_alone(&index.drop_statement()).await.map_err(failed)?;
                }
                IndexState::Valid if maybe_done => return Ok(()),
                IndexState::Valid | IndexState::Absent => {}
            }
        }
        pool.run_alone(text).await.map_err(failed)
    }

    /// Writes down that a migration failed, for the status to tell.
    pub(crate) async fn note_failure(&self, pool: &Pool, migration: &Migration, done: usize, error: &ToolError) -> Result<(), ToolError> {
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        self.keep_progress(&mut transaction, migration, done, Some(&error.to_string())).await?;
        transaction.commit().await.map_err(self.doing("writing down what failed"))
    }

    async fn keep_progress(
        &self,
        transaction: &mut Transaction,
        migration: &Migration,
        done: usize,
        error: Option<&str>,
    ) -> Result<(), ToolError> {
        let sql = format!(
            "INSERT INTO {} (version, name, sql, done, failed_at, error)
             VALUES ($1, $2, $3, $4, CASE WHEN $5::text IS NOT NULL THEN clock_timestamp() END, $5)
             ON CONFLICT (version) DO UPDATE SET name = EXCLUDED.name, sql = EXCLUDED.sql, done = EXCLUDED.done,
                 failed_at = EXCLUDED.failed_at, error = EXCLUDED.error",
            self.own_table("schema_progress")
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(migration.version)
            .bind(&migration.name)
            .bind(&migration.up)
            .bind(i32::try_from(done).unwrap_or(i32::MAX))
            .bind(error)
            .execute(transaction)
            .await
            .map(drop)
            .map_err(self.doing("writing down how far a migration came"))
    }

    /// A migration that came to its end was not left half-way.
    pub(crate) async fn forget_progress(&self, transaction: &mut Transaction, version: i32) -> Result<(), ToolError> {
        let sql = format!("DELETE FROM {} WHERE version = $1", self.own_table("schema_progress"));
        sqlx::query(AssertSqlSafe(sql))
            .bind(version)
            .execute(transaction)
            .await
            .map(drop)
            .map_err(self.doing("forgetting how far a migration came"))
    }
}
