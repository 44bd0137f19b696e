//! `handled db create`.

use clap::Args;
use database_tool::{Administrator, Created, Database, DatabaseKind};
use serde_json::json;

use super::mark::kind;
use super::place::Place;
use super::{CLEAN, Chosen};
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Makes the databases and their roles where they are missing: an owner of the structure, the application's role, and one that only
/// reads, with the passwords of their addresses. What is there already is left as it is. Needs an administrator of the server: the
/// address that databases.toml names as admin_url, or PGHOST, PGPORT, PGUSER and PGPASSWORD.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db create\n  handled db create data --mark development\n\nExit codes: 0 everything is there, 1 the server refused \
     it, 4 it cannot be reached, 5 somebody else is at work on it."
)]
pub struct Create {
    #[command(flatten)]
    chosen: Chosen,
    /// Mark the databases that this makes: production, staging, development or test.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    mark: Option<DatabaseKind>,
}

impl Create {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let databases = place.databases(&self.chosen.databases)?;
        place.with_administrator(async |administrator| self.all(administrator, &databases).await).await?;
        Ok(CLEAN)
    }

    async fn all(&self, administrator: &Administrator, databases: &[Database]) -> Result<(), Failure> {
        let mut all = Vec::new();
        for database in databases {
            let created = database.create(administrator).await?;
            let mark = self.mark.filter(|_| created.made);
            if let Some(kind) = mark {
                let pool = database.owner_pool();
                let result = database.mark(&pool, kind).await;
                pool.close().await;
                result?;
            }
            if !self.chosen.json {
                print(&lines(&created, mark))?;
            }
            all.push(
                json!({ "database": created.database, "name": created.name, "made": created.made, "roles": created.roles, "marked": mark }),
            );
        }
        if self.chosen.json { print_json(&all) } else { Ok(()) }
    }
}

/// What was made, for people.
pub fn lines(created: &Created, mark: Option<DatabaseKind>) -> String {
    let Created { database, name, made, roles } = created;
    let mut text = String::new();
    for role in roles {
        let what = match (role.made, role.password) {
            (true, true) => "made",
            (true, false) => "made, without a password: its address has none",
            (false, _) => "was there; its password is as it was",
        };
        text.push_str(&format!("{database}: role {} ({}) {what}\n", role.name, role.role_use.words()));
    }
    let what = if *made { "made" } else { "was there" };
    let marked = mark.map_or_else(String::new, |kind| format!(", marked {kind}"));
    text.push_str(&format!("{database}: database {name} {what}{marked}\n"));
    text
}
