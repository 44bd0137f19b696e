//! `handled db reset`.

use clap::Args;
use database_tool::{Administrator, Database, Marker};
use serde_json::json;

use super::guarded::{Guarded, confirmed};
use super::place::Place;
use super::{CLEAN, create, drop, seed};
use crate::command::output::{counted, print, print_json};
use crate::failure::Failure;

/// Makes the databases anew: removes them, makes them, applies all migrations and runs the seeds. Their marks stay as they were. Guarded
/// as `clean` and `drop` are, and asked about once, before anything is touched. Needs an administrator, as `create`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db reset data\n  handled db reset primary data --yes primary --yes data\n\nExit codes: 0 done, 1 refused or failed, \
     4 a database cannot be reached, 5 somebody else is at work on it."
)]
pub struct Reset {
    #[command(flatten)]
    guarded: Guarded,
    /// Cut off whoever is connected.
    #[arg(long)]
    force: bool,
}

impl Reset {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let databases = self.guarded.chosen(place)?;
        place.with_administrator(async |administrator| self.all(place, administrator, &databases).await).await?;
        Ok(CLEAN)
    }

    async fn all(&self, place: &Place, administrator: &Administrator, databases: &[Database]) -> Result<(), Failure> {
        let neighbours = place.neighbours();
        can_be_seeded(place, databases)?;
        let there = drop::removable(administrator, databases, &neighbours, self.force).await?;
        if !there.is_empty() {
            confirmed("makes anew, and so empties,", &there, &self.guarded.yes).await?;
        }
        let markers = markers(databases, &there).await?;
        for database in databases.iter().rev() {
            let dropped = database.drop(administrator, &neighbours, self.force).await?;
            self.say(&drop::line(&dropped))?;
        }
        let mut all = Vec::new();
        for (database, marker) in databases.iter().zip(&markers) {
            let created = database.create(administrator).await?;
            self.say(&create::lines(&created, marker.as_ref().map(|marker| marker.kind)))?;
            let pool = database.owner_pool();
            let work = async {
                if let Some(marker) = marker {
                    database.migrator.mark_again(&pool, marker).await?;
                }
                database.migrate(&pool, None).await
            };
            let applied = work.await;
            pool.close().await;
            let applied = applied?;
            place.record_migrations(database, &applied).await?;
            self.say(&format!("{}: {} applied\n", database.name(), counted(applied.len() as u64, "migration", "migrations")))?;
            let seeded = seed::sow(place, database).await?;
            self.say(&seed::lines(database, &seeded))?;
            all.push(json!({ "database": database.name(), "created": created, "applied": applied, "seeded": seeded, "marker": marker }));
        }
        if self.guarded.json { print_json(&all) } else { Ok(()) }
    }

    fn say(&self, text: &str) -> Result<(), Failure> {
        if self.guarded.json { Ok(()) } else { print(text) }
    }
}

/// Reads the seeds before anything is touched: what would be refused in the end is refused now.
fn can_be_seeded(place: &Place, databases: &[Database]) -> Result<(), Failure> {
    for database in databases {
        let seeds = database.seeds()?;
        if place.production && !seeds.is_empty() && !seeds.iter().any(|seed| seed.production) {
            return Err(Failure::Said(format!(
                "APP_ENV says that this is production, and no seed of {} belongs there; nothing was changed.",
                database.name()
            )));
        }
    }
    Ok(())
}

/// The marks of the databases; of those that are not there, none.
async fn markers(databases: &[Database], there: &[Database]) -> Result<Vec<Option<Marker>>, Failure> {
    let mut markers = Vec::new();
    for database in databases {
        if !there.iter().any(|other| other.name() == database.name()) {
            markers.push(None);
            continue;
        }
        let pool = database.owner_pool();
        let marker = database.migrator.marker(&pool).await;
        pool.close().await;
        markers.push(marker?);
    }
    Ok(markers)
}
