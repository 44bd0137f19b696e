//! Applying migrations.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use database_connection::Pool;
use serde::Serialize;

use crate::history::Applied;
use crate::lease::Lease;
use crate::{Migration, Migrations, ToolError};

/// How long whoever finds somebody else at work waits, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(60);

/// Applies one database's migrations. The pools that its methods take need two connections: one works, the other
/// renews the lease.
#[derive(Clone, Debug)]
pub struct Migrator {
    /// What people call the database, as in `primary`; begins every error.
    pub database: String,
    /// The schema with the history, in the table `schema_migrations`.
    pub history_schema: String,
    /// The schemas that the migrations fill, the history's or not. Those that are missing are made, and given to the objects'
    /// owner, who, unlike the role that connects, may not make schemas itself.
    pub schemas: Vec<String>,
    /// The migrations.
    pub migrations: Migrations,
    /// The role that is to own the schemas and everything in them, where it is not the one that connects. That one must be a
    /// member of it.
    pub objects_owner: Option<String>,
    /// Who asks.
    pub operator: Operator,
}

/// Who changes a structure, and how long they wait while somebody else does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// A person or a program, as in `system:root`; the database's role is recorded beside it.
    pub name: String,
    /// How long to wait; zero asks once.
    pub patience: Duration,
}

impl Default for Operator {
    /// The tool itself, which waits for a minute.
    fn default() -> Self {
        Self { name: "system".to_owned(), patience: PATIENCE }
    }
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

impl From<Applied> for AppliedMigration {
    fn from(row: Applied) -> Self {
        Self { version: row.version, name: row.name, applied_at: row.applied_at, milliseconds: row.milliseconds }
    }
}

impl Migrator {
    /// A migrator of what stands in one schema, which is owned by whoever connects.
    pub fn new(database: &str, history_schema: &str, migrations: Migrations) -> Self {
        Self {
            database: database.to_owned(),
            history_schema: history_schema.to_owned(),
            schemas: Vec::new(),
            migrations,
            objects_owner: None,
            operator: Operator::default(),
        }
    }

    /// The same for more schemas than the history's.
    #[must_use]
    pub fn with_schemas<S: Into<String>>(mut self, schemas: impl IntoIterator<Item = S>) -> Self {
        self.schemas.extend(schemas.into_iter().map(Into::into));
        self
    }

    /// The same for objects that this role is to own.
    #[must_use]
    pub fn owned_by(mut self, role: Option<String>) -> Self {
        self.objects_owner = role;
        self
    }

    /// The same at the wish of this operator.
    #[must_use]
    pub fn operated_by(mut self, operator: Operator) -> Self {
        self.operator = operator;
        self
    }

    /// Applies what is pending, each migration in a transaction of its own together with its row in the history. Makes the
    /// schemas and the history first where they are missing. Of several that run at once one applies, and the others wait.
    ///
    /// # Errors
    /// When the history and the files do not agree, a migration fails (those before it stay applied, nothing of it does, unless it
    /// is one without a transaction), somebody else is at work or locks stay in the way for too long, or the database cannot be reached.
    pub async fn migrate(&self, pool: &Pool) -> Result<Vec<AppliedMigration>, ToolError> {
        self.migrate_to(pool, None).await
    }

    /// The same, up to this version and no further.
    ///
    /// # Errors
    /// As [`Migrator::migrate`], and when there is no migration of this number.
    pub async fn migrate_to(&self, pool: &Pool, last: Option<i32>) -> Result<Vec<AppliedMigration>, ToolError> {
        self.knows(last)?;
        self.migrations.without_gaps().map_err(|source| ToolError::Files { database: self.database.clone(), source })?;
        self.prepare(pool).await?;
        self.in_lease(pool, "migrate", async |lease| {
            let mut applied = Vec::new();
            while let Some(one) = self.apply_next(pool, lease, last).await? {
                tracing::info!(
                    database = self.database,
                    version = one.version,
                    name = one.name,
                    milliseconds = one.milliseconds,
                    "migrated"
                );
                applied.push(one);
            }
            Ok(applied)
        })
        .await
    }

    /// What [`Migrator::migrate_to`] would apply, in order. Writes nothing.
    ///
    /// # Errors
    /// As [`Migrator::migrate_to`], as far as the files and the history tell.
    pub async fn plan(&self, pool: &Pool, last: Option<i32>) -> Result<Vec<&Migration>, ToolError> {
        self.knows(last)?;
        self.migrations.without_gaps().map_err(|source| ToolError::Files { database: self.database.clone(), source })?;
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        let history = if self.history_exists(&mut transaction).await? { self.history(&mut transaction).await? } else { Vec::new() };
        transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
        self.next(&history)?;
        let applied = history.last().map_or(0, |row| row.version);
        let wanted = |migration: &&Migration| migration.version > applied && last.is_none_or(|last| migration.version <= last);
        Ok(self.migrations.list().iter().filter(wanted).collect())
    }

    /// Does the work while nobody else changes this structure.
    pub(crate) async fn in_lease<T>(
        &self,
        pool: &Pool,
        doing: &str,
        work: impl AsyncFnOnce(&Lease) -> Result<T, ToolError>,
    ) -> Result<T, ToolError> {
        let lease = self.lease(pool, &self.operator.name, doing, self.operator.patience).await?;
        let result = work(&lease).await;
        let released = self.release(pool, lease).await;
        let value = result?;
        released.map(|()| value)
    }

    /// Refuses a version that there is no file of.
    pub(crate) fn knows(&self, version: Option<i32>) -> Result<(), ToolError> {
        match version {
            Some(version) if version != 0 && self.migrations.get(version).is_none() => {
                Err(ToolError::NoSuchVersion { database: self.database.clone(), version })
            }
            _ => Ok(()),
        }
    }

    /// Applies the first pending migration, if there is one.
    async fn apply_next(&self, pool: &Pool, lease: &Lease, last: Option<i32>) -> Result<Option<AppliedMigration>, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        let history = self.history(&mut transaction).await?;
        transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
        match self.next(&history)? {
            Some(next) if last.is_none_or(|last| next.version <= last) => self.apply(pool, lease, next).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Applies this migration, which has not been applied.
    pub(crate) async fn apply(&self, pool: &Pool, lease: &Lease, migration: &Migration) -> Result<AppliedMigration, ToolError> {
        if !migration.transactional {
            return self.apply_apart(pool, lease, migration).await;
        }
        let result = self.with_patience(|| self.apply_once(pool, lease, migration)).await;
        if let Err(error @ ToolError::Failed { .. }) = &result {
            self.note_failure(pool, migration, 0, error).await?;
        }
        result
    }

    async fn apply_once(&self, pool: &Pool, lease: &Lease, migration: &Migration) -> Result<AppliedMigration, ToolError> {
        let mut transaction = self.begin_turn(pool).await?;
        self.still_ours(lease)?;
        self.become_owner(&mut transaction).await?;
        let failed = |source| ToolError::failed(&self.database, migration.up_file(), &migration.up, source);
        let started = Instant::now();
        transaction.run_script(&migration.up).await.map_err(failed)?;
        let milliseconds = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let row = self.record(&mut transaction, migration, milliseconds).await?;
        self.forget_progress(&mut transaction, migration.version).await?;
        transaction
            .commit()
            .await
            .map_err(|source| ToolError::not_committed(&self.database, migration.up_file(), &migration.up, source))?;
        Ok(row.into())
    }

    /// The first pending migration, if the history and the files agree.
    fn next(&self, history: &[Applied]) -> Result<Option<&Migration>, ToolError> {
        self.agrees(history)?;
        let next = self.migrations.list().iter().find(|migration| !history.iter().any(|row| row.version == migration.version));
        match (next, history.last()) {
            (Some(next), Some(last)) if last.version > next.version => {
                Err(ToolError::OutOfOrder { database: self.database.clone(), file: next.up_file(), later: last.file() })
            }
            (next, _) => Ok(next),
        }
    }

    /// Refuses a history that the files do not bear out.
    pub(crate) fn agrees(&self, history: &[Applied]) -> Result<(), ToolError> {
        for row in history {
            match self.migrations.get(row.version) {
                None => return Err(ToolError::Missing { database: self.database.clone(), file: row.file() }),
                Some(migration) if !row.is(migration) => {
                    return Err(ToolError::Modified { database: self.database.clone(), file: migration.up_file() });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
