//! Looks through a database's migrations.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use database_connection::Pool;

use super::name::Name;
use super::rows::Rows;
use super::rule::{NOT_UNDERSTOOD, REFUSED};
use super::script::look;
use super::statement::Made;
use super::weigh::weigh;
use super::{Lint, LintFinding, LintScope, Severity};
use crate::file::{is_transactional, parse_name};
use crate::sql::first_error;
use crate::{Database, Declaration, MigrationFileError, MigrationState, Migrations, ToolError};

/// How long counting a table's rows waits for whoever has locked it.
const LOCK_WAIT: Duration = Duration::from_millis(500);

/// One up or down file.
struct Script {
    file: String,
    version: i32,
    is_up: bool,
    text: String,
}

impl Declaration {
    /// Looks through every migration without asking the database: findings are weighed by their kind alone.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read.
    pub fn lint(&self) -> Result<Lint, ToolError> {
        let (scripts, mut findings) = self.scripts()?;
        for script in &scripts {
            findings.extend(not_understood(script));
            if script.is_up {
                let found = look(&script.text, is_transactional(&script.text), &mut Made::default());
                findings.extend(found.iter().map(|found| weigh(&script.file, found, None)));
            }
        }
        Ok(self.lint_of(&scripts, false, findings))
    }

    /// The migration files, and what is wrong with the folder.
    fn scripts(&self) -> Result<(Vec<Script>, Vec<LintFinding>), ToolError> {
        let unreadable = |file: &str, error: std::io::Error| {
            let source = MigrationFileError::Unreadable { file: file.to_owned(), why: error.to_string() };
            ToolError::Files { database: self.name.clone(), source }
        };
        let names = self.migrations.names().map_err(|error| unreadable("folder", error))?;
        let mut files = Vec::new();
        for name in names.into_iter().filter(|name| name.ends_with(".sql")) {
            let text = self.migrations.read(&name).map_err(|error| unreadable(&name, error))?;
            files.push((name, text));
        }
        let wrong = match Migrations::from_files(files.iter().cloned()) {
            Ok(migrations) => migrations.without_gaps().err(),
            Err(error) => Some(error),
        };
        let findings = wrong.as_ref().map(refused).into_iter().collect();
        let scripts = files.into_iter().filter_map(|(file, text)| {
            let (version, _, direction) = parse_name(&file)?;
            let is_up = direction == "up";
            Some(Script { version, is_up, file, text })
        });
        Ok((scripts.collect(), findings))
    }

    fn lint_of(&self, scripts: &[Script], weighed: bool, mut findings: Vec<LintFinding>) -> Lint {
        findings.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        Lint { database: self.name.clone(), files: scripts.iter().filter(|script| script.is_up).count(), weighed, findings }
    }
}

impl Database {
    /// Looks through migrations and weighs what is found by the rows that are in the database. Writes nothing, and waits for nobody.
    ///
    /// # Errors
    /// The folder cannot be read, the database cannot be reached, or the role may not read the history.
    pub async fn lint(&self, pool: &Pool, scope: LintScope) -> Result<Lint, ToolError> {
        let status = self.migrator.status(pool).await?;
        let is_pending = |state| matches!(state, MigrationState::Pending | MigrationState::OutOfOrder | MigrationState::Failed);
        let pending: BTreeSet<i32> = status.migrations.iter().filter(|one| is_pending(one.state)).map(|one| one.version).collect();
        let (mut scripts, mut findings) = self.declaration.scripts()?;
        if scope == LintScope::Pending {
            scripts.retain(|script| pending.contains(&script.version));
        }
        let mut before = Made::default();
        let mut counted = Counted { database: self, pool, rows: BTreeMap::new() };
        for script in &scripts {
            findings.extend(not_understood(script));
            if !script.is_up {
                continue;
            }
            // What an applied migration made is in use.
            let mut apart = Made::default();
            let made = if pending.contains(&script.version) { &mut before } else { &mut apart };
            let found = look(&script.text, is_transactional(&script.text), made);
            for found in &found {
                let rows = counted.of(&found.subjects).await?;
                findings.push(weigh(&script.file, found, Some(&rows)));
            }
        }
        Ok(self.declaration.lint_of(&scripts, true, findings))
    }
}

/// The rows of tables that were asked for before.
struct Counted<'a> {
    database: &'a Database,
    pool: &'a Pool,
    rows: BTreeMap<String, Rows>,
}

impl Counted<'_> {
    async fn of(&mut self, names: &[Name]) -> Result<Vec<Rows>, ToolError> {
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let key = name.to_string();
            let rows = match self.rows.get(&key) {
                Some(rows) => *rows,
                None => self.count(name).await?,
            };
            self.rows.insert(key, rows);
            all.push(rows);
        }
        Ok(all)
    }

    async fn count(&self, name: &Name) -> Result<Rows, ToolError> {
        let migrator = &self.database.migrator;
        let mut transaction = self.pool.begin_with_lock_timeout(LOCK_WAIT).await.map_err(migrator.doing("connecting"))?;
        let rows = migrator.rows_of(&mut transaction, name).await?;
        transaction.rollback().await.map_err(migrator.doing("counting rows"))?;
        Ok(rows)
    }
}

/// What squawk's parser does not understand is looked at by nobody: PostgreSQL may know more.
fn not_understood(script: &Script) -> Option<LintFinding> {
    let (line, why) = first_error(&script.text)?;
    Some(LintFinding {
        file: script.file.clone(),
        line,
        severity: Severity::Note,
        rule: NOT_UNDERSTOOD,
        table: None,
        rows: None,
        sentence: format!("the parser does not understand this ({why}), so it is not looked at; PostgreSQL may"),
    })
}

/// What migrating would refuse.
fn refused(error: &MigrationFileError) -> LintFinding {
    let (file, line) = match error {
        MigrationFileError::Name(file) | MigrationFileError::MissingHalf(file) | MigrationFileError::Unreadable { file, .. } => {
            (file.as_str(), 0)
        }
        MigrationFileError::NotUnderstood { file, line, .. } | MigrationFileError::Statement { file, line, .. } => (file.as_str(), *line),
        MigrationFileError::Gap { next, .. } => (next.as_str(), 0),
        MigrationFileError::Duplicate { .. } => ("", 0),
    };
    LintFinding {
        file: file.to_owned(),
        line,
        severity: Severity::Error,
        rule: REFUSED,
        table: None,
        rows: None,
        sentence: format!("{error}; no migration is applied as long as this is so"),
    }
}
