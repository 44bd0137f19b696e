//! `handled db new`.

use std::path::Path;

use clap::Args;

use super::CLEAN;
use super::source::on_disk;
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Makes the up and down files of the next migration from a template. Needs the folder with databases.toml: the working directory, or
/// the one that --workspace names.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db new primary 'Add phone numbers'\n  handled db new data 'Index stagings by run' --no-transaction\n\n\
     Exit codes: 0 the files were made, 1 a number is missing, the name is taken, or the files cannot be written."
)]
pub struct New {
    /// The database.
    database: String,
    /// What the migration does, in a few words; its files are named after it.
    #[arg(required = true)]
    description: Vec<String>,
    /// For statements that cannot run inside a transaction, as CREATE INDEX CONCURRENTLY: they are run one by one.
    #[arg(long)]
    no_transaction: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl New {
    pub fn run(&self, folder: Option<&Path>) -> Result<u8, Failure> {
        let workspace = on_disk(folder)?.ok_or_else(|| {
            Failure::Said(
                "There is no databases.toml here; new migrations are written in a source tree: go there, or name it with --workspace."
                    .to_owned(),
            )
        })?;
        let made = workspace.database(&self.database)?.new_migration(&self.description.join(" "), !self.no_transaction)?;
        if self.json {
            print_json(&made)?;
        } else {
            print(&format!("{}\n{}\n", made.up.display(), made.down.display()))?;
        }
        Ok(CLEAN)
    }
}
