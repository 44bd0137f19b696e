//! Whether the databases answer, and what they hold.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::RunId;
use crate::integration::Release;
use crate::run::Run;
use crate::transformation::Cause;

/// Whether one database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// It answers.
    Connected,
    /// It does not.
    Disconnected,
}

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseHealth {
    /// PRIMARY.
    pub primary: Connection,
    /// DATA.
    pub data: Connection,
}

/// How the whole is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Both databases answer.
    Healthy,
    /// DATA does not answer: accounts and history work, imports and answers do not.
    Degraded,
    /// PRIMARY does not answer: nobody can sign in.
    Unhealthy,
}

/// What `GET /api/health` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// How the whole is.
    pub status: Status,
    /// How each database is.
    pub databases: DatabaseHealth,
    /// When this was measured.
    pub timestamp: DateTime<Utc>,
}

impl Health {
    /// The health that follows from the databases'.
    pub fn new(databases: DatabaseHealth, timestamp: DateTime<Utc>) -> Self {
        let status = match (databases.primary, databases.data) {
            (Connection::Connected, Connection::Connected) => Status::Healthy,
            (Connection::Connected, Connection::Disconnected) => Status::Degraded,
            (Connection::Disconnected, _) => Status::Unhealthy,
        };
        Self { status, databases, timestamp }
    }
}

/// A published relation and where its rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Its stable name, `workspace.us_zips`.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// When they were published; never, when nothing has been.
    pub published_at: Option<DateTime<Utc>>,
    /// Of which edition they are, where that is known.
    pub release: Option<Release>,
    /// The latest run that published some of them.
    pub run_id: Option<RunId>,
    /// The transformation that fills it, of a derived relation.
    pub made_by: Option<String>,
    /// What has changed since, of what a derived relation rests on; empty while it is up to date.
    pub stale_by: Vec<Cause>,
}

impl Relation {
    /// A relation whose rows came with the platform.
    pub fn seeded(name: &str, rows: u64) -> Self {
        Self { name: name.to_owned(), rows, published_at: None, release: None, run_id: None, made_by: None, stale_by: Vec::new() }
    }

    /// Whether it was made from rows that have changed since.
    pub fn is_stale(&self) -> bool {
        !self.stale_by.is_empty()
    }
}

/// Everything that the overview shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// How the databases are.
    pub health: Health,
    /// Whether PRIMARY and DATA are two databases.
    pub split: bool,
    /// The relations of workspace and reference; none where DATA does not answer.
    pub relations: Option<Vec<Relation>>,
    /// The latest runs, those that the reader may see.
    pub runs: Vec<Run>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_has_the_wire_format_that_monitors_read() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
        let databases = DatabaseHealth { primary: Connection::Connected, data: Connection::Disconnected };
        assert_eq!(
            serde_json::to_string(&Health::new(databases, at)).expect("json"),
            r#"{"status":"degraded","databases":{"primary":"connected","data":"disconnected"},"timestamp":"2023-11-14T22:13:20Z"}"#
        );
    }
}
