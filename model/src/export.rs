//! Exports: files that other systems read.

use serde::{Deserialize, Serialize};

use crate::health::Relation;
use crate::run::Run;

/// What an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ExportContract {
    /// The file's name, which is also the export's.
    pub name: &'static str,
    /// What it holds, as a sentence for people.
    pub purpose: &'static str,
    /// The relation that it is made from.
    pub source: &'static str,
    /// Its media type.
    pub media_type: &'static str,
}

/// Every export.
pub const EXPORTS: &[ExportContract] = &[ExportContract {
    name: "zip3-reference.json",
    purpose: "Centroid, city, state and population of every ZIP3.",
    source: "reference.zip3_demographics",
    media_type: "application/json",
}];

/// An export with the relation that it is made from and its latest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportState {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub purpose: String,
    /// What it is made from.
    pub source: Relation,
    /// The latest time that somebody took it.
    pub latest: Option<Run>,
}
