//! Taking migrations back.

use database_connection::Pool;
use serde::Serialize;

use crate::{Migrator, ToolError};

/// A migration that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RolledBackMigration {
    /// Its number.
    pub version: i32,
    /// What it does.
    pub name: String,
}

impl Migrator {
    /// Takes the last `steps` migrations back by their down files, last first, each in a transaction of its own. Fewer where fewer
    /// are applied. The schemas and the history stay.
    ///
    /// # Errors
    /// As [`Migrator::migrate`].
    pub async fn rollback(&self, pool: &Pool, steps: usize) -> Result<Vec<RolledBackMigration>, ToolError> {
        let mut taken_back = Vec::new();
        while taken_back.len() < steps {
            match self.with_patience(|| self.take_back_last(pool)).await? {
                Some(one) => taken_back.push(one),
                None => break,
            }
        }
        Ok(taken_back)
    }

    async fn take_back_last(&self, pool: &Pool) -> Result<Option<RolledBackMigration>, ToolError> {
        let mut transaction = self.begin_turn(pool).await?;
        self.become_owner(&mut transaction).await?;
        let history = if self.history_exists(&mut transaction).await? { self.history(&mut transaction).await? } else { Vec::new() };
        self.agrees(&history)?;
        let Some(migration) =
            history.last().and_then(|last| self.migrations.list().iter().find(|migration| migration.version == last.version))
        else {
            transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
            return Ok(None);
        };
        let failed = |source| ToolError::failed(self.database, migration.down_file(), &migration.down, source);
        // The row first: a down file that drops the whole schema takes the history with it.
        self.forget(&mut transaction, migration.version).await?;
        transaction.run_script(&migration.down).await.map_err(failed)?;
        transaction
            .commit()
            .await
            .map_err(|source| ToolError::not_committed(self.database, migration.down_file(), &migration.down, source))?;
        tracing::info!(database = self.database, version = migration.version, name = migration.name, "taken back");
        Ok(Some(RolledBackMigration { version: migration.version, name: migration.name.clone() }))
    }
}
