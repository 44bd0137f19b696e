//! `handled db connections`.

use clap::Args;
use database_tool::Connections as Connected;
use model::format::counted;

use super::Chosen;
use super::place::Place;
use super::reading::ask_each;
use crate::failure::Failure;

/// Shows who is connected to each database, and whether that is more than it should be (connection_alert in databases.toml). The one that
/// asks counts as well. Behind a pooler these are the pooler's connections to the server. What other roles do can be seen by members of
/// pg_monitor alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db connections\n  handled db connections primary --json\n\nExit codes: 0 shown, also where there are too many (it is \
     a matter of the moment; over_alert in the JSON is for who watches), 4 a database cannot be reached."
)]
pub struct Connections {
    #[command(flatten)]
    chosen: Chosen,
}

impl Connections {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        ask_each(place, &self.chosen, async |database, pool| database.declaration.own().connections(pool).await, text).await
    }
}

fn text(connected: &Connected) -> String {
    let states: Vec<String> = connected.by_state.iter().map(|(state, open)| format!("{open} {state}")).collect();
    let limit = if connected.over_alert { "OVER the limit of" } else { "the limit is" };
    let mut text = format!(
        "{}: {} ({}), {limit} {}; the server has {} of {} at most\n",
        connected.database,
        counted(connected.open.unsigned_abs(), "connection", "connections"),
        states.join(", "),
        connected.alert,
        connected.server_open,
        connected.server_max
    );
    for group in &connected.groups {
        let name = if group.application.is_empty() { "(without a name)" } else { &group.application };
        let idle = match group.idle_in_transaction {
            None => ", what it does is not visible".to_owned(),
            Some(0) => String::new(),
            Some(idle) => format!(", {idle} idle in a transaction"),
        };
        text.push_str(&format!("  {:>4}  {name} as {}{idle}\n", group.open, group.role));
    }
    text
}
