//! `handled db repair`.

use clap::Args;
use database_tool::Right;
use serde_json::json;

use super::place::Place;
use super::{CLEAN, Chosen, STRANGE};
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Says for each thing that does not agree between files and databases what it is and what can be done, and does it with --yes. What
/// was done is written to the database's own log, and to the platform's audit.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db repair\n  handled db repair primary --yes\n  handled db repair data --yes --files-are-right\n\nExit codes: 0 \
     everything agrees, 3 something does not (or still does not, after --yes), 4 a database cannot be reached, 5 somebody else is at work on it."
)]
pub struct Repair {
    #[command(flatten)]
    chosen: Chosen,
    /// Do it. Without this nothing is written.
    #[arg(long)]
    yes: bool,
    /// Where SQL differs or a file is gone, take the files' side: the history follows them, and nothing in the database changes. Otherwise
    /// the files become again what was applied.
    #[arg(long)]
    files_are_right: bool,
}

impl Repair {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let right = if self.files_are_right { Right::Files } else { Right::Applied };
        let (mut code, mut all, mut text) = (CLEAN, Vec::new(), String::new());
        for database in place.databases(&self.chosen.databases)? {
            let files = &database.declaration.migrations;
            let pool = if self.yes { database.owner_pool() } else { database.reader_pool() };
            let work = async {
                let repaired = if self.yes { database.migrator.repair(&pool, files, right).await? } else { Vec::new() };
                // Files that were put back are read again: what is left is what a new look finds.
                let database = place.databases(&[database.name().to_owned()])?.remove(0);
                let left = database.migrator.findings(&pool, files, right).await?;
                Ok::<_, Failure>((repaired, left))
            };
            let result = work.await;
            pool.close().await;
            let (repaired, left) = result?;
            if !repaired.is_empty() {
                place.record("repair", &database, json!({ "repaired": repaired })).await;
            }
            if !left.is_empty() {
                code = STRANGE;
            }
            for one in &repaired {
                text.push_str(&format!("{}: {}\n", database.name(), one.done));
            }
            for finding in &left {
                text.push_str(&format!("{}: {}\n", database.name(), finding.sentence));
            }
            if repaired.is_empty() && left.is_empty() {
                text.push_str(&format!("{}: files and database agree\n", database.name()));
            }
            all.push(json!({ "database": database.name(), "repaired": repaired, "found": left }));
        }
        if self.chosen.json {
            print_json(&all)?;
        } else {
            print(&text)?;
        }
        Ok(code)
    }
}
