//! `handled db drop`.

use clap::Args;
use database_tool::{Administrator, Database, Dropped, DroppedRole, WhatWasDropped};
use serde_json::json;

use super::CLEAN;
use super::guarded::{Guarded, confirmed, unprotected};
use super::place::Place;
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Removes the databases, the last one first. Where several are side by side in one database of the server, what is this one's goes, and
/// the database itself with the last of them. Roles stay, unless --roles is said. Needs an administrator, as `create`.
///
/// A database that is marked production is refused, and so is one that has rows and no mark (see `mark`), whatever the environment says.
/// Of the others the name is typed, or given by --yes.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db drop data\n  handled db drop primary data --yes primary --yes data --roles\n\nExit codes: 0 gone, 1 refused or \
     failed, 4 a database cannot be reached, 5 somebody else is at work on it."
)]
pub struct Drop {
    #[command(flatten)]
    guarded: Guarded,
    /// Cut off whoever is connected.
    #[arg(long)]
    force: bool,
    /// Remove the roles too, where nothing else needs them.
    #[arg(long)]
    roles: bool,
}

impl Drop {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let mut databases = self.guarded.chosen(place)?;
        databases.reverse();
        place.with_administrator(async |administrator| self.all(place, administrator, &databases).await).await?;
        Ok(CLEAN)
    }

    async fn all(&self, place: &Place, administrator: &Administrator, databases: &[Database]) -> Result<(), Failure> {
        let neighbours = place.neighbours();
        let there = removable(administrator, databases, &neighbours, self.force).await?;
        if !there.is_empty() {
            confirmed("removes, with everything in it,", &there, &self.guarded.yes).await?;
        }
        let (mut text, mut all) = (String::new(), Vec::new());
        for database in databases {
            let dropped = database.drop(administrator, &neighbours, self.force).await?;
            text.push_str(&line(&dropped));
            if !database.declaration.shared && dropped.what != WhatWasDropped::Nothing {
                place.record("drop", database, json!({ "name": dropped.name })).await;
            }
            all.push(dropped);
        }
        let roles = if self.roles { drop_roles(administrator, databases).await? } else { Vec::new() };
        for role in &roles {
            text.push_str(&match &role.kept {
                None => format!("role {} removed\n", role.name),
                Some(why) => format!("role {} stays: {why}\n", role.name),
            });
        }
        if !self.roles {
            text.push_str("Their roles stay; --roles removes them where nothing else needs them.\n");
        }
        if self.guarded.json { print_json(&json!({ "databases": all, "roles": roles })) } else { print(&text) }
    }
}

/// Those of the databases that are there, none of which is protected or has connections, unless these are cut off.
///
/// # Errors
/// One is protected, has connections, or cannot be reached.
pub async fn removable(
    administrator: &Administrator,
    databases: &[Database],
    neighbours: &[Database],
    force: bool,
) -> Result<Vec<Database>, Failure> {
    let mut there = Vec::new();
    for database in databases {
        if administrator.has(database).await? {
            if !force {
                administrator.nobody_is_connected(database).await?;
            }
            there.push(database.clone());
        }
    }
    unprotected(&there, neighbours).await?;
    Ok(there)
}

async fn drop_roles(administrator: &Administrator, databases: &[Database]) -> Result<Vec<DroppedRole>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for name in databases.iter().flat_map(Database::roles) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut roles = Vec::new();
    for name in names {
        roles.extend(administrator.drop_role(&name).await?);
    }
    Ok(roles)
}

/// What is gone, for people.
pub fn line(dropped: &Dropped) -> String {
    let Dropped { database, name, what } = dropped;
    match what {
        WhatWasDropped::Nothing => format!("{database}: there is no database {name}\n"),
        WhatWasDropped::Database => format!("{database}: database {name} removed\n"),
        WhatWasDropped::Part { schemas, tables, beside } => {
            let gone: Vec<String> = schemas
                .iter()
                .map(|schema| format!("schema {schema}"))
                .chain(tables.iter().map(|table| format!("table {table}")))
                .collect();
            format!("{database}: {} removed; the database {name} stays, {} is in it\n", gone.join(", "), beside.join(", "))
        }
    }
}
