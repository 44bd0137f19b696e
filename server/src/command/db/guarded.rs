//! What stands before commands that take away: the databases' own protection, and a name that somebody types.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use clap::Args;
use database_tool::Database;

use super::place::Place;
use crate::failure::Failure;

/// Which databases, who says so, and how to print.
#[derive(Debug, Args)]
pub struct Guarded {
    /// The databases; all where none is named.
    pub databases: Vec<String>,
    /// Go on without asking for this database's name; once for each database.
    #[arg(long, value_name = "NAME")]
    pub yes: Vec<String>,
    /// How many seconds to wait while somebody else is at work; 0 does not wait.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

impl Guarded {
    /// The chosen databases in order of dependence, which wait for others as long as was said.
    ///
    /// # Errors
    /// As [`Place::databases`].
    pub fn chosen(&self, place: &Place) -> Result<Vec<Database>, Failure> {
        let mut chosen = place.databases(&self.databases)?;
        for database in &mut chosen {
            database.migrator.operator.patience = Duration::from_secs(self.wait);
        }
        Ok(chosen)
    }
}

impl Place {
    /// Every database of the workspace whose address is known: those that may stand beside another in one database of the server.
    /// One without an address cannot be looked at, and stands beside none as far as anybody can tell.
    pub fn neighbours(&self) -> Vec<Database> {
        let names = self.workspace.databases.iter().map(|declaration| declaration.name.clone());
        names.filter_map(|name| self.databases(&[name]).ok()).flatten().collect()
    }
}

/// Refuses where one of the databases is protected; nothing was touched then.
///
/// # Errors
/// One is, or cannot be reached.
pub async fn unprotected(databases: &[Database], neighbours: &[Database]) -> Result<(), Failure> {
    for database in databases {
        let pool = database.owner_pool();
        let result = database.protection(&pool, neighbours).await;
        pool.close().await;
        result?;
    }
    Ok(())
}

/// Has the name of each database typed, unless `yes` has it. `doing` is what will be done, as in `empties every table of`.
///
/// # Errors
/// Another name was typed, nobody is there to type, or `yes` has a name that is none of theirs.
pub async fn confirmed(doing: &str, databases: &[Database], yes: &[String]) -> Result<(), Failure> {
    if let Some(name) = yes.iter().find(|name| !databases.iter().any(|database| database.name() == name.as_str())) {
        return Err(Failure::Said(format!("--yes {name} is not one of the databases that this is about; nothing was changed.")));
    }
    for database in databases.iter().filter(|database| !yes.iter().any(|name| name == database.name())) {
        let name = database.name();
        let question = format!("This {doing} {name} ({}).\nType its name, {name}, to go on: ", database.addresses.owner().redacted());
        if !std::io::stdin().is_terminal() {
            return Err(Failure::Said(format!(
                "This {doing} {name}, and nobody is at a terminal to type its name; say --yes {name} if that is meant."
            )));
        }
        if ask(question).await?.trim() != name {
            return Err(Failure::Said(format!("That is not {name}; nothing was changed.")));
        }
    }
    Ok(())
}

/// Asks at the terminal. On a thread of its own, which nobody waits for after Ctrl-C.
///
/// # Errors
/// Nothing can be read.
pub async fn ask(question: String) -> Result<String, Failure> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let mut out = std::io::stderr();
        let asked = out.write_all(question.as_bytes()).and_then(|()| out.flush()).and_then(|()| std::io::stdin().read_line(&mut line));
        // Nobody listens any more after Ctrl-C.
        let _ = sender.send(asked.map(|_| line));
    });
    let answer = receiver.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    answer.map_err(|source| Failure::Machine { doing: "Reading the name", source })
}
