//! Transformations: what is derived from the workspace.

use serde::{Deserialize, Serialize};

use crate::health::Relation;
use crate::run::Run;

/// What a transformation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TransformationContract {
    /// Its name in commands and addresses.
    pub name: &'static str,
    /// What it does, as a sentence for people.
    pub purpose: &'static str,
    /// The relations that it reads.
    pub sources: &'static [&'static str],
    /// The relations that it publishes.
    pub targets: &'static [&'static str],
}

/// Every transformation.
pub const TRANSFORMATIONS: &[TransformationContract] = &[TransformationContract {
    name: "zip3",
    purpose: "Sums ZIPs to their three-digit areas: population, state, city and centroid from SimpleMaps, land and water from the gazetteer.",
    sources: &["workspace.us_zips", "workspace.gaz_zcta"],
    targets: &["reference.zip3_demographics", "reference.zip3_centroids"],
}];

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
    /// Its latest run.
    pub latest: Option<Run>,
}
