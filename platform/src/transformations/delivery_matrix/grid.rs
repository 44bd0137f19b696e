//! The matrix in memory: an array of all areas by all areas for each service, as dense as the matrix itself.

use model::matrix::{SERVICES, Service};

pub(super) use database_data::{AREAS, MatrixValue as Value};

/// The number that digits write, of three at most.
pub(super) fn number(digits: &[u8]) -> Option<u16> {
    if digits.len() > 3 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0')))
}

/// A three-digit area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Area(u16);

impl Area {
    /// The area that a code begins with, of three digits or five.
    pub(super) fn of(code: &[u8]) -> Option<Self> {
        number(code.get(..3)?).map(Self)
    }

    /// Its place among all areas.
    pub(super) fn place(self) -> usize {
        usize::from(self.0)
    }

    /// All areas in order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..).take(AREAS).map(Self)
    }
}

impl std::fmt::Display for Area {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

fn cell(origin: Area, destination: Area) -> usize {
    origin.place() * AREAS + destination.place()
}

/// A service between all areas. Zones and measured days take room only where there are some.
#[derive(Debug, Default)]
pub(super) struct Grid {
    days: Vec<u8>,
    zones: Vec<u16>,
    measured: Vec<u8>,
}

impl Grid {
    pub(super) fn get(&self, origin: Area, destination: Area) -> Value {
        let at = cell(origin, destination);
        Value {
            days: self.days.get(at).copied().unwrap_or_default(),
            zone: self.zones.get(at).copied().unwrap_or_default(),
            measured: self.measured.get(at).is_some_and(|measured| *measured > 0),
        }
    }

    pub(super) fn set_days(&mut self, origin: Area, destination: Area, days: u8) {
        self.days.resize(AREAS * AREAS, 0);
        self.days[cell(origin, destination)] = days;
    }

    pub(super) fn set_zone(&mut self, origin: Area, destination: Area, zone: u16) {
        self.zones.resize(AREAS * AREAS, 0);
        self.zones[cell(origin, destination)] = zone;
    }

    pub(super) fn set_measured(&mut self, origin: Area, destination: Area, days: u8) {
        self.set_days(origin, destination, days);
        self.measured.resize(AREAS * AREAS, 0);
        self.measured[cell(origin, destination)] = 1;
    }

    /// An origin's row, where it holds anything.
    pub(super) fn row(&self, origin: Area) -> Option<Row<'_>> {
        let row = origin.place() * AREAS..(origin.place() + 1) * AREAS;
        let zones = self.zones.get(row.clone()).filter(|zones| zones.iter().any(|zone| *zone > 0));
        let measured = self.measured.get(row.clone()).filter(|measured| measured.iter().any(|measured| *measured > 0));
        let days = self.days.get(row).filter(|days| days.iter().any(|days| *days > 0));
        (zones.is_some() || days.is_some()).then_some(Row { days, zones, measured })
    }

    /// Takes an origin's row over as it is stored.
    pub(super) fn set_row(&mut self, origin: Area, days: &[u8], zones: Option<&[u8]>, measured: Option<&[u8]>) {
        let row = origin.place() * AREAS..(origin.place() + 1) * AREAS;
        if days.len() == AREAS {
            self.days.resize(AREAS * AREAS, 0);
            self.days[row.clone()].copy_from_slice(days);
        }
        if let Some(zones) = zones.filter(|zones| zones.len() == 2 * AREAS) {
            self.zones.resize(AREAS * AREAS, 0);
            for (zone, bytes) in self.zones[row.clone()].iter_mut().zip(zones.as_chunks::<2>().0) {
                *zone = u16::from_be_bytes(*bytes);
            }
        }
        if let Some(measured) = measured.filter(|measured| measured.len() == AREAS) {
            self.measured.resize(AREAS * AREAS, 0);
            self.measured[row].copy_from_slice(measured);
        }
    }
}

/// An origin's values of a service, by the areas' places. What is nowhere is left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) days: Option<&'a [u8]>,
    pub(super) zones: Option<&'a [u16]>,
    pub(super) measured: Option<&'a [u8]>,
}

impl Row<'_> {
    /// How many values it holds.
    pub(super) fn values(&self) -> u64 {
        let has = |place: usize| self.days.is_some_and(|days| days[place] > 0) || self.zones.is_some_and(|zones| zones[place] > 0);
        (0..AREAS).filter(|place| has(*place)).count() as u64
    }
}

/// Every service's grid, in the order of [`SERVICES`].
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) grids: Vec<Grid>,
}

impl Matrix {
    pub(super) fn new() -> Self {
        Self { grids: SERVICES.iter().map(|_| Grid::default()).collect() }
    }

    /// Every origin's row of every service, those of an origin together.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Area, &'static Service, Row<'_>)> {
        Area::all().flat_map(move |origin| {
            SERVICES.iter().zip(&self.grids).filter_map(move |(service, grid)| Some((origin, service, grid.row(origin)?)))
        })
    }
}

/// Which pairs a table has.
#[derive(Debug)]
pub(super) struct Pairs {
    seen: Vec<bool>,
    /// The first pair that came twice.
    pub(super) repeated: Option<(Area, Area)>,
    pub(super) count: u64,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { seen: vec![false; AREAS * AREAS], repeated: None, count: 0 }
    }

    pub(super) fn add(&mut self, origin: Area, destination: Area) {
        let seen = &mut self.seen[cell(origin, destination)];
        if *seen {
            self.repeated.get_or_insert((origin, destination));
        }
        *seen = true;
        self.count += 1;
    }

    pub(super) fn has(&self, origin: Area, destination: Area) -> bool {
        self.seen[cell(origin, destination)]
    }

    /// The areas from which there is some pair.
    pub(super) fn origins(&self) -> Vec<Area> {
        Area::all().filter(|origin| self.seen[origin.place() * AREAS..(origin.place() + 1) * AREAS].contains(&true)).collect()
    }

    /// The areas to which there is some pair.
    pub(super) fn destinations(&self) -> Vec<Area> {
        let mut reached = vec![false; AREAS];
        for row in self.seen.chunks(AREAS) {
            for (reached, seen) in reached.iter_mut().zip(row) {
                *reached |= seen;
            }
        }
        Area::all().filter(|area| reached[area.place()]).collect()
    }
}

/// Values that are not plausible: how many, and the first in the order in which they were read.
#[derive(Debug, Default)]
pub(super) struct Implausible {
    pub(super) count: u64,
    pub(super) first: Option<String>,
}

impl Implausible {
    pub(super) fn add(&mut self, first: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(first());
        }
    }
}
