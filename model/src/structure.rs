//! The databases from the outside: where their migrations stand, how much room they take, who is connected.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Both databases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structures {
    /// Whether PRIMARY and DATA are two databases.
    pub split: bool,
    /// PRIMARY; nothing where it does not answer.
    pub primary: Option<Structure>,
    /// DATA; nothing where it does not answer.
    pub data: Option<Structure>,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// What its migrations come to.
    pub verdict: Verdict,
    /// Its migrations, newest first.
    pub migrations: Vec<Migration>,
    /// Schemas that its history says were made, and that are gone.
    pub missing_schemas: Vec<String>,
    /// How much room it takes; nothing where somebody has locked a table of it.
    pub room: Option<Room>,
    /// Who is connected.
    pub connected: Connected,
}

/// What migrations come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every one is applied as this program has it.
    Clean,
    /// Some are yet to be applied.
    Pending,
    /// The database and this program do not agree.
    Strange,
}

/// A migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// Its number.
    pub version: i32,
    /// What it does, as its file is called.
    pub name: String,
    /// Where it stands.
    pub state: MigrationState,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// The role that applied it.
    pub applied_by: Option<String>,
    /// How long that took.
    pub milliseconds: Option<u64>,
}

/// Where a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationState {
    /// In the database, as this program has it.
    Applied,
    /// Not in the database yet.
    Pending,
    /// In the database, but this program has another.
    Modified,
    /// In the database, but unknown to this program.
    Missing,
    /// In the database, but under another number.
    Renumbered,
    /// Not in the database, though a later one is.
    OutOfOrder,
    /// Begun, and not brought to its end.
    Failed,
}

/// The room that a database takes, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// All of the database on its server.
    pub total: u64,
    /// The part that is its own.
    pub own: u64,
    /// How many tables are its own.
    pub tables: u64,
    /// The largest of these.
    pub largest: Vec<TableRoom>,
}

/// The room that a table takes, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRoom {
    /// The table with its schema.
    pub name: String,
    /// All of it.
    pub total: u64,
    /// Its indexes.
    pub indexes: u64,
    /// How many rows it has, about; nothing where there are no statistics yet.
    pub rows: Option<u64>,
}

/// Who is connected to a database on its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// How many connections are open.
    pub open: u64,
    /// Above how many there are too many.
    pub alert: u64,
    /// How many the server has, of all its databases together.
    pub server_open: u64,
    /// How many it takes.
    pub server_max: u64,
    /// How many by what they do.
    pub by_state: BTreeMap<String, u64>,
    /// Who they are, most first.
    pub groups: Vec<ConnectedGroup>,
}

/// Connections of one program as one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedGroup {
    /// How the program calls itself; empty where it does not.
    pub application: String,
    /// The role.
    pub role: String,
    /// How many.
    pub open: u64,
    /// How many have a transaction open and do nothing in it; nothing where that is not to be seen.
    pub idle_in_transaction: Option<u64>,
}

impl Connected {
    /// Whether there are too many.
    pub fn is_over_alert(&self) -> bool {
        self.open > self.alert
    }
}
