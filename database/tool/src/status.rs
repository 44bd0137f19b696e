//! Where a database stands.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use database_connection::Pool;
use serde::Serialize;

use crate::history::Applied;
use crate::{Migration, Migrator, ToolError};

/// What is the matter with a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationState {
    /// In the database, as the file says.
    Applied,
    /// Not in the database yet.
    Pending,
    /// In the database, but the file says something else now.
    Modified,
    /// In the database, but there is no such file.
    Missing,
}

impl fmt::Display for MigrationState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Modified => "modified",
            Self::Missing => "missing",
        })
    }
}

/// One migration and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationStatus {
    /// Its number.
    pub version: i32,
    /// What it does; of a missing one, what its file was called.
    pub name: String,
    /// Where it stands.
    pub state: MigrationState,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// The role that applied it.
    pub applied_by: Option<String>,
    /// How long its SQL took.
    pub milliseconds: Option<i64>,
}

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// What people call the database.
    pub database: &'static str,
    /// The schema with the history.
    pub history_schema: &'static str,
    /// Every migration that there is a file or a history of, in order.
    pub migrations: Vec<MigrationStatus>,
}

impl Status {
    /// Whether every migration is applied as its file says, and nothing else is.
    pub fn is_clean(&self) -> bool {
        self.migrations.iter().all(|migration| migration.state == MigrationState::Applied)
    }

    /// How many migrations are in this state.
    pub fn count(&self, state: MigrationState) -> usize {
        self.migrations.iter().filter(|migration| migration.state == state).count()
    }
}

impl Migrator {
    /// Compares the history with the files. Writes nothing; without a history everything is pending.
    ///
    /// # Errors
    /// When the database cannot be reached or the role may not read the history.
    pub async fn status(&self, pool: &Pool) -> Result<Status, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        let history = if self.history_exists(&mut transaction).await? { self.history(&mut transaction).await? } else { Vec::new() };
        transaction.rollback().await.map_err(self.doing("reading the migration history"))?;

        let mut versions: BTreeMap<i32, (Option<&Migration>, Option<&Applied>)> = BTreeMap::new();
        for migration in self.migrations.list() {
            versions.entry(migration.version).or_default().0 = Some(migration);
        }
        for row in &history {
            versions.entry(row.version).or_default().1 = Some(row);
        }
        let migrations = versions.into_iter().map(|(version, (migration, row))| stand(version, migration, row)).collect();
        Ok(Status { database: self.database, history_schema: self.history_schema, migrations })
    }
}

fn stand(version: i32, migration: Option<&Migration>, row: Option<&Applied>) -> MigrationStatus {
    let state = match (migration, row) {
        (_, None) => MigrationState::Pending,
        (None, Some(_)) => MigrationState::Missing,
        (Some(migration), Some(row)) if row.is(migration) => MigrationState::Applied,
        (Some(_), Some(_)) => MigrationState::Modified,
    };
    let name = migration.map(|migration| &migration.name).or(row.map(|row| &row.name)).cloned().unwrap_or_default();
    MigrationStatus {
        version,
        name,
        state,
        applied_at: row.map(|row| row.applied_at),
        applied_by: row.map(|row| row.applied_by.clone()),
        milliseconds: row.map(|row| row.milliseconds),
    }
}
