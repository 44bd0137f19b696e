//! Applying migrations.

use std::time::Instant;

use chrono::{DateTime, Utc};
use database_connection::{Pool, Transaction};
use serde::Serialize;

use crate::history::{Applied, quoted};
use crate::{Migration, Migrations, ToolError};

/// Applies one database's migrations.
#[derive(Clone, Debug)]
pub struct Migrator {
    /// What people call the database, as in `primary`; begins every error.
    pub database: &'static str,
    /// The schema with the history, in the table `schema_migrations`.
    pub history_schema: &'static str,
    /// The migrations.
    pub migrations: Migrations,
    /// The role that is to own the schemas and everything in them, where it is not the one that connects. That one must be a
    /// member of it.
    pub objects_owner: Option<String>,
}

/// A migration that this run applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppliedMigration {
    /// Its number.
    pub version: i32,
    /// What it does.
    pub name: String,
    /// When.
    pub applied_at: DateTime<Utc>,
    /// How long its SQL took.
    pub milliseconds: i64,
}

impl Migrator {
    /// Applies what is pending, each migration in a transaction of its own together with its row in the history. Makes the
    /// schemas and the history first where they are missing. Two that run at once apply each migration once.
    ///
    /// # Errors
    /// When the history and the files do not agree, a migration fails (those before it stay applied, nothing of it does),
    /// locks stay in the way for a minute, or the database cannot be reached.
    pub async fn migrate(&self, pool: &Pool) -> Result<Vec<AppliedMigration>, ToolError> {
        self.with_patience(|| self.prepare(pool)).await?;
        let mut applied = Vec::new();
        while let Some(one) = self.with_patience(|| self.apply_next(pool)).await? {
            tracing::info!(database = self.database, version = one.version, name = one.name, milliseconds = one.milliseconds, "migrated");
            applied.push(one);
        }
        Ok(applied)
    }

    /// Makes the schemas and the history where they are missing.
    async fn prepare(&self, pool: &Pool) -> Result<(), ToolError> {
        let mut transaction = self.begin_turn(pool).await?;
        let schemas = std::iter::once(self.history_schema).chain(self.migrations.schemas().iter().copied());
        for schema in schemas {
            self.make_schema(&mut transaction, schema).await?;
        }
        self.become_owner(&mut transaction).await?;
        if !self.history_exists(&mut transaction).await? {
            self.make_history(&mut transaction).await?;
        }
        transaction.commit().await.map_err(self.doing("making the migration history"))
    }

    /// Makes the schema where it is missing. `CREATE SCHEMA IF NOT EXISTS` would not do: it asks for the right to make
    /// schemas also where there is nothing to make.
    async fn make_schema(&self, transaction: &mut Transaction, schema: &str) -> Result<(), ToolError> {
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
            .bind(schema)
            .fetch_one(&mut *transaction)
            .await
            .map_err(self.doing("looking for the schema"))?;
        if exists {
            return Ok(());
        }
        let owner = self.objects_owner.as_ref().map_or_else(String::new, |role| format!(" AUTHORIZATION {}", quoted(role)));
        transaction.run_script(&format!("CREATE SCHEMA {}{owner}", quoted(schema))).await.map_err(self.doing("making a schema"))
    }

    /// Applies the first pending migration, if there is one.
    async fn apply_next(&self, pool: &Pool) -> Result<Option<AppliedMigration>, ToolError> {
        let mut transaction = self.begin_turn(pool).await?;
        self.become_owner(&mut transaction).await?;
        // Read under the lock: another migrator may have been at work until now.
        let history = self.history(&mut transaction).await?;
        let Some(migration) = self.next(&history)? else {
            transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
            return Ok(None);
        };
        let failed = |source| ToolError::failed(self.database, migration.up_file(), &migration.up, source);
        let started = Instant::now();
        transaction.run_script(&migration.up).await.map_err(failed)?;
        let milliseconds = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let row = self.record(&mut transaction, migration, milliseconds).await?;
        transaction.commit().await.map_err(|source| ToolError::not_committed(self.database, migration.up_file(), &migration.up, source))?;
        Ok(Some(AppliedMigration { version: row.version, name: row.name, applied_at: row.applied_at, milliseconds }))
    }

    /// The first pending migration, if the history and the files agree.
    fn next(&self, history: &[Applied]) -> Result<Option<&Migration>, ToolError> {
        self.agrees(history)?;
        let next = self.migrations.list().iter().find(|migration| !history.iter().any(|row| row.version == migration.version));
        match (next, history.last()) {
            (Some(next), Some(last)) if last.version > next.version => {
                Err(ToolError::OutOfOrder { database: self.database, file: next.up_file(), later: last.file() })
            }
            (next, _) => Ok(next),
        }
    }

    /// Refuses a history that the files do not bear out.
    pub(crate) fn agrees(&self, history: &[Applied]) -> Result<(), ToolError> {
        for row in history {
            match self.migrations.list().iter().find(|migration| migration.version == row.version) {
                None => return Err(ToolError::Missing { database: self.database, file: row.file() }),
                Some(migration) if !row.is(migration) => {
                    return Err(ToolError::Modified { database: self.database, file: migration.up_file() });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
