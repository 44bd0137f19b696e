//! How many people live where: a long tail, as in every country, that sums to what each state has.

use super::Place;
use crate::random::Random;

/// Residents of ZIPs by twentieths of their number, roughly as censuses find them.
const RESIDENTS: [u64; 21] = [
    20, 65, 170, 290, 450, 640, 880, 1_180, 1_560, 2_040, 2_650, 3_650, 5_100, 7_200, 9_900, 13_400, 17_800, 23_400, 31_600, 42_400, 92_000,
];
/// More do not live in any ZIP.
const MOST: u64 = 139_000;

/// Settles the listed places of a state, whose people number about `people`.
pub(super) fn settle(places: &mut [&mut Place], people: u64) {
    for place in places.iter_mut() {
        let mut random = Random::new("people", place.number());
        place.population = match place.zip3() {
            // Nobody counted there.
            "008" | "969" => None,
            // Offices only.
            "202" | "205" => Some(0),
            _ if place.state == "AS" || random.per_mille(1) => None,
            _ if random.per_mille(8) => Some(0),
            _ => Some(random.quantile(&RESIDENTS)),
        };
    }
    // Those that reach the most leave the rest to the others.
    for _ in 0..8 {
        let (full, open) = places.iter().filter_map(|place| place.population).fold((0, 0), |(full, open), population| {
            if population >= MOST { (full + population, open) } else { (full, open + population) }
        });
        let Some(wanted) = people.checked_sub(full).filter(|_| open > 0) else { return };
        for place in places.iter_mut() {
            if let Some(population) = place.population.as_mut().filter(|population| **population < MOST) {
                *population = (*population * wanted / open).min(MOST);
            }
        }
    }
}
