//! Where files and database do not agree: what it is, what can be done about it, and doing it.

use database_connection::Pool;
use serde::Serialize;
use serde_json::json;

use crate::file::{down_file, up_file};
use crate::lease::Lease;
use crate::status::{Change, MigrationState, MigrationStatus};
use crate::{Files, Migrator, Status, ToolError};

/// One thing that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The migration, where it is one.
    pub version: Option<i32>,
    /// What is found.
    pub kind: Mismatch,
    /// A sentence that says what, where, and what can be done.
    pub sentence: String,
    /// What a repair does about it; nothing where it needs to be told which side is right, or a person.
    pub remedy: Option<Remedy>,
}

/// Kinds of things that do not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// A file has another name than when it was applied.
    Name,
    /// A file differs from what was applied in comments and white space.
    Comments,
    /// A file says something else to PostgreSQL than what was applied.
    Tokens,
    /// A file is gone.
    Missing,
    /// A file has another number.
    Renumbered,
    /// A migration was inserted before others that have been applied.
    OutOfOrder,
    /// A migration did not come to its end.
    Failed,
    /// A schema that the history says was made is gone.
    Schema,
    /// A number has no file.
    Gap,
}

/// What a repair does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The history takes over what the files say now; the database's structure stays.
    RecordFiles,
    /// The files become again what was applied; a file that stood there is kept under another name.
    RestoreFiles,
    /// The history forgets the migration; what it made stays.
    Forget,
    /// The migration is applied, or brought to its end.
    Apply,
    /// The schema is made, empty.
    MakeSchema,
}

/// Which side is right where the SQL itself differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// What was applied: files are put back.
    Applied,
    /// What the files say: the history follows them, and nothing in the database changes.
    Files,
}

/// A mismatch that was repaired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// What it was.
    pub finding: Finding,
    /// What was done, in a sentence.
    pub done: String,
}

impl Migrator {
    /// What does not agree. Writes nothing.
    ///
    /// # Errors
    /// As [`Migrator::status`].
    pub async fn findings(&self, pool: &Pool, files: &Files, right: Right) -> Result<Vec<Finding>, ToolError> {
        Ok(self.found(&self.status(pool).await?, files, right))
    }

    /// Repairs what has a remedy, each in a transaction of its own together with a row in the tool's log.
    ///
    /// # Errors
    /// As [`Migrator::migrate`]; a file cannot be written. What was repaired before stays so.
    pub async fn repair(&self, pool: &Pool, files: &Files, right: Right) -> Result<Vec<Repaired>, ToolError> {
        self.prepare(pool).await?;
        self.in_lease(pool, "repair", async |lease| {
            let mut findings = self.findings(pool, files, right).await?;
            // Rows that move up make room from the top; what is applied late comes after the history is in order.
            findings.sort_by_key(|finding| {
                let last = matches!(finding.remedy, Some(Remedy::Apply));
                (last, if last { finding.version.unwrap_or(0) } else { -finding.version.unwrap_or(0) })
            });
            let mut repaired = Vec::new();
            for finding in findings {
                if let Some(remedy) = finding.remedy {
                    let done = self.mend(pool, lease, files, &finding, remedy).await?;
                    repaired.push(Repaired { finding, done });
                }
            }
            Ok(repaired)
        })
        .await
    }

    fn found(&self, status: &Status, files: &Files, right: Right) -> Vec<Finding> {
        let on_disk = files.folder().is_some();
        let mut all: Vec<Finding> = status.migrations.iter().filter_map(|one| found_in(one, on_disk, right)).collect();
        all.extend(status.missing_schemas.iter().map(|schema| Finding {
            version: None,
            kind: Mismatch::Schema,
            sentence: format!(
                "The schema {schema} is gone, although the history says that migrations filled it. A repair makes it, empty; what was in it has to \
                 come from a backup."
            ),
            remedy: Some(Remedy::MakeSchema),
        }));
        all.extend(status.gap.map(|gap| Finding {
            version: Some(gap),
            kind: Mismatch::Gap,
            sentence: format!(
                "There is no migration {gap:04}, though there are later ones. Restore its file, or renumber those that follow."
            ),
            remedy: None,
        }));
        all
    }

    async fn mend(&self, pool: &Pool, lease: &Lease, files: &Files, finding: &Finding, remedy: Remedy) -> Result<String, ToolError> {
        self.still_ours(lease)?;
        let version = finding.version.unwrap_or(0);
        let done = match remedy {
            Remedy::RecordFiles => self.record_files(pool, finding.kind, version).await?,
            Remedy::RestoreFiles => self.restore_files(pool, files, version).await?,
            Remedy::Forget => {
                let mut transaction = self.begin_turn(pool).await?;
                self.forget(&mut transaction, version).await?;
                transaction.commit().await.map_err(self.doing("repairing the history"))?;
                format!("{version:04} was taken out of the history; what it made stays.")
            }
            Remedy::Apply => {
                let known = self.migrations.get(version);
                let migration = known.ok_or(ToolError::NoSuchVersion { database: self.database.clone(), version })?;
                let applied = self.apply(pool, lease, migration).await?;
                format!("{} was applied ({} ms).", migration.up_file(), applied.milliseconds)
            }
            Remedy::MakeSchema => {
                let mut transaction = self.begin_turn(pool).await?;
                for schema in self.all_schemas() {
                    self.make_schema(&mut transaction, schema).await?;
                }
                transaction.commit().await.map_err(self.doing("making a schema"))?;
                "The schemas that were gone were made, empty.".to_owned()
            }
        };
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        let details = json!({ "finding": finding, "done": done });
        self.log(&mut transaction, &self.operator.name, "repair", &details).await?;
        transaction.commit().await.map_err(self.doing("writing the log"))?;
        Ok(done)
    }

    async fn record_files(&self, pool: &Pool, kind: Mismatch, version: i32) -> Result<String, ToolError> {
        let status = self.status(pool).await?;
        let row = status.migrations.iter().find(|one| one.version == version).and_then(|one| one.applied_as).unwrap_or(version);
        let Some(migration) = self.migrations.get(version) else {
            return Err(ToolError::NoSuchVersion { database: self.database.clone(), version });
        };
        let mut transaction = self.begin_turn(pool).await?;
        self.rewrite(&mut transaction, row, migration).await?;
        transaction.commit().await.map_err(self.doing("repairing the history"))?;
        Ok(match kind {
            Mismatch::Renumbered => format!("The history has {row:04} as {version:04} now."),
            _ => format!("The history has what {} says now.", migration.up_file()),
        })
    }

    async fn restore_files(&self, pool: &Pool, files: &Files, version: i32) -> Result<String, ToolError> {
        let Some(folder) = files.folder() else {
            let why = "its migrations are part of this program; use the program that has the file".to_owned();
            return Err(ToolError::Refused { database: self.database.clone(), why });
        };
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        let history = self.history(&mut transaction).await?;
        let Some(row) = history.iter().find(|row| row.version == version) else {
            return Err(ToolError::NoSuchVersion { database: self.database.clone(), version });
        };
        let applied = self.applied_files(&mut transaction, version).await?;
        transaction.rollback().await.map_err(self.doing("reading the migration history"))?;
        let write = |file: String, text: &str| {
            let path = folder.join(&file);
            let kept = folder.join(format!("{file}.edited"));
            let result = if path.exists() { std::fs::rename(&path, &kept) } else { Ok(()) };
            result.and_then(|()| std::fs::write(&path, text)).map_err(|source| ToolError::Write {
                database: self.database.clone(),
                file: path.display().to_string(),
                source,
            })
        };
        write(up_file(version, &row.name), &applied.sql)?;
        if let Some(down) = applied.down_sql.filter(|_| self.migrations.get(version).is_none()) {
            write(down_file(version, &row.name), &down)?;
        }
        Ok(format!("{} is again what was applied; a file that stood there is kept with .edited at its end.", up_file(version, &row.name)))
    }
}

fn found_in(one: &MigrationStatus, on_disk: bool, right: Right) -> Option<Finding> {
    let file = up_file(one.version, &one.name);
    let (kind, sentence, remedy) = match (one.state, one.change) {
        (MigrationState::Applied | MigrationState::Pending, _) => return None,
        (MigrationState::Modified, Some(Change::Name)) => {
            (Mismatch::Name, format!("{file} was applied under another name. A repair records the new one."), Some(Remedy::RecordFiles))
        }
        (MigrationState::Modified, Some(Change::Comments)) => (
            Mismatch::Comments,
            format!("{file} was changed after it had been applied, in comments and white space only. A repair records the new text."),
            Some(Remedy::RecordFiles),
        ),
        (MigrationState::Modified, _) => {
            let sentence = format!(
                "{file} was changed after it had been applied, and the change is in the SQL's tokens: the database does not have what it says. Put the \
                 change into a new migration and restore the file (a repair does, and keeps the edited one beside it), or say that the file is \
                 right (--files-are-right) where the database was changed by hand."
            );
            (Mismatch::Tokens, sentence, by_side(right, Remedy::RecordFiles, on_disk))
        }
        (MigrationState::Missing, _) => {
            let sentence = format!(
                "{file} was applied, and the file is gone. Restore it (a repair writes it as it was applied), use the newer program that has it, or have \
                 the history forget it (--files-are-right)."
            );
            (Mismatch::Missing, sentence, by_side(right, Remedy::Forget, on_disk))
        }
        (MigrationState::Renumbered, _) => {
            let before = one.applied_as.unwrap_or(one.version);
            let sentence = format!("{file} was applied as {before:04}, and was renumbered since. A repair renumbers it in the history.");
            (Mismatch::Renumbered, sentence, Some(Remedy::RecordFiles))
        }
        (MigrationState::OutOfOrder, _) => {
            let sentence = format!(
                "{file} was never applied, although later ones were. Renumber it so that it comes last; or a repair applies it now, after those."
            );
            (Mismatch::OutOfOrder, sentence, Some(Remedy::Apply))
        }
        (MigrationState::Failed, _) => {
            let failure = one.failure.as_ref();
            let done = failure.map_or(0, |failure| failure.done);
            let why = failure
                .and_then(|failure| failure.error.as_deref())
                .map_or_else(|| "it was interrupted".to_owned(), |error| format!("the tool said: {error}"));
            let sentence = format!(
                "{file} did not come to its end ({done} of its statements took effect): {why}. Mend the cause; a repair, like a migration, goes on at \
                 the statement that failed, after dropping an invalid index that it left."
            );
            (Mismatch::Failed, sentence, Some(Remedy::Apply))
        }
    };
    Some(Finding { version: Some(one.version), kind, sentence, remedy })
}

/// The remedy where it depends on which side is right: files can be put back only where they are on disk.
fn by_side(right: Right, files_right: Remedy, on_disk: bool) -> Option<Remedy> {
    match right {
        Right::Files => Some(files_right),
        Right::Applied => on_disk.then_some(Remedy::RestoreFiles),
    }
}
