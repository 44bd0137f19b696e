//! `handled db clean`.

use clap::Args;
use database_tool::Cleaned;
use serde_json::json;

use super::CLEAN;
use super::guarded::{Guarded, confirmed, unprotected};
use super::place::Place;
use crate::command::output::{counted, print, print_json};
use crate::failure::Failure;

/// Empties every table of the databases and sets sequences back, each database in one transaction. Structure, migration history, log and
/// mark stay. Rows that migrations had put in go as well: `seed` brings back what seeds hold, `reset` makes everything anew.
///
/// A database that is marked production is refused, and so is one that has rows and no mark (see `mark`), whatever the environment says.
/// Of the others the name is typed, or given by --yes.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db clean data\n  handled db clean primary data --yes primary --yes data\n\nExit codes: 0 done, 1 refused or failed, \
     4 a database cannot be reached, 5 somebody else is at work on it."
)]
pub struct Clean {
    #[command(flatten)]
    guarded: Guarded,
}

impl Clean {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let mut databases = self.guarded.chosen(place)?;
        databases.reverse();
        let neighbours = place.neighbours();
        unprotected(&databases, &neighbours).await?;
        confirmed("empties every table of", &databases, &self.guarded.yes).await?;
        let mut all = Vec::new();
        for database in &databases {
            let pool = database.owner_pool();
            let result = database.clean(&pool, &neighbours).await;
            pool.close().await;
            let Cleaned { tables, views } = result?;
            // The platform's audit is in its first database: a row in there would be the first of a table that was just emptied.
            if !database.declaration.shared {
                place.record("clean", database, json!({ "tables": tables.len() })).await;
            }
            if !self.guarded.json {
                print(&format!("{}: {} emptied\n", database.name(), counted(tables.len() as u64, "table", "tables")))?;
            }
            all.push(json!({ "database": database.name(), "tables": tables, "views": views }));
        }
        if self.guarded.json {
            print_json(&all)?;
        }
        Ok(CLEAN)
    }
}
