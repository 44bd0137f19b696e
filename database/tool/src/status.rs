//! Where a database stands.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use database_connection::{Pool, Transaction};
use serde::Serialize;

use crate::apart::Progress;
use crate::history::Applied;
use crate::sql::same_tokens;
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
    /// In the database, but under another number: the file was renumbered since.
    Renumbered,
    /// Not in the database, though a later one is.
    OutOfOrder,
    /// Begun, and not brought to its end.
    Failed,
}

impl MigrationState {
    /// Every state, the good ones first.
    pub const ALL: [Self; 7] =
        [Self::Applied, Self::Pending, Self::Modified, Self::Missing, Self::Renumbered, Self::OutOfOrder, Self::Failed];
}

impl fmt::Display for MigrationState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Modified => "modified",
            Self::Missing => "missing",
            Self::Renumbered => "renumbered",
            Self::OutOfOrder => "out of order",
            Self::Failed => "failed",
        })
    }
}

/// In what a file differs from what was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// In its name alone.
    Name,
    /// In comments and white space, which mean nothing to PostgreSQL.
    Comments,
    /// In what it says to PostgreSQL.
    Tokens,
}

/// One migration and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationStatus {
    /// Its number; of a renumbered one, the file's.
    pub version: i32,
    /// What it does; of a missing one, what its file was called.
    pub name: String,
    /// Where it stands.
    pub state: MigrationState,
    /// Of a modified one: in what.
    pub change: Option<Change>,
    /// Of a renumbered one: the number under which it was applied.
    pub applied_as: Option<i32>,
    /// Of one that failed: why, and how many of its statements took effect.
    pub failure: Option<Failure>,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// The role that applied it.
    pub applied_by: Option<String>,
    /// How long its SQL took.
    pub milliseconds: Option<i64>,
}

/// How a migration ended before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// How many of its statements took effect and stay; 0 for one that is a transaction.
    pub done: i32,
    /// When it failed; empty where it was interrupted, or is at work now.
    pub at: Option<DateTime<Utc>>,
    /// What the tool said then.
    pub error: Option<String>,
}

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// What people call the database.
    pub database: String,
    /// The schema with the history.
    pub history_schema: String,
    /// Every migration that there is a file or a history of, in order.
    pub migrations: Vec<MigrationStatus>,
    /// Schemas that the history says were made, and that are gone.
    pub missing_schemas: Vec<String>,
    /// The first number that no file has though a later one exists; nothing is applied until there is such a file.
    pub gap: Option<i32>,
}

/// What a status comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every migration is applied as its file says, and nothing else is.
    Clean,
    /// Some are yet to be applied.
    Pending,
    /// The files and the database do not agree.
    Strange,
}

impl Status {
    /// What it comes to.
    pub fn verdict(&self) -> Verdict {
        let strange = |one: &MigrationStatus| !matches!(one.state, MigrationState::Applied | MigrationState::Pending);
        if self.migrations.iter().any(strange) || !self.missing_schemas.is_empty() || self.gap.is_some() {
            Verdict::Strange
        } else if self.count(MigrationState::Pending) > 0 {
            Verdict::Pending
        } else {
            Verdict::Clean
        }
    }

    /// Whether every migration is applied as its file says, and nothing else is.
    pub fn is_clean(&self) -> bool {
        self.verdict() == Verdict::Clean
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
        let status = self.status_in(&mut transaction).await?;
        transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
        Ok(status)
    }

    pub(crate) async fn status_in(&self, transaction: &mut Transaction) -> Result<Status, ToolError> {
        let history = if self.history_exists(transaction).await? { self.history(transaction).await? } else { Vec::new() };
        let progress = self.progress(transaction).await?;
        let mut migrations = stand(self.migrations.list(), &history, &progress);
        let mut missing_schemas = Vec::new();
        // A schema may come with a migration that is pending.
        if migrations.iter().all(|one| one.state != MigrationState::Pending) {
            for schema in self.all_schemas() {
                if !self.schema_exists(transaction, schema).await? {
                    missing_schemas.push(schema.to_owned());
                }
            }
        }
        for one in &mut migrations {
            if one.state == MigrationState::Modified {
                one.change = Some(self.change(transaction, one.version).await?);
            }
        }
        let gap = self.migrations.without_gaps().is_err().then(|| self.first_gap(&history)).flatten();
        Ok(Status { database: self.database.clone(), history_schema: self.history_schema.clone(), migrations, missing_schemas, gap })
    }

    /// In what the file of this version differs from what was applied.
    pub(crate) async fn change(&self, transaction: &mut Transaction, version: i32) -> Result<Change, ToolError> {
        let applied = self.applied_files(transaction, version).await?.sql;
        Ok(match self.migrations.get(version) {
            Some(migration) if migration.up == applied => Change::Name,
            Some(migration) if same_tokens(&migration.up, &applied) => Change::Comments,
            _ => Change::Tokens,
        })
    }

    /// The first number without a file, unless the history has it: that one is missing rather than never there.
    fn first_gap(&self, history: &[Applied]) -> Option<i32> {
        let last = self.migrations.list().last().map_or(0, |migration| migration.version);
        (1..last).find(|version| self.migrations.get(*version).is_none() && !history.iter().any(|row| row.version == *version))
    }
}

/// Lays files, history and what was begun side by side.
fn stand(files: &[Migration], history: &[Applied], progress: &[Progress]) -> Vec<MigrationStatus> {
    let by_version: BTreeMap<i32, &Migration> = files.iter().map(|migration| (migration.version, migration)).collect();
    let applied: BTreeMap<i32, &Applied> = history.iter().map(|row| (row.version, row)).collect();
    // A row whose file is now under another number: the same text, where neither stands under its own.
    let moved: BTreeMap<i32, &Applied> = history
        .iter()
        .filter(|row| by_version.get(&row.version).is_none_or(|migration| migration.sha256 != row.sha256))
        .filter_map(|row| {
            let file = files.iter().find(|migration| {
                migration.sha256 == row.sha256 && applied.get(&migration.version).is_none_or(|other| other.sha256 != migration.sha256)
            });
            file.map(|migration| (migration.version, row))
        })
        .collect();
    let was_moved = |row: &Applied| moved.values().any(|moved| moved.version == row.version);
    let last_applied = applied.keys().chain(moved.keys()).copied().max().unwrap_or(0);

    let mut all: Vec<MigrationStatus> = Vec::with_capacity(files.len());
    for migration in files {
        let row = applied.get(&migration.version).copied().filter(|row| !was_moved(row));
        let begun = progress.iter().find(|one| one.version == migration.version);
        let (state, row) = match (row, moved.get(&migration.version)) {
            (_, Some(moved)) => (MigrationState::Renumbered, Some(*moved)),
            (Some(row), None) if row.is(migration) => (MigrationState::Applied, Some(row)),
            (Some(row), None) => (MigrationState::Modified, Some(row)),
            (None, None) if begun.is_some() => (MigrationState::Failed, None),
            (None, None) if migration.version < last_applied => (MigrationState::OutOfOrder, None),
            (None, None) => (MigrationState::Pending, None),
        };
        let applied_as = row.map(|row| row.version).filter(|_| state == MigrationState::Renumbered);
        all.push(MigrationStatus { applied_as, ..one(migration.version, &migration.name, state, row, begun) });
    }
    for row in history.iter().filter(|row| !by_version.contains_key(&row.version) && !was_moved(row)) {
        all.push(one(row.version, &row.name, MigrationState::Missing, Some(row), None));
    }
    for begun in progress.iter().filter(|one| !by_version.contains_key(&one.version)) {
        all.push(one(begun.version, &begun.name, MigrationState::Failed, None, Some(begun)));
    }
    all.sort_by_key(|one| one.version);
    all
}

fn one(version: i32, name: &str, state: MigrationState, row: Option<&Applied>, begun: Option<&Progress>) -> MigrationStatus {
    MigrationStatus {
        version,
        name: name.to_owned(),
        state,
        change: None,
        applied_as: None,
        failure: begun.map(|begun| Failure { done: begun.done, at: begun.failed_at, error: begun.error.clone() }),
        applied_at: row.map(|row| row.applied_at),
        applied_by: row.map(|row| row.applied_by.clone()),
        milliseconds: row.map(|row| row.milliseconds),
    }
}
