//! `handled db`: the databases' structure.

use clap::{Args, Subcommand};
use database_tool::{MigrationState, Status};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::output::{grouped, print, print_json};
use super::with_platform::open;
use crate::databases::{Databases, Migrated, Target};
use crate::failure::Failure;
use crate::settings::Settings;

/// Exit codes of `handled db status`; the worst of both databases counts.
const CLEAN: u8 = 0;
const PENDING: u8 = 2;
const STRANGE: u8 = 3;
const UNREACHABLE: u8 = 4;

/// The databases' structure.
#[derive(Debug, Subcommand)]
pub enum Db {
    /// Apply pending migrations.
    #[command(after_help = "Examples:\n  handled db migrate\n  handled db migrate primary")]
    Migrate(Chosen),
    /// Show which migrations are applied; exits 0 when all are, 2 when some are pending, 3 when some were changed or are
    /// missing, 4 when a database cannot be reached.
    #[command(after_help = "Examples:\n  handled db status\n  handled db status data --json")]
    Status(Chosen),
}

/// Which databases, and how to print.
#[derive(Debug, Args)]
pub struct Chosen {
    /// The databases; both where none is named.
    #[arg(value_enum)]
    databases: Vec<Target>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Chosen {
    fn targets(&self) -> Vec<Target> {
        Target::ALL.into_iter().filter(|target| self.databases.is_empty() || self.databases.contains(target)).collect()
    }
}

impl Db {
    /// Runs the command; the value is its exit code.
    ///
    /// # Errors
    /// The databases cannot be had, or a migration fails.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<u8, Failure> {
        let databases = match (open(settings, &stop).await, self) {
            (Err(Failure::Postgres(error)), Self::Status(_)) => {
                eprintln!("handled: {error}");
                return Ok(UNREACHABLE);
            }
            (databases, _) => databases?,
        };
        let result = tokio::select! {
            result = self.on(&databases) => result,
            // Each migration is one transaction: what is not committed is undone.
            () = stop.cancelled() => Err(Failure::Interrupted),
        };
        let closed = databases.close().await;
        let code = result?;
        closed.map(|()| code)
    }

    async fn on(&self, databases: &Databases) -> Result<u8, Failure> {
        match self {
            Self::Migrate(chosen) => migrate(databases, chosen).await.map(|()| CLEAN),
            Self::Status(chosen) => status(databases, chosen).await,
        }
    }
}

async fn migrate(databases: &Databases, chosen: &Chosen) -> Result<(), Failure> {
    let mut all = Vec::new();
    for target in chosen.targets() {
        let Migrated { applied, unrecorded } = databases.migrate(target).await?;
        if let Some(failure) = unrecorded {
            eprintln!("handled: {}", failure.sentence());
        }
        if !chosen.json {
            let mut text = String::new();
            for migration in &applied {
                text.push_str(&format!(
                    "{}: applied {:03} {} ({} ms)\n",
                    target.name(),
                    migration.version,
                    migration.name,
                    migration.milliseconds
                ));
            }
            if applied.is_empty() {
                text.push_str(&format!("{}: nothing to do\n", target.name()));
            }
            print(&text)?;
        }
        all.push(json!({ "database": target.name(), "applied": applied }));
    }
    if chosen.json { print_json(&all) } else { Ok(()) }
}

async fn status(databases: &Databases, chosen: &Chosen) -> Result<u8, Failure> {
    let (mut code, mut all, mut text, mut unreachable) = (CLEAN, Vec::new(), String::new(), Vec::new());
    for target in chosen.targets() {
        match databases.status(target).await {
            Ok(status) => {
                code = code.max(code_of(&status));
                text.push_str(&table(&status));
                all.push(
                    json!({ "database": target.name(), "reachable": true, "clean": status.is_clean(), "migrations": status.migrations }),
                );
            }
            Err(Failure::Tool(error)) if error.is_unreachable() => {
                code = UNREACHABLE;
                all.push(json!({ "database": target.name(), "reachable": false, "clean": Value::Null, "migrations": [], "problem": error.to_string() }));
                unreachable.push(error.to_string());
            }
            Err(failure) => return Err(failure),
        }
    }
    if chosen.json {
        print_json(&all)?
    } else {
        print(&text)?
    }
    if !unreachable.is_empty() {
        eprintln!("handled: {}.", unreachable.join("; "));
    }
    Ok(code)
}

fn code_of(status: &Status) -> u8 {
    if status.count(MigrationState::Modified) + status.count(MigrationState::Missing) > 0 {
        STRANGE
    } else if status.count(MigrationState::Pending) > 0 {
        PENDING
    } else {
        CLEAN
    }
}

fn table(status: &Status) -> String {
    let count = |state| status.count(state) as u64;
    let parts: Vec<String> = [MigrationState::Applied, MigrationState::Pending, MigrationState::Modified, MigrationState::Missing]
        .into_iter()
        .filter(|state| *state == MigrationState::Applied || count(*state) > 0)
        .map(|state| format!("{} {state}", grouped(count(state))))
        .collect();
    let mut text = format!("{} ({}): {}\n", status.database, status.history_schema, parts.join(", "));
    for migration in &status.migrations {
        let at = migration.applied_at.map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
        let line = format!("  {:03}  {:<8}  {:<23}  {}", migration.version, migration.state, at, migration.name);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
