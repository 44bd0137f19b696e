//! `handled db seed`.

use clap::Args;
use database_tool::{Database, Seeded};
use serde_json::{Value, json};

use super::place::Place;
use super::{CLEAN, Chosen};
use crate::command::output::{counted, print, print_json};
use crate::failure::Failure;

/// Puts in the rows that the databases are to begin with: the files of their folders of seeds in the order of their names, each database
/// in one transaction. A seed is a script, NAME.sql, or the rows of a table, schema.table.csv, whose header names the columns; either may
/// have a number before it, as in 020_public.products.csv.
///
/// Running seeds again adds nothing: rows of a table whose key is there are skipped, and a script that would add rows a second time is
/// refused, so write INSERT ... ON CONFLICT in it.
///
/// In production (the database's mark says so, or APP_ENV) only those seeds are run that say that they belong there: a script by its first
/// line, `-- production`; rows by a name that ends in `.production.csv`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db seed\n  handled db seed primary --json\n\nExit codes: 0 done, 1 a seed failed or is refused, 4 a database \
     cannot be reached, 5 somebody else is at work on it."
)]
pub struct Seed {
    #[command(flatten)]
    chosen: Chosen,
}

impl Seed {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let mut all = Vec::new();
        for database in place.databases(&self.chosen.databases)? {
            let seeded = sow(place, &database).await?;
            if !self.chosen.json {
                print(&lines(&database, &seeded))?;
            }
            all.push(value(&database, &seeded));
        }
        if self.chosen.json {
            print_json(&all)?;
        }
        Ok(CLEAN)
    }
}

/// Runs the seeds of one database.
///
/// # Errors
/// As [`Database::seed`].
pub async fn sow(place: &Place, database: &Database) -> Result<Seeded, Failure> {
    let pool = database.owner_pool();
    let seeded = database.seed(&pool, place.production).await;
    pool.close().await;
    let seeded = seeded?;
    if !seeded.sown.is_empty() {
        let files: Vec<&str> = seeded.sown.iter().map(|sown| sown.file.as_str()).collect();
        place.record("seed", database, json!({ "files": files })).await;
    }
    Ok(seeded)
}

/// What was sown, for programs.
pub fn value(database: &Database, seeded: &Seeded) -> Value {
    json!({ "database": database.name(), "sown": seeded.sown, "left_out": seeded.left_out })
}

/// What was sown, for people.
pub fn lines(database: &Database, seeded: &Seeded) -> String {
    let name = database.name();
    if seeded.sown.is_empty() && seeded.left_out.is_empty() {
        return format!("{name}: there are no seeds\n");
    }
    let mut text = String::new();
    for sown in &seeded.sown {
        let what = match u64::try_from(sown.rows) {
            Ok(0) => "nothing new".to_owned(),
            Ok(rows) => counted(rows, "row", "rows"),
            Err(_) => format!("{} fewer", counted(sown.rows.unsigned_abs(), "row", "rows")),
        };
        text.push_str(&format!("{name}: {} ({what})\n", sown.file));
    }
    for file in &seeded.left_out {
        text.push_str(&format!("{name}: {file} left out; it does not say that it belongs in production\n"));
    }
    text
}
