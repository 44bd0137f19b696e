//! `handled db migrate`.

use std::time::Duration;

use clap::Args;
use database_tool::{Database, Migration};
use serde_json::{Value, json};

use super::place::Place;
use super::{CLEAN, Chosen};
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Applies what is pending, database after database, each migration in a transaction of its own. Of several that run at once one
/// applies; the others wait.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db migrate\n  handled db migrate primary\n  handled db migrate data --to 9\n  handled db migrate --dry-run\n\nExit \
     codes: 0 all is applied, 1 a migration failed or is refused, 4 a database cannot be reached, 5 somebody else is at work on it for longer than \
     --wait."
)]
pub struct Migrate {
    #[command(flatten)]
    chosen: Chosen,
    /// Apply up to this number and no further.
    #[arg(long, value_name = "NUMBER")]
    to: Option<i32>,
    /// Print the SQL that would be run, and write nothing at all.
    #[arg(long)]
    dry_run: bool,
    /// How many seconds to wait while somebody else is at work; 0 does not wait.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

impl Migrate {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let mut databases = place.databases(&self.chosen.databases)?;
        if self.to.is_some() && databases.len() > 1 {
            return Err(Failure::Said("Each database has its own numbers; name the one that --to is for.".to_owned()));
        }
        let mut all = Vec::new();
        for database in &mut databases {
            database.migrator.operator.patience = Duration::from_secs(self.wait);
            all.push(if self.dry_run { self.plan(database).await? } else { self.apply(place, database).await? });
        }
        if self.chosen.json {
            print_json(&all)?;
        }
        Ok(CLEAN)
    }

    async fn apply(&self, place: &Place, database: &Database) -> Result<Value, Failure> {
        let pool = database.owner_pool();
        let result = database.migrate(&pool, self.to).await;
        pool.close().await;
        let applied = result?;
        place.record_migrations(database, &applied).await?;
        if !self.chosen.json {
            let mut text: String = applied
                .iter()
                .map(|one| format!("{}: applied {:04} {} ({} ms)\n", database.name(), one.version, one.name, one.milliseconds))
                .collect();
            if applied.is_empty() {
                text = format!("{}: nothing to do\n", database.name());
            }
            print(&text)?;
        }
        Ok(json!({ "database": database.name(), "applied": applied }))
    }

    async fn plan(&self, database: &Database) -> Result<Value, Failure> {
        let pool = database.reader_pool();
        let result = database.migrator.plan(&pool, self.to).await;
        pool.close().await;
        let pending = result?;
        if !self.chosen.json {
            print(&sql_of(database.name(), &pending))?;
        }
        let listed: Vec<Value> = pending
            .iter()
            .map(|one| json!({ "version": one.version, "name": one.name, "transactional": one.transactional, "sql": one.up }))
            .collect();
        Ok(json!({ "database": database.name(), "would_apply": listed }))
    }
}

/// The migrations as a script that says where each begins.
fn sql_of(database: &str, pending: &[&Migration]) -> String {
    if pending.is_empty() {
        return format!("-- {database}: nothing to do\n");
    }
    let one = |migration: &&Migration| {
        let how = if migration.transactional { "in one transaction" } else { "statement by statement" };
        format!("-- {database}: {} ({how})\n{}\n", migration.up_file(), migration.up.trim_end())
    };
    pending.iter().map(one).collect::<Vec<_>>().join("\n")
}
