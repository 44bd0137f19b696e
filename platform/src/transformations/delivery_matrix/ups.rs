//! UPS's zones, its grid of Hawaii and Alaska ZIPs, and its measured days into the matrix.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use model::matrix::{Service, UPS, services_of};

use super::grid::{AREAS, Area, Grid, Implausible, Pairs, number};
use crate::runs::{Failure, Work};

pub(super) const ZONES: &str = "workspace.ups_zones";
pub(super) const GROUND: &str = "workspace.ups_ground";

/// UPS's services, in the order of the charts' columns; Ground is the first.
pub(super) fn services() -> impl Iterator<Item = &'static Service> {
    services_of(UPS)
}

/// What `workspace.ups_zones` says.
pub(super) struct Zones {
    /// A grid for each service.
    pub(super) grids: Vec<Grid>,
    /// Pairs of the charts, without those that only the grid of ZIPs has.
    pub(super) pairs: Pairs,
    /// Zones of each service, without those of the grid.
    pub(super) values: Vec<u64>,
    pub(super) implausible: Implausible,
    /// Entries of the grid.
    pub(super) zips: u64,
}

/// The weight of a zone among an area's ZIPs: people first, ZIPs where nobody is known to live there.
type Weights = BTreeMap<u16, (u64, u64)>;

/// A zone as charts write it: up to three digits.
pub(crate) fn zone_of(text: &[u8]) -> Option<u16> {
    number(text).filter(|zone| *zone > 0)
}

/// Reads the zones. A ZIP of the grid counts with its people.
pub(super) async fn read_zones(work: Work) -> Result<Zones, Failure> {
    let mut transaction = work.platform.data().begin_read_only().await?;
    let people: HashMap<String, u64> = transaction
        .zips()
        .await?
        .into_iter()
        .filter_map(|zip| Some((zip.zip.as_str().to_owned(), u64::try_from(zip.population?).ok()?)))
        .collect();
    let mut zones = Zones {
        grids: services().map(|_| Grid::default()).collect(),
        pairs: Pairs::new(),
        values: services().map(|_| 0).collect(),
        implausible: Implausible::default(),
        zips: 0,
    };
    let mut weights: HashMap<(Area, Area), Vec<Weights>> = HashMap::new();
    let mut rows = transaction.ups_zones().await?;
    let mut seen = work.counters.rows();
    while let Some(mut fields) = rows.next().await? {
        let (origin, destination) = (fields.bytes()?, fields.bytes()?.unwrap_or_default());
        let Some((origin, to)) = origin.as_deref().and_then(Area::of).zip(Area::of(&destination)) else {
            zones.implausible.add(|| "an origin or destination that is no ZIP".to_owned());
            continue;
        };
        let of_area = destination.len() == 3;
        if of_area {
            zones.pairs.add(origin, to);
        } else {
            zones.zips += 1;
        }
        let zip = std::str::from_utf8(&destination).unwrap_or_default();
        let lives_there = if of_area { 0 } else { people.get(zip).copied().unwrap_or_default() };
        for (place, service) in services().enumerate() {
            let Some(text) = fields.bytes()? else { continue };
            let Some(zone) = zone_of(&text) else {
                zones.implausible.add(|| format!("the zone {} of {} from {origin} to {zip}", text.escape_ascii(), service.code));
                continue;
            };
            if of_area {
                zones.values[place] += 1;
                zones.grids[place].set_zone(origin, to, zone);
            } else {
                let of_services = weights.entry((origin, to)).or_insert_with(|| services().map(|_| Weights::new()).collect());
                let weight = of_services[place].entry(zone).or_default();
                *weight = (weight.0 + lives_there, weight.1 + 1);
            }
        }
        seen.row();
    }
    drop(rows);
    transaction.commit().await?;
    for ((origin, to), of_services) in weights {
        // A chart's own row says more than the sum of some ZIPs.
        if zones.pairs.has(origin, to) {
            continue;
        }
        for (grid, weights) in zones.grids.iter_mut().zip(&of_services) {
            if let Some(zone) = heaviest(weights) {
                grid.set_zone(origin, to, zone);
            }
        }
    }
    Ok(zones)
}

/// The zone of most people, of most ZIPs where that is equal, and the lowest of those.
fn heaviest(weights: &Weights) -> Option<u16> {
    weights.iter().max_by(|(one, weight), (other, than)| weight.cmp(than).then(other.cmp(one))).map(|(zone, _)| *zone)
}

/// What `workspace.ups_ground` says.
#[derive(Default)]
pub(super) struct Measured {
    /// For each origin, how many ZIPs of each area are so many days away.
    counts: HashMap<Area, Vec<[u16; DAYS]>>,
    pub(super) rows: u64,
    pub(super) implausible: Implausible,
}

/// Days that are plausible for a parcel, and 0.
const DAYS: usize = 11;

/// Reads measured days.
pub(super) async fn read_ground(work: Work) -> Result<Measured, Failure> {
    let mut measured = Measured::default();
    let mut transaction = work.platform.data().begin_read_only().await?;
    let mut rows = transaction.ups_ground().await?;
    let mut seen = work.counters.rows();
    while let Some(mut fields) = rows.next().await? {
        let (origin, destination, days): (Option<Bytes>, Option<Bytes>, Option<i16>) =
            (fields.bytes()?, fields.bytes()?, fields.smallint()?);
        measured.rows += 1;
        seen.row();
        let place = days.and_then(|days| usize::try_from(days).ok()).filter(|days| (1..DAYS).contains(days));
        let pair = origin.as_deref().and_then(Area::of).zip(destination.as_deref().and_then(Area::of));
        let (Some((from, to)), Some(place)) = (pair, place) else {
            measured.implausible.add(|| {
                let text = |code: &Option<Bytes>| code.as_deref().unwrap_or_default().escape_ascii().to_string();
                format!("{} days of GND from {} to {}", days.unwrap_or_default(), text(&origin), text(&destination))
            });
            continue;
        };
        let of_origin = measured.counts.entry(from).or_insert_with(|| vec![[0; DAYS]; AREAS]);
        let count = &mut of_origin[to.place()][place];
        *count = count.saturating_add(1);
    }
    drop(rows);
    transaction.commit().await?;
    Ok(measured)
}

impl Measured {
    /// The most frequent days between areas, the fewest of those that are equally frequent.
    pub(super) fn most_frequent(&self) -> impl Iterator<Item = (Area, Area, u8)> {
        self.counts.iter().flat_map(|(origin, areas)| {
            Area::all().zip(areas).filter_map(move |(destination, counts)| {
                let most = counts.iter().max().filter(|most| **most > 0)?;
                let days = counts.iter().position(|count| count == most)?;
                Some((*origin, destination, u8::try_from(days).ok()?))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_takes_the_zone_of_most_people_then_of_most_zips_then_the_lowest() {
        let zone = |weights: &[(u16, (u64, u64))]| heaviest(&weights.iter().copied().collect());
        assert_eq!(zone(&[(44, (100, 1)), (46, (50, 9))]), Some(44));
        assert_eq!(zone(&[(44, (0, 1)), (46, (0, 2))]), Some(46));
        assert_eq!(zone(&[(44, (5, 2)), (46, (5, 2))]), Some(44));
        assert_eq!(zone(&[]), None);
    }

    #[test]
    fn a_zone_is_up_to_three_digits() {
        assert_eq!(
            [&b"002"[..], b"44", b"302", b"", b"-", b"0045", b"000"].map(zone_of),
            [Some(2), Some(44), Some(302), None, None, None, None]
        );
    }
}
