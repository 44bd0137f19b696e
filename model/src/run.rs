//! Runs: one execution of an import, its undoing, a transformation or an export each, with its history row.

mod query;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::RunId;
use crate::integration::Release;
use crate::preview::Preview;
use crate::transformation::{Check, TargetChange};

pub use query::{RunQuery, RunSort};

/// What kind of work a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Files of one kind into the workspace.
    Import,
    /// The version before an import's back into the workspace.
    Undo,
    /// Workspace into reference tables.
    Transformation,
    /// Reference tables into a file.
    Export,
}

impl Operation {
    /// Every kind of work.
    pub const ALL: &'static [Self] = &[Self::Import, Self::Undo, Self::Transformation, Self::Export];

    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Undo => "undo",
            Self::Transformation => "transformation",
            Self::Export => "export",
        }
    }
}

/// Where a run stands. It says what happened to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Its files are here; it waits for its turn.
    Queued,
    /// At work, or its server has died and nobody has noticed yet.
    Running,
    /// Read and compared; it waits for somebody to say that it is to be published.
    Waiting,
    /// Published, completely.
    Succeeded,
    /// Nothing was changed.
    Failed,
    /// Somebody ended it; nothing was changed.
    Cancelled,
    /// It had been published, and the version before it has been brought back.
    Undone,
}

impl RunState {
    /// Every state.
    pub const ALL: &'static [Self] =
        &[Self::Queued, Self::Running, Self::Waiting, Self::Succeeded, Self::Failed, Self::Cancelled, Self::Undone];

    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Undone => "undone",
        }
    }

    /// Whether nothing more will happen by itself or by being confirmed.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running | Self::Waiting)
    }

    /// Whether the machine is at it or will be, so that looking again is worth while.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
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
    /// Looking at what the files are.
    Recognizing,
    /// Reading, checking and copying rows to where nobody sees them yet.
    Copying,
    /// Computing from other tables.
    Computing,
    /// Looking whether what was made is as it must be.
    Checking,
    /// Making keys and statistics.
    Indexing,
    /// Comparing the new rows with those that they would replace.
    Comparing,
    /// Putting the new rows in the old ones' place.
    Publishing,
}

impl Stage {
    /// Every stage.
    pub const ALL: &'static [Self] =
        &[Self::Recognizing, Self::Copying, Self::Computing, Self::Checking, Self::Indexing, Self::Comparing, Self::Publishing];

    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recognizing => "recognizing",
            Self::Copying => "copying",
            Self::Computing => "computing",
            Self::Checking => "checking",
            Self::Indexing => "indexing",
            Self::Comparing => "comparing",
            Self::Publishing => "publishing",
        }
    }

    /// The stage with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| stage.name() == name)
    }
}

/// A file that an import reads: the first of them, in lists.
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
    /// The file, of an import; the first, where it has several.
    pub file: Option<RunFile>,
    /// How many files it has.
    pub files: u64,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Bytes read so far.
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
    /// When it was asked for.
    pub started_at: DateTime<Utc>,
    /// Since when it is, or was last, worked on.
    pub working_since: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Run {
    /// Rows of everything that it published.
    pub fn rows_published(&self) -> u64 {
        self.published.iter().map(|published| published.rows).sum()
    }

    /// Milliseconds that it was worked on, up to its end.
    pub fn milliseconds(&self) -> Option<u64> {
        let finished = self.finished_at?;
        u64::try_from((finished - self.working_since.unwrap_or(self.started_at)).num_milliseconds()).ok()
    }

    /// What it is of, for people: its file, how many more there are, or the operation's subject.
    pub fn title(&self) -> String {
        match (&self.file, self.files) {
            (Some(file), 0 | 1) => file.name.clone(),
            (Some(file), files) => format!("{} and {} more", file.name, files - 1),
            (None, _) => self.subject.clone().unwrap_or_else(|| self.operation.name().to_owned()),
        }
    }
}

/// A row of a file that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The file, where the run has several.
    pub file: Option<String>,
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<String>,
    /// The rule that it breaks, as a sentence.
    pub reason: String,
    /// The value as it stood in the file, cut at 200 characters.
    pub value: String,
}

/// A file of an import, as the run's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    /// Its place among the run's files, from 1.
    pub ordinal: u32,
    /// The file.
    pub file: RunFile,
    /// The archive that it came in.
    pub archive: Option<String>,
    /// Its edition, where it tells.
    pub release: Option<Release>,
    /// Rows read.
    pub rows_read: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// Why it was left out, in one sentence.
    pub failure: Option<String>,
    /// Whether the original can be downloaded.
    pub kept: bool,
}

/// How long a stage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// The stage.
    pub stage: Stage,
    /// Its time.
    pub milliseconds: u64,
}

/// How two runs belong together, seen from the run that has the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// It corrects rows that the other rejected.
    Corrects,
    /// The other corrects rows that it rejected.
    CorrectedBy,
    /// It brings back what was before the other.
    Undoes,
    /// The other brought back what was before it.
    UndoneBy,
    /// It starts the other again.
    Repeats,
    /// The other started it again.
    RepeatedBy,
    /// The other has the same bytes, and they are live.
    SameBytes,
}

/// Another run that belongs to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLink {
    /// How.
    pub kind: LinkKind,
    /// Which.
    pub run_id: RunId,
}

/// A table that was made from what a run published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// The table.
    pub relation: String,
    /// The transformation that fills it.
    pub made_by: Option<String>,
    /// The run that made it.
    pub run_id: RunId,
    /// When.
    pub published_at: DateTime<Utc>,
    /// Whether what it was made from has changed since.
    pub stale: bool,
}

/// A run with everything that its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// Its files: those that were left out first, [`FILES_SHOWN`] at most.
    pub files: Vec<ImportedFile>,
    /// The first rejected rows, in the files' order, [`REJECTS_KEPT`] at most.
    pub rejects: Vec<Reject>,
    /// Whether the list of all rejected rows can be downloaded.
    pub rejects_kept: bool,
    /// What it would change, or has changed, once that is known.
    pub preview: Option<Preview>,
    /// How long each stage took.
    pub timings: Vec<Timing>,
    /// What was found of the conditions that hold of what it made.
    pub checks: Vec<Check>,
    /// How what it made differs from what it replaced, a table each.
    pub changes: Vec<TargetChange>,
    /// Runs that belong to it.
    pub links: Vec<RunLink>,
    /// What was derived from it.
    pub derived: Vec<Derived>,
    /// Whether it is live and can be undone.
    pub undoable: bool,
    /// Whether its files are kept, so that it can be started again.
    pub repeatable: bool,
}

/// How many rejected rows a run shows; all of them are in the list that is downloaded.
pub const REJECTS_KEPT: usize = 100;
/// How many of its files a run shows.
pub const FILES_SHOWN: usize = 100;
