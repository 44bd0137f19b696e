//! `handled db status`.

use clap::Args;
use database_tool::{MigrationState, MigrationStatus, Verdict};
use serde_json::{Value, json};

use super::place::Place;
use super::{CLEAN, Chosen, PENDING, STRANGE, UNREACHABLE};
use crate::command::output::{grouped, print, print_json};
use crate::failure::Failure;

/// Compares the files with the databases' histories. Writes nothing, and needs no more than the right to read.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db status\n  handled db status data --json\n\nExit codes, the worst of all databases: 0 everything is applied, \
     2 migrations are pending, 3 some are modified, missing, renumbered, out of order or failed, 4 a database cannot be reached."
)]
pub struct Status {
    #[command(flatten)]
    chosen: Chosen,
}

impl Status {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let (mut code, mut all, mut text, mut unreachable) = (CLEAN, Vec::new(), String::new(), Vec::new());
        for database in place.databases(&self.chosen.databases)? {
            let pool = database.reader_pool();
            let result = database.migrator.status(&pool).await;
            pool.close().await;
            match result {
                Ok(status) => {
                    code = code.max(code_of(status.verdict()));
                    text.push_str(&table(&status));
                    all.push(json!({
                        "database": status.database, "reachable": true, "verdict": status.verdict(), "clean": status.is_clean(),
                        "migrations": status.migrations, "missing_schemas": status.missing_schemas, "gap": status.gap,
                    }));
                }
                Err(error) if error.is_unreachable() => {
                    code = UNREACHABLE;
                    all.push(json!({
                        "database": database.name(), "reachable": false, "verdict": Value::Null, "clean": Value::Null, "migrations": [],
                        "problem": error.to_string(),
                    }));
                    unreachable.push(error.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        }
        if self.chosen.json {
            print_json(&all)?
        } else {
            print(&text)?
        }
        if !unreachable.is_empty() {
            eprintln!("handled: {}.", unreachable.join("; "));
        }
        Ok(code)
    }
}

fn code_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Clean => CLEAN,
        Verdict::Pending => PENDING,
        Verdict::Strange => STRANGE,
    }
}

fn table(status: &database_tool::Status) -> String {
    let count = |state| status.count(state) as u64;
    let mut parts: Vec<String> = MigrationState::ALL
        .into_iter()
        .filter(|state| *state == MigrationState::Applied || count(*state) > 0)
        .map(|state| format!("{} {state}", grouped(count(state))))
        .collect();
    parts.extend(status.missing_schemas.iter().map(|schema| format!("schema {schema} is gone")));
    parts.extend(status.gap.map(|gap| format!("there is no {gap:04}")));
    let mut text = format!("{} ({}): {}\n", status.database, status.history_schema, parts.join(", "));
    for migration in &status.migrations {
        let at = migration.applied_at.map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
        let line = format!("  {:04}  {:<12}  {:<23}  {}{}", migration.version, migration.state, at, migration.name, remark(migration));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn remark(migration: &MigrationStatus) -> String {
    use database_tool::Change::{Comments, Name, Tokens};
    let change = migration.change.map(|change| match change {
        Name => "its name".to_owned(),
        Comments => "comments and white space only".to_owned(),
        Tokens => "what it says to PostgreSQL".to_owned(),
    });
    let moved = migration.applied_as.map(|before| format!("applied as {before:04}"));
    let failure = migration.failure.as_ref().map(|failure| failure.error.clone().unwrap_or_else(|| "begun, and not ended".to_owned()));
    change.or(moved).or(failure).map_or_else(String::new, |remark| format!(" ({remark})"))
}
