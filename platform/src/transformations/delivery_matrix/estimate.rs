//! Days of zones, where none were measured, and how often they are right where some were.

use std::collections::BTreeMap;

use database_data::ZoneTransitDays;
use model::matrix::{UPS, days_of_air_zone};

use super::grid::{Area, Grid};
use super::ups::services;

/// Zones have three digits.
const ZONES: usize = 1000;

/// What people take zones to mean, for each of UPS's services.
pub(crate) struct Meaning {
    of_services: Vec<Vec<Option<Said>>>,
}

/// What is said of a zone: days, or that nobody dares to say.
type Said = Option<u8>;

impl Meaning {
    pub(crate) fn new(rows: &[ZoneTransitDays]) -> Self {
        let mut of_services: Vec<Vec<Option<Said>>> = services().map(|_| vec![None; ZONES]).collect();
        for row in rows.iter().filter(|row| row.carrier == UPS) {
            let said = services()
                .position(|service| service.code == row.service)
                .and_then(|place| of_services.get_mut(place))
                .and_then(|zones| zones.get_mut(row.zone.parse::<usize>().ok()?));
            if let Some(said) = said {
                *said = Some(row.days.and_then(|days| u8::try_from(days).ok()));
            }
        }
        Self { of_services }
    }

    /// The days of a zone of the service at this place: as people set them; of an air zone otherwise what it says by itself.
    pub(crate) fn days(&self, place: usize, zone: u16) -> Option<u8> {
        let said = self.of_services.get(place).and_then(|zones| zones.get(usize::from(zone)).copied().flatten());
        match said {
            Some(said) => said,
            // Ground is the first; its zones are distances.
            None if place > 0 => days_of_air_zone(zone),
            None => None,
        }
    }
}

/// How often a zone's days were the measured ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hits {
    pub(super) pairs: i64,
    pub(super) exact: i64,
    pub(super) within_one: i64,
}

/// Gives every zone without measured days those that it is taken to mean. Answers how often they are right where days were measured, by
/// zone of UPS Ground.
pub(super) fn estimate(grids: &mut [Grid], meaning: &Meaning) -> BTreeMap<u16, Hits> {
    let mut hits: BTreeMap<u16, Hits> = BTreeMap::new();
    for (place, grid) in grids.iter_mut().enumerate() {
        for origin in Area::all() {
            if grid.row(origin).is_none() {
                continue;
            }
            for destination in Area::all() {
                let value = grid.get(origin, destination);
                if value.zone == 0 {
                    continue;
                }
                let Some(days) = meaning.days(place, value.zone) else { continue };
                if value.measured {
                    let hit = hits.entry(value.zone).or_default();
                    hit.pairs += 1;
                    hit.exact += i64::from(days == value.days);
                    hit.within_one += i64::from(days.abs_diff(value.days) <= 1);
                } else {
                    grid.set_days(origin, destination, days);
                }
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(service: &str, zone: &str, days: Option<i16>) -> ZoneTransitDays {
        ZoneTransitDays {
            carrier: UPS.to_owned(),
            service: service.to_owned(),
            zone: zone.to_owned(),
            days,
            exact_percent: None,
            within_one_percent: None,
        }
    }

    #[test]
    fn ground_zones_mean_what_people_say_and_air_zones_say_it_themselves_unless_people_do() {
        let meaning =
            Meaning::new(&[said("GND", "008", Some(4)), said("GND", "044", None), said("2DA", "224", Some(3)), said("NDA", "124", None)]);
        assert_eq!([8, 44, 7, 102].map(|zone| meaning.days(0, zone)), [Some(4), None, None, None]);
        assert_eq!([224, 202].map(|zone| meaning.days(2, zone)), [Some(3), Some(2)]);
        assert_eq!([124, 102].map(|zone| meaning.days(5, zone)), [None, Some(1)]);
    }

    #[test]
    fn measured_days_stay_and_tell_how_good_the_estimate_is() {
        let (from, near, far) =
            (Area::of(b"005").expect("an area"), Area::of(b"006").expect("an area"), Area::of(b"995").expect("an area"));
        let mut grid = Grid::default();
        grid.set_zone(from, near, 8);
        grid.set_measured(from, near, 5);
        grid.set_zone(from, far, 8);
        let mut grids = vec![grid];
        let hits = estimate(&mut grids, &Meaning::new(&[said("GND", "008", Some(4))]));
        let value = |to| grids[0].get(from, to);
        assert_eq!((value(near).days, value(near).measured, value(far).days, value(far).measured), (5, true, 4, false));
        assert_eq!(hits.get(&8), Some(&Hits { pairs: 1, exact: 0, within_one: 1 }));
    }
}
