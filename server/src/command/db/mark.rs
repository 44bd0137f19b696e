//! `handled db mark`.

use clap::Args;
use database_tool::{Database, DatabaseKind};
use serde_json::json;

use super::CLEAN;
use super::guarded::{Guarded, confirmed};
use super::place::Place;
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Says what the databases are for, or writes it into them: production, staging, development or test. A database marked production is
/// never emptied or dropped; to mark it otherwise, its name is typed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db mark\n  handled db mark production\n  handled db mark development data\n  handled db mark staging primary --yes \
     primary\n\nExit codes: 0 done, 1 refused, 4 a database cannot be reached, 5 locks stayed in the way."
)]
pub struct Mark {
    /// What they are for; without it, what they are marked as is shown.
    #[arg(value_parser = kind)]
    kind: Option<DatabaseKind>,
    #[command(flatten)]
    guarded: Guarded,
}

/// Reads a kind, for clap.
pub fn kind(text: &str) -> Result<DatabaseKind, String> {
    text.parse()
}

impl Mark {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let databases = self.guarded.chosen(place)?;
        let mut markers = Vec::new();
        for database in &databases {
            let pool = database.owner_pool();
            let marker = database.migrator.marker(&pool).await;
            pool.close().await;
            markers.push(marker?);
        }
        let (mut text, mut all) = (String::new(), Vec::new());
        if let Some(kind) = self.kind {
            let of_production = |marker: &Option<database_tool::Marker>| {
                kind != DatabaseKind::Production && marker.as_ref().is_some_and(|marker| marker.kind == DatabaseKind::Production)
            };
            let both = databases.iter().zip(&markers);
            let guarded: Vec<Database> = both.filter(|(_, marker)| of_production(marker)).map(|(database, _)| database.clone()).collect();
            if !guarded.is_empty() {
                confirmed(&format!("marks as {kind}, and no more as production, the database"), &guarded, &self.guarded.yes).await?;
            }
            for database in &databases {
                let pool = database.owner_pool();
                let before = database.mark(&pool, kind).await;
                pool.close().await;
                let before = before?;
                text.push_str(&format!(
                    "{}: marked {kind}{}\n",
                    database.name(),
                    before.map_or_else(String::new, |before| format!(", before {before}"))
                ));
                all.push(json!({ "database": database.name(), "kind": kind, "before": before }));
            }
        } else {
            for (database, marker) in databases.iter().zip(&markers) {
                text.push_str(&match marker {
                    Some(marker) => {
                        let at = marker.marked_at.format("%Y-%m-%d %H:%M:%S UTC");
                        format!("{}: {} (since {at}, by {})\n", database.name(), marker.kind, marker.marked_by)
                    }
                    None => format!("{}: not marked\n", database.name()),
                });
                all.push(json!({ "database": database.name(), "marker": marker }));
            }
        }
        if self.guarded.json {
            print_json(&all)?
        } else {
            print(&text)?
        }
        Ok(CLEAN)
    }
}
