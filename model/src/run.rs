//! Runs: one execution of an import, a transformation or an export each, with its history row.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::RunId;

/// What kind of work a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A file into the workspace.
    Import,
    /// Workspace into reference tables.
    Transformation,
    /// Reference tables into a file.
    Export,
}

impl Operation {
    /// Every kind of work.
    pub const ALL: &'static [Self] = &[Self::Import, Self::Transformation, Self::Export];

    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Transformation => "transformation",
            Self::Export => "export",
        }
    }
}

/// Where a run stands. It says what happened to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// At work, or its server has died and nobody has noticed yet.
    Running,
    /// Published, completely.
    Succeeded,
    /// Nothing was changed.
    Failed,
}

impl RunState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Running, Self::Succeeded, Self::Failed];

    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Running)
    }
}

/// The text names no such state or operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of the known names")]
pub struct UnknownName(pub String);

impl std::str::FromStr for RunState {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.iter().copied().find(|state| state.name() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl std::str::FromStr for Operation {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.iter().copied().find(|operation| operation.name() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a run is doing, in the order in which it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looking at what the file is.
    Recognizing,
    /// Reading, checking and copying rows into a table that nobody sees yet.
    Copying,
    /// Computing from other tables.
    Computing,
    /// Making keys and statistics.
    Indexing,
    /// Putting the new rows in the old ones' place.
    Publishing,
}

impl Stage {
    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recognizing => "recognizing",
            Self::Copying => "copying",
            Self::Computing => "computing",
            Self::Indexing => "indexing",
            Self::Publishing => "publishing",
        }
    }

    /// The stage with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Recognizing, Self::Copying, Self::Computing, Self::Indexing, Self::Publishing].into_iter().find(|stage| stage.name() == name)
    }
}

/// The file that an import read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    /// Its name, as the user had it.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A table that a run published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The relation's stable name, `workspace.us_zips`.
    pub relation: String,
    /// Its rows now.
    pub rows: u64,
}

/// A run as lists and its own page show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// What kind of work.
    pub operation: Operation,
    /// Of what: a file kind, a transformation, an export; none for a file that was not recognised.
    pub subject: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// What it is doing, while it runs.
    pub stage: Option<Stage>,
    /// Who asked for it: a user's e-mail address or `system:<OS user>`.
    pub actor: String,
    /// The file, of an import.
    pub file: Option<RunFile>,
    /// Bytes of the file read so far.
    pub bytes_read: u64,
    /// Rows read so far.
    pub rows_read: u64,
    /// Rows rejected so far.
    pub rows_rejected: u64,
    /// What it published, once it has.
    pub published: Vec<Published>,
    /// What the reader should know of a run that went well, a sentence each.
    pub notes: Vec<String>,
    /// Why it failed, in one sentence.
    pub failure: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Run {
    /// Rows of everything that it published.
    pub fn rows_published(&self) -> u64 {
        self.published.iter().map(|published| published.rows).sum()
    }

    /// Milliseconds from its beginning to its end.
    pub fn milliseconds(&self) -> Option<u64> {
        let finished = self.finished_at?;
        u64::try_from((finished - self.started_at).num_milliseconds()).ok()
    }
}

/// A row of a file that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<String>,
    /// The rule that it breaks, as a sentence.
    pub reason: String,
    /// The value as it stood in the file, cut at 200 characters.
    pub value: String,
}

/// A run with the rows that it rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// The first rejected rows, in the file's order, [`REJECTS_KEPT`] at most.
    pub rejects: Vec<Reject>,
}

/// How many rejected rows a run keeps; it counts all of them.
pub const REJECTS_KEPT: usize = 1_000;

/// Which runs a list shows. Everything is optional, and all of it stands in the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunQuery {
    /// Only this kind of work.
    pub operation: Option<Operation>,
    /// Only this file kind, transformation or export.
    pub subject: Option<String>,
    /// Only runs in this state.
    pub state: Option<RunState>,
    /// The order.
    #[serde(default)]
    pub sort: RunSort,
    /// The page, from 1; 0 is taken for 1.
    #[serde(default)]
    pub page: u32,
}

/// How a list of runs is sorted, as the address writes it: `-` for descending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunSort {
    /// The latest first.
    #[default]
    #[serde(rename = "-started")]
    StartedDescending,
    /// The oldest first.
    #[serde(rename = "started")]
    StartedAscending,
    /// The most rows first.
    #[serde(rename = "-rows")]
    RowsDescending,
    /// The fewest rows first.
    #[serde(rename = "rows")]
    RowsAscending,
}

impl RunSort {
    /// Every order, each with its name in addresses.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::StartedDescending, "-started"),
        (Self::StartedAscending, "started"),
        (Self::RowsDescending, "-rows"),
        (Self::RowsAscending, "rows"),
    ];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("-started", |(_, name)| name)
    }

    /// The order with this name in addresses; the default for any other text.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(sort, _)| *sort).unwrap_or_default()
    }
}
