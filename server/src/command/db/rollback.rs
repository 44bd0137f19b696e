//! `handled db rollback`.

use std::time::Duration;

use clap::Args;
use database_tool::Back;
use serde_json::json;

use super::CLEAN;
use super::place::Place;
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Takes the last migrations of one database back by their down files, last first. What these delete is gone: look at them first.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db rollback data\n  handled db rollback data 2\n  handled db rollback primary --to 5\n\nExit codes: 0 done, 1 a \
     down file failed or the history does not agree, 4 the database cannot be reached, 5 somebody else is at work on it."
)]
pub struct Rollback {
    /// The database, which may be left out where there is only one, and how many migrations, which is 1 unless said.
    #[arg(value_name = "DATABASE|N", num_args = 0..=2)]
    what: Vec<String>,
    /// Take back everything after this number; 0 takes all back.
    #[arg(long, value_name = "NUMBER")]
    to: Option<i32>,
    /// How many seconds to wait while somebody else is at work; 0 does not wait.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Rollback {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let (steps, names): (Vec<String>, Vec<String>) = self.what.iter().cloned().partition(|word| word.parse::<usize>().is_ok());
        let steps = steps.first().and_then(|word| word.parse().ok());
        if steps.is_some() && self.to.is_some() {
            return Err(Failure::Said("Say how many to take back, or with --to where to stop; not both.".to_owned()));
        }
        let mut databases = place.databases(&names)?;
        if databases.len() > 1 {
            let all: Vec<&str> = databases.iter().map(database_tool::Database::name).collect();
            return Err(Failure::Said(format!(
                "There are {} databases ({}), and migrations are taken back in one at a time; name it, as in `handled db rollback {}`.",
                all.len(),
                all.join(", "),
                all.last().copied().unwrap_or_default()
            )));
        }
        let Some(database) = databases.first_mut() else { return Ok(CLEAN) };
        database.migrator.operator.patience = Duration::from_secs(self.wait);
        let back = self.to.map_or(Back::Steps(steps.unwrap_or(1)), Back::To);
        let pool = database.owner_pool();
        let result = database.migrator.roll_back(&pool, back).await;
        pool.close().await;
        let taken_back = result?;
        if !taken_back.is_empty() {
            let versions: Vec<i32> = taken_back.iter().map(|one| one.version).collect();
            place.record("roll back", database, json!({ "versions": versions })).await;
        }
        if self.json {
            print_json(&json!({ "database": database.name(), "taken_back": taken_back }))?;
        } else if taken_back.is_empty() {
            print(&format!("{}: nothing to take back\n", database.name()))?;
        } else {
            let lines = taken_back.iter().map(|one| format!("{}: took back {:04} {}\n", database.name(), one.version, one.name));
            print(&lines.collect::<String>())?;
        }
        Ok(CLEAN)
    }
}
