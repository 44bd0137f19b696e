//! The delivery matrix: carriers, their services, and how many days what takes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A product of a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// `UPS` or `USPS`.
    pub carrier: &'static str,
    /// The service's code, `GND`.
    pub code: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The column of the carrier's imported table that tells of it.
    pub column: &'static str,
    /// The most days that are plausible; fewer than one never are.
    pub most_days: u8,
    /// Whether parcels go by ground: what the zone matrices are made from.
    pub ground: bool,
}

const fn service(carrier: &'static str, code: &'static str, name: &'static str, column: &'static str) -> Service {
    Service { carrier, code, name, column, most_days: PARCEL_MOST_DAYS, ground: false }
}

/// Parcels arrive within so many business days.
const PARCEL_MOST_DAYS: u8 = 10;
/// Letters and marketing mail may take so many.
const MAIL_MOST_DAYS: u8 = 30;

/// UPS's name in tables.
pub const UPS: &str = "UPS";
/// USPS's name in tables.
pub const USPS: &str = "USPS";

/// Every service, each carrier's together. The seed of `reference.services` says the same, and a test compares them.
pub const SERVICES: &[Service] = &[
    Service { ground: true, ..service(UPS, "GND", "Ground", "ground") },
    service(UPS, "3DS", "3 Day Select", "three_day_select"),
    service(UPS, "2DA", "2nd Day Air", "second_day_air"),
    service(UPS, "2AM", "2nd Day Air A.M.", "second_day_air_am"),
    service(UPS, "NDS", "Next Day Air Saver", "next_day_air_saver"),
    service(UPS, "NDA", "Next Day Air", "next_day_air"),
    service(USPS, "PRI", "Priority Mail", "pri"),
    Service { ground: true, ..service(USPS, "GAL", "Ground Advantage, light", "gal") },
    Service { ground: true, ..service(USPS, "GAH", "Ground Advantage, heavy", "gah") },
    Service { ground: true, ..service(USPS, "PKG", "Package Services", "pkg") },
    Service { most_days: MAIL_MOST_DAYS, ..service(USPS, "FCM", "First-Class Mail", "fcm") },
    Service { most_days: MAIL_MOST_DAYS, ..service(USPS, "MKT", "Marketing Mail", "mkt") },
    Service { most_days: MAIL_MOST_DAYS, ..service(USPS, "PER", "Periodicals", "per") },
    service(USPS, "PFC", "First-Class parcels", "pfc"),
];

/// A carrier's services, in the order of [`SERVICES`].
pub fn services_of(carrier: &str) -> impl Iterator<Item = &'static Service> {
    SERVICES.iter().filter(move |service| service.carrier == carrier)
}

/// The service with this code.
pub fn service_of(carrier: &str, code: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.carrier == carrier && service.code == code)
}

/// How good a delivery is, from 0 to 100, by its business days.
pub const fn delivery_score(days: u8) -> u8 {
    match days {
        0 | 1 => 100,
        2 => 95,
        3 => 60,
        4 => 20,
        _ => 0,
    }
}

/// Where a number of days comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaysSource {
    /// The carrier's service standard.
    Standard,
    /// Time in transit that the carrier gives, the most frequent of the area's ZIPs.
    Measured,
    /// What the zone is taken to mean.
    Estimated,
}

impl DaysSource {
    /// Every source.
    pub const ALL: &'static [Self] = &[Self::Standard, Self::Measured, Self::Estimated];

    /// The name, as the database has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Measured => "measured",
            Self::Estimated => "estimated",
        }
    }
}

impl fmt::Display for DaysSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DaysSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|source| source.name() == text).ok_or_else(|| format!("there is no source of days {text:?}"))
    }
}

/// How often an estimate has been right, where days were known to compare it with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Pairs that were compared, where that is known.
    pub pairs: Option<u64>,
    /// In how many of a hundred the days were exactly those.
    pub exact_percent: f32,
    /// In how many of a hundred they were at most one away.
    pub within_one_percent: f32,
}

/// The days that a zone of a service is taken to mean where no time in transit is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneDays {
    /// The carrier.
    pub carrier: String,
    /// The service.
    pub service: String,
    /// The zone, three digits.
    pub zone: String,
    /// Business days; none where nobody dares to say.
    pub days: Option<u8>,
    /// How often that was right where it was looked at.
    pub accuracy: Option<Accuracy>,
}

/// What people have decided that zones mean, and what does not say the same yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ZoneDaysState {
    /// The zones, in their order, each with who has set its days; nobody has where they are as they came.
    pub zones: Vec<(ZoneDays, Option<String>)>,
    /// The transformations that rest on them and were made from older ones.
    pub stale: Vec<String>,
}

/// The days that a zone says by itself: air zones carry them in their first digit. A ground zone is a class of distance, and its
/// digits say nothing of days.
pub const fn days_of_air_zone(zone: u16) -> Option<u8> {
    match zone / 100 {
        1 => Some(1),
        2 => Some(2),
        3 => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_fall_with_the_days() {
        let scores: Vec<u8> = (1..=6).map(delivery_score).collect();
        assert_eq!(scores, [100, 95, 60, 20, 0, 0]);
    }

    #[test]
    fn air_zones_carry_their_days_and_ground_zones_do_not() {
        assert_eq!([102, 224, 302, 8, 44, 133, 5].map(days_of_air_zone), [Some(1), Some(2), Some(3), None, None, Some(1), None]);
    }

    #[test]
    fn every_service_has_a_column_of_its_carriers_table() {
        let columns = |kind: crate::FileKind| kind.contract().columns.iter().map(|column| column.name).collect::<Vec<_>>();
        let (ups, usps) = (columns(crate::FileKind::UpsZones), columns(crate::FileKind::Usps3d));
        for service in SERVICES {
            let columns = if service.carrier == UPS { &ups } else { &usps };
            assert!(columns.contains(&service.column), "{}", service.code);
        }
        assert_eq!(SERVICES.len(), ups.len() - 2 + usps.len() - 2);
    }
}
