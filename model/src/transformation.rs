//! Transformations: what is derived from the workspace, what it rests on, and whether that has changed since.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::health::Relation;
use crate::id::RunId;
use crate::preview::Change;
use crate::run::Run;

/// What was found when a condition was looked at that must hold of what a transformation made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The condition, for people: `Every pair of USPS's ZIP3s is there`.
    pub name: String,
    /// Whether it holds. What was made is published only where all do.
    pub passed: bool,
    /// What was counted; where it does not hold, what is wrong and where first.
    pub finding: String,
}

/// How what a transformation made differs from what it replaces, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetChange {
    /// Of which table.
    pub relation: String,
    /// Its rows now.
    pub rows: u64,
    /// Rows whose key is new.
    pub added: u64,
    /// Rows whose key is gone.
    pub removed: u64,
    /// Rows whose key stayed and whose values changed.
    pub changed: u64,
    /// Rows that stayed as they were.
    pub unchanged: u64,
    /// The columns of the key, to which the samples' keys belong.
    pub key: Vec<String>,
    /// Some rows of each sort.
    pub samples: Vec<Change>,
}

/// A change that made something stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The table that has changed since.
    pub relation: String,
    /// The run that changed it last: an import, an undoing, another transformation.
    pub run_id: Option<RunId>,
}

/// Whether what a transformation publishes is what its sources say now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// None of its sources has rows yet.
    Waiting,
    /// It could run and never has.
    New,
    /// Nothing that it rests on has changed since.
    Current,
    /// Something that it rests on has.
    Stale,
}

impl Freshness {
    /// The name for people and programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::New => "new",
            Self::Current => "current",
            Self::Stale => "stale",
        }
    }

    /// Whether running it would bring something up to date.
    pub const fn wants_run(self) -> bool {
        matches!(self, Self::New | Self::Stale)
    }
}

/// A transformation with what it would read, what it has published and its latest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransformationState {
    /// Its name.
    pub name: String,
    /// What it does.
    pub purpose: String,
    /// What it reads.
    pub sources: Vec<Relation>,
    /// What it publishes.
    pub targets: Vec<Relation>,
    /// Whether that is up to date.
    pub freshness: Freshness,
    /// What has changed since, here or further up.
    pub stale_by: Vec<Cause>,
    /// Its latest run.
    pub latest: Option<Run>,
    /// What was found of the conditions that were looked at in that run.
    pub checks: Vec<Check>,
}

/// What a node of the lineage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A table that imports fill.
    Imported,
    /// What people have set.
    Setting,
    /// A transformation.
    Transformation,
    /// A table that a transformation fills.
    Derived,
    /// A file that other systems read.
    Export,
}

/// A node of the lineage: a table, a transformation, an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name, which no other node has.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// How it stands.
    pub freshness: Freshness,
    /// Its latest run, of a transformation: whether it is at work, or failed.
    pub run: Option<Run>,
    /// Its rows, of a table.
    pub rows: Option<u64>,
    /// When it was published, or last taken.
    pub at: Option<DateTime<Utc>>,
    /// The run that published it.
    pub run_id: Option<RunId>,
    /// What has changed since.
    pub stale_by: Vec<Cause>,
}

/// How files become answers: what is made from what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Every node, sources before what is made from them.
    pub nodes: Vec<Node>,
    /// From which to which, by their places in `nodes`.
    pub edges: Vec<(u32, u32)>,
}

/// Everything that is known of transformations at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transformations {
    /// How files become answers.
    pub lineage: Lineage,
    /// Every transformation, each after those whose tables it reads.
    pub list: Vec<TransformationState>,
}

/// Which transformations somebody wants to have run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// This one.
    One(String),
    /// Those that are stale or have never run, and what rests on them.
    Stale,
    /// Every one that has something to read.
    All,
}

/// The runs that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// Each with its transformation, in an order in which each comes after what it rests on.
    pub runs: Vec<(String, RunId)>,
}
