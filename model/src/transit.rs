//! Transit: how long every service of every carrier takes from one place to another, and where each figure comes from.

mod code;
mod distance;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError};
use crate::id::RunId;
use crate::matrix::{Accuracy, DaysSource};
use crate::transformation::{Cause, Freshness};

pub use code::{Code, CodeError};
pub use distance::{Point, miles_between};

/// From where to where, as somebody has typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TransitQuery {
    /// A ZIP or a ZIP3.
    pub from: String,
    /// A ZIP or a ZIP3.
    pub to: String,
}

impl TransitQuery {
    /// Whether nothing has been typed.
    pub fn is_empty(&self) -> bool {
        self.from.trim().is_empty() && self.to.trim().is_empty()
    }

    /// The two codes.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a sentence for each that is none.
    pub fn codes(&self) -> Result<(Code, Code), Error> {
        let wrong = |field: &str, error: CodeError| FieldError { field: field.to_owned(), message: error.to_string() };
        match (self.from.parse::<Code>(), self.to.parse::<Code>()) {
            (Ok(from), Ok(to)) => Ok((from, to)),
            (from, to) => {
                let fields = [from.err().map(|error| wrong("from", error)), to.err().map(|error| wrong("to", error))];
                Err(Error::Invalid { fields: fields.into_iter().flatten().collect() })
            }
        }
    }
}

/// One end of the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// What was asked for.
    pub code: Code,
    /// Its city: of a ZIP its own, of an area that of its most populous ZIP; none where it is not known.
    pub city: Option<String>,
    /// Its state, two letters: of an area the most frequent.
    pub state: Option<String>,
    /// Its centroid: of an area weighted by population.
    pub point: Option<Point>,
}

/// A run that brought a figure, with the file that it read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The imported table: `workspace.usps_3d`.
    pub relation: String,
    /// The file's name, as whoever imported it had it; none where the run is not known any more.
    pub file: Option<String>,
    /// The import.
    pub run_id: RunId,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Who imported it.
    pub by: Option<String>,
}

/// What a figure holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All ZIPs of the one area to all of the other: what the delivery matrix says.
    Areas,
    /// All ZIPs of the one area to this very ZIP: what the grid of Hawaii and Alaska says.
    Zip,
    /// This very pair of ZIPs.
    Zips,
}

/// Who says what a zone means in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// People have set it.
    Setting,
    /// The zone itself, an air zone: its first digit is its days.
    FirstDigit,
}

/// What an estimate is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// What it rests on.
    pub basis: Basis,
    /// How often such an estimate is right; none where nobody knows.
    pub accuracy: Option<Accuracy>,
}

/// A service between the two places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransitService {
    /// Its code: `GND`.
    pub service: String,
    /// Its name for people.
    pub name: String,
    /// Business days in transit; none where there is no service, or where only its zone is known.
    pub days: Option<u8>,
    /// Where the days come from.
    pub source: Option<DaysSource>,
    /// What they hold for.
    pub days_hold_for: Option<Scope>,
    /// How good that is, 0 to 100.
    pub score: Option<u8>,
    /// The zone, three digits.
    pub zone: Option<String>,
    /// What the zone holds for.
    pub zone_holds_for: Option<Scope>,
    /// Of estimated days: what they are worth.
    pub estimate: Option<Estimate>,
    /// Of measured days of areas: of how many pairs of ZIPs they are the most frequent. None where they were counted anew since.
    pub zips: Option<u64>,
    /// The files of the days; of estimated ones those of the zone.
    pub days_from: Vec<Provenance>,
    /// The file of the zone.
    pub zone_from: Option<Provenance>,
}

impl TransitService {
    /// Whether the carrier offers it between the two places.
    pub fn exists(&self) -> bool {
        self.days.is_some() || self.zone.is_some()
    }
}

/// A carrier with all its services.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransitCarrier {
    /// `UPS`.
    pub carrier: String,
    /// Every service, the quickest first, those that are not offered last; empty where nothing is known between the two places.
    pub services: Vec<TransitService>,
    /// Why nothing is known, and what to do, in a sentence or two.
    pub lacking: Option<String>,
}

/// The run that made the delivery matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeBy {
    /// The run.
    pub run_id: RunId,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Who asked for it.
    pub by: Option<String>,
}

/// How the delivery matrix stands, from which the figures are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixState {
    /// Whether it says what its sources say now; `waiting` where nothing has been imported for it, `new` where it could be made.
    pub freshness: Freshness,
    /// What has changed since.
    pub stale_by: Vec<Cause>,
    /// Which run made it, where one has.
    pub made: Option<MadeBy>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transit {
    /// Where it begins.
    pub from: Spot,
    /// Where it ends.
    pub to: Spot,
    /// Great-circle distance of the centroids, in miles.
    pub miles: Option<u32>,
    /// Every carrier.
    pub carriers: Vec<TransitCarrier>,
    /// What the figures are from.
    pub matrix: MatrixState,
    /// What the reader should know, a sentence each.
    pub notes: Vec<String>,
}

impl Transit {
    /// Whether any carrier goes there.
    pub fn is_found(&self) -> bool {
        self.carriers.iter().flat_map(|carrier| &carrier.services).any(TransitService::exists)
    }

    /// Why there is no answer, in a sentence, where there is none.
    pub fn not_found(&self) -> Option<String> {
        let (from, to) = (self.from.code.zip3(), self.to.code.zip3());
        match self.matrix.freshness {
            _ if self.is_found() => None,
            Freshness::Waiting => Some(
                "There is nothing to answer from yet: no usps-3d, ups-zones or ups-ground file has been imported. Import one, then run the transformation delivery-matrix."
                    .to_owned(),
            ),
            Freshness::New => {
                Some("The delivery matrix has never been made. Run the transformation delivery-matrix, then ask again.".to_owned())
            }
            Freshness::Current | Freshness::Stale => Some(format!("No carrier is known to go from the area {from} to the area {to}.")),
        }
    }
}
