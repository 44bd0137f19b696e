//! Previews: what an import would change, and what somebody must agree to before it does.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::RunId;
use crate::integration::{Drift, Limits, Release};

/// How many changed rows a preview shows of each sort.
pub const SAMPLES: usize = 10;

/// What an import would change, or has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Rows that the table, or the origins that the files hold, would have.
    pub rows: u64,
    /// Rows whose key is new.
    pub added: u64,
    /// Rows whose key goes.
    pub removed: u64,
    /// Rows whose key stays and whose values change.
    pub changed: u64,
    /// Rows that stay as they are.
    pub unchanged: u64,
    /// Some of each sort.
    pub samples: Vec<Change>,
    /// How the files' columns differ from the contract's.
    pub drift: Drift,
    /// What is replaced: its run and release, where there is something.
    pub replaces: Option<Replaced>,
    /// What somebody must agree to first.
    pub questions: Vec<Question>,
}

/// What a version takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The run that made it; the latest, of several origins.
    pub run_id: RunId,
    /// Its rows.
    pub rows: u64,
    /// Its release, where known.
    pub release: Option<Release>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// What happens to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// Its values change.
    Changed,
}

/// A row that would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happens to it.
    pub kind: ChangeKind,
    /// Its key, a value for each key column.
    pub key: Vec<String>,
    /// The columns whose values change; of an added or removed row, those that have a value.
    pub cells: Vec<ChangedCell>,
}

/// A value that would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedCell {
    /// The column.
    pub column: String,
    /// The value now; none where empty or new.
    pub before: Option<String>,
    /// The value then; none where empty or gone.
    pub after: Option<String>,
}

/// Something that an import does not do unasked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// Codes have lost their leading zeros, which would be put back.
    LeadingZeros {
        /// How many.
        count: u64,
        /// The first: `line 2, zip 601 as 00601`.
        first: String,
    },
    /// A release would take the place of a newer one.
    OlderRelease {
        /// The file's.
        file: Release,
        /// The live one's.
        live: Release,
    },
}

/// What somebody has agreed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Lost leading zeros may be put back.
    #[serde(default)]
    pub leading_zeros: bool,
    /// An older release may take a newer one's place.
    #[serde(default)]
    pub older_release: bool,
    /// Bytes that are live already may be imported again.
    #[serde(default)]
    pub same_bytes: bool,
}

impl Consent {
    /// Whether it answers the question.
    pub fn covers(&self, question: &Question) -> bool {
        match question {
            Question::LeadingZeros { .. } => self.leading_zeros,
            Question::OlderRelease { .. } => self.older_release,
        }
    }
}

/// How files are to be imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Whether the run waits for somebody to confirm it once its preview is there.
    #[serde(default)]
    pub preview: bool,
    /// What is agreed to beforehand.
    #[serde(default)]
    pub consent: Consent,
    /// Other limits than the kind's.
    #[serde(default)]
    pub limits: Option<Limits>,
}
