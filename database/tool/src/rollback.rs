//! Taking migrations back.

use database_connection::Pool;
use serde::Serialize;

use crate::lease::Lease;
use crate::sql::statements;
use crate::{Migration, Migrator, ToolError};

/// A migration that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RolledBackMigration {
    /// Its number.
    pub version: i32,
    /// What it does.
    pub name: String,
}

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// So many migrations; fewer where fewer are applied.
    Steps(usize),
    /// Until this version is the last; 0 takes all back.
    To(i32),
}

impl Migrator {
    /// Takes the last `steps` migrations back by their down files, as [`Migrator::roll_back`].
    ///
    /// # Errors
    /// As [`Migrator::roll_back`].
    pub async fn rollback(&self, pool: &Pool, steps: usize) -> Result<Vec<RolledBackMigration>, ToolError> {
        self.roll_back(pool, Back::Steps(steps)).await
    }

    /// Takes migrations back by their down files, last first, each in a transaction of its own unless its file's first line says
    /// otherwise. The schemas and the history stay.
    ///
    /// # Errors
    /// As [`Migrator::migrate`].
    pub async fn roll_back(&self, pool: &Pool, back: Back) -> Result<Vec<RolledBackMigration>, ToolError> {
        if let Back::To(version) = back {
            self.knows(Some(version))?;
        }
        self.prepare(pool).await?;
        self.in_lease(pool, "roll back", async |lease| {
            let mut taken_back = Vec::new();
            while let Some(migration) = self.last(pool, back, taken_back.len()).await? {
                self.take_back(pool, lease, migration).await?;
                tracing::info!(database = self.database, version = migration.version, name = migration.name, "taken back");
                taken_back.push(RolledBackMigration { version: migration.version, name: migration.name.clone() });
            }
            Ok(taken_back)
        })
        .await
    }

    /// The next one to take back, if there is to be one.
    async fn last(&self, pool: &Pool, back: Back, so_far: usize) -> Result<Option<&Migration>, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        // A down file may have dropped the schema, and the history with it.
        let history = if self.history_exists(&mut transaction).await? { self.history(&mut transaction).await? } else { Vec::new() };
        transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
        self.agrees(&history)?;
        let wanted = |version: i32| match back {
            Back::Steps(steps) => so_far < steps,
            Back::To(target) => version > target,
        };
        Ok(history.last().filter(|row| wanted(row.version)).and_then(|row| self.migrations.get(row.version)))
    }

    async fn take_back(&self, pool: &Pool, lease: &Lease, migration: &Migration) -> Result<(), ToolError> {
        if migration.down_transactional {
            return self.with_patience(|| self.take_back_once(pool, lease, migration)).await;
        }
        let all = statements(&migration.down);
        for (index, statement) in all.iter().enumerate() {
            self.still_ours(lease)?;
            let text = statement.text(&migration.down);
            let failed = |source| ToolError::failed_at(&self.database, migration.down_file(), statement.line, text, source);
            pool.run_alone(text).await.map_err(|source| failed(source).half_way(index, all.len()))?;
        }
        let mut transaction = self.begin_turn(pool).await?;
        self.forget(&mut transaction, migration.version).await?;
        transaction.commit().await.map_err(self.doing("removing a migration from the history"))
    }

    async fn take_back_once(&self, pool: &Pool, lease: &Lease, migration: &Migration) -> Result<(), ToolError> {
        let mut transaction = self.begin_turn(pool).await?;
        self.still_ours(lease)?;
        self.become_owner(&mut transaction).await?;
        let failed = |source| ToolError::failed(&self.database, migration.down_file(), &migration.down, source);
        // The row first: a down file that drops the whole schema takes the history with it.
        self.forget(&mut transaction, migration.version).await?;
        transaction.run_script(&migration.down).await.map_err(failed)?;
        transaction
            .commit()
            .await
            .map_err(|source| ToolError::not_committed(&self.database, migration.down_file(), &migration.down, source))
    }
}
