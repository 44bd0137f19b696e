//! `handled db baseline`.

use clap::Args;
use serde_json::json;

use super::CLEAN;
use super::place::Place;
use crate::command::output::{counted, print, print_json};
use crate::failure::Failure;

/// Records every migration up to a number as applied, without running it: for a database whose structure was made by other means and
/// is what these migrations make.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db baseline data 3\n  handled db baseline data 3 --json\n\nExit codes: 0 done, 1 refused (the database has a history already, or there is no such \
     migration), 4 it cannot be reached, 5 somebody else is at work on it."
)]
pub struct Baseline {
    /// The database.
    database: String,
    /// The last migration whose work is there already.
    version: i32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Baseline {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let database = place.databases(std::slice::from_ref(&self.database))?.remove(0);
        let pool = database.owner_pool();
        let result = database.migrator.baseline(&pool, self.version).await;
        pool.close().await;
        let adopted = result?;
        place.record("baseline", &database, json!({ "version": self.version })).await;
        if self.json {
            print_json(&json!({ "database": database.name(), "recorded": adopted }))?;
        } else {
            let migrations = counted(adopted as u64, "migration", "migrations");
            print(&format!("{}: {migrations} recorded as applied; nothing was run\n", database.name()))?;
        }
        Ok(CLEAN)
    }
}
