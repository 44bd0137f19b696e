//! Exports: files that other systems read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::health::Relation;
use crate::id::RunId;
use crate::integration::Release;
use crate::run::Run;
use crate::transformation::{Cause, Freshness};

/// An export with what it is made from and its latest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportState {
    /// The file's name, which is also the export's.
    pub name: String,
    /// What it holds, as a sentence for people.
    pub purpose: String,
    /// Its media type.
    pub media_type: String,
    /// What it is made from; the first is what it cannot be made without.
    pub sources: Vec<Relation>,
    /// Whether it would hold what its sources' sources say now; [`Freshness::Waiting`] where it cannot be made yet.
    pub freshness: Freshness,
    /// What has changed since its sources were made. Taking it then has to be agreed to.
    pub stale_by: Vec<Cause>,
    /// The latest time that somebody took it.
    pub latest: Option<Run>,
}

impl ExportState {
    /// Whether it would hold older rows than there are.
    pub fn is_stale(&self) -> bool {
        !self.stale_by.is_empty()
    }
}

/// Where the content of an export's file comes from: what stands in the file beside it, `zone-matrix.json.sources.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSources {
    /// The file's name.
    pub export: String,
    /// The file's size.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// What it is made from: the same for the same published data, without the quotes that a header puts round it.
    pub etag: String,
    /// When the latest of its sources was published.
    pub last_modified: DateTime<Utc>,
    /// Whether something that its sources rest on has changed since they were made.
    pub stale: bool,
    /// What has, and by which run.
    pub stale_by: Vec<Cause>,
    /// The tables that it is made from.
    pub sources: Vec<ExportSource>,
}

/// A table that an export is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportSource {
    /// Its stable name, `reference.delivery_matrix`.
    pub relation: String,
    /// Its rows.
    pub rows: u64,
    /// When these were published.
    pub published_at: Option<DateTime<Utc>>,
    /// The run that published them.
    pub run_id: Option<RunId>,
    /// The imports whose rows it was made from, however many steps away.
    pub imports: Vec<ImportSource>,
}

/// An import whose rows went into something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSource {
    /// The table that it filled.
    pub relation: String,
    /// The run.
    pub run_id: RunId,
    /// The edition of its files, where they tell.
    pub release: Option<Release>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// What the name of the file beside an export's ends in.
pub const SOURCES_ENDING: &str = ".sources.json";
