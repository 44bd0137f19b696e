//! `zip3`: ZIPs summed to their three-digit areas.
//!
//! Computed here and not in SQL, as sums of floating-point numbers depend on their order, and the same
//! files must give the same bytes: everything is summed in the ZIPs' order.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use database_data::{CopyBuffer, Target, Zcta, Zip, Zip3Demographics};
use model::Zip3;
use model::format::grouped;
use model::run::Stage;

use super::build::Building;
use super::{Derived, Transformation};
use crate::runs::{Failure, refused};

const ZIPS: &str = "workspace.us_zips";
const ZCTAS: &str = "workspace.gaz_zcta";

const DEMOGRAPHICS: Target =
    Target::new("reference.zip3_demographics", &["zip3", "population", "zips", "state_id", "city", "lat", "lng"], 1);

const CENTROIDS: Target = Target::new("reference.zip3_centroids", &["zip3", "zctas", "aland", "awater", "lat", "lng"], 1);

pub(super) const TRANSFORMATION: Transformation = Transformation {
    name: "zip3",
    purpose: "Sums ZIPs to their three-digit areas: population, state, city and centroid from SimpleMaps, land and water from the gazetteer.",
    targets: &[
        Derived { target: DEMOGRAPHICS, sources: &[ZIPS], needs: &[ZIPS] },
        Derived { target: CENTROIDS, sources: &[ZCTAS], needs: &[ZCTAS] },
    ],
    build: |building| Box::pin(build(building)),
};

/// A row of `reference.zip3_centroids`.
#[derive(Debug, Clone, PartialEq)]
struct Zip3Centroid {
    zip3: Zip3,
    zctas: i64,
    aland: i64,
    awater: i64,
    lat: f64,
    lng: f64,
}

/// Points and their weights, summed in the order in which they come.
#[derive(Default)]
struct Centroid {
    points: f64,
    lat: f64,
    lng: f64,
    weight: f64,
    weighted_lat: f64,
    weighted_lng: f64,
}

impl Centroid {
    fn add(&mut self, lat: f64, lng: f64, weight: f64) {
        self.points += 1.0;
        self.lat += lat;
        self.lng += lng;
        self.weight += weight;
        self.weighted_lat += lat * weight;
        self.weighted_lng += lng * weight;
    }

    /// The weighted mean; the plain one where nothing weighs anything.
    fn mean(&self) -> (f64, f64) {
        if self.weight > 0.0 {
            (self.weighted_lat / self.weight, self.weighted_lng / self.weight)
        } else {
            (self.lat / self.points, self.lng / self.points)
        }
    }
}

/// A count as a weight: exact below 2^53, which no population or area here reaches.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn weight(count: i64) -> f64 {
    count as f64
}

async fn build(building: &mut Building) -> Result<(), Failure> {
    let zips = building.transaction.zips().await?;
    let zctas = building.transaction.zctas().await?;
    if zips.is_empty() && zctas.is_empty() {
        return Err(refused(
            "There is nothing to work on: workspace.us_zips and workspace.gaz_zcta are empty. Import a us-zips and a gaz-zcta file first.",
        ));
    }
    building.work.counters.rows_read.fetch_add((zips.len() + zctas.len()) as u64, Ordering::Relaxed);
    let left = |relation: &str, source: &str| format!("{relation} was left as it is: {source} is empty.");
    if zips.is_empty() {
        building.notes.push(left(DEMOGRAPHICS.relation, ZIPS));
    } else {
        let rows = demographics(&zips);
        building.work.counters.enter(Stage::Checking);
        building.check(format!("No ZIP twice in {ZIPS}"), once(zips.iter().map(|zip| zip.zip.as_str())));
        // Counted by the database, apart from the rows that were read.
        let counted = building.transaction.people().await?;
        building.check("The population is the imported one", same_people(&rows, counted));
        building.fill(DEMOGRAPHICS, rows.iter(), encode_demographics).await?;
    }
    if zctas.is_empty() {
        building.notes.push(left(CENTROIDS.relation, ZCTAS));
    } else {
        let rows = centroids(&zctas);
        building.work.counters.enter(Stage::Checking);
        building.check(format!("No ZCTA twice in {ZCTAS}"), once(zctas.iter().map(|zcta| zcta.geoid.as_str())));
        building.fill(CENTROIDS, rows.iter(), encode_centroid).await?;
    }
    Ok(())
}

/// Whether no code of a sorted list is there twice.
fn once<'a>(codes: impl Iterator<Item = &'a str>) -> Result<String, String> {
    let (mut count, mut last) = (0_u64, "");
    for code in codes {
        if code == last {
            return Err(format!("{code} is there more than once"));
        }
        (count, last) = (count + 1, code);
    }
    Ok(format!("{}, each once", grouped(count)))
}

/// Whether areas hold as many ZIPs and people as were imported.
fn same_people(rows: &[Zip3Demographics], (zips, people): (i64, i64)) -> Result<String, String> {
    let (made_zips, made): (i64, i64) = rows.iter().fold((0, 0), |(zips, people), row| (zips + row.zips, people + row.population));
    let text = |count: i64| grouped(u64::try_from(count).unwrap_or_default());
    if (made_zips, made) == (zips, people) {
        Ok(format!("{} people in {} ZIPs of {} areas", text(people), text(zips), rows.len()))
    } else {
        Err(format!("{} people in {} ZIPs, and the import has {} in {}", text(made), text(made_zips), text(people), text(zips)))
    }
}

fn encode_demographics(row: &Zip3Demographics, buffer: &mut CopyBuffer) {
    buffer.text(row.zip3.as_str());
    buffer.bigint(row.population);
    buffer.bigint(row.zips);
    buffer.text(&row.state_id);
    buffer.text(&row.city);
    buffer.double(row.lat);
    buffer.double(row.lng);
}

fn encode_centroid(row: &Zip3Centroid, buffer: &mut CopyBuffer) {
    buffer.text(row.zip3.as_str());
    buffer.bigint(row.zctas);
    buffer.bigint(row.aland);
    buffer.bigint(row.awater);
    buffer.double(row.lat);
    buffer.double(row.lng);
}

/// One row for each ZIP3 of ZIPs that come in order.
fn demographics(zips: &[Zip]) -> Vec<Zip3Demographics> {
    zips.chunk_by(|one, next| one.zip.zip3() == next.zip.zip3())
        .filter_map(|group| {
            let first = group.first()?;
            let mut centroid = Centroid::default();
            let mut states: HashMap<&str, usize> = HashMap::new();
            // An unknown population counts as 0. Of equals the lowest ZIP wins, here and below.
            let people = |zip: &Zip| zip.population.unwrap_or(0);
            let mut largest = first;
            for zip in group {
                centroid.add(zip.lat, zip.lng, weight(people(zip)));
                *states.entry(&zip.state_id).or_default() += 1;
                if people(zip) > people(largest) {
                    largest = zip;
                }
            }
            let most = states.values().max().copied().unwrap_or_default();
            let state = group.iter().find(|zip| states.get(zip.state_id.as_str()) == Some(&most)).unwrap_or(first);
            let (lat, lng) = centroid.mean();
            Some(Zip3Demographics {
                zip3: first.zip.zip3(),
                population: group.iter().map(people).sum(),
                zips: i64::try_from(group.len()).unwrap_or(i64::MAX),
                state_id: state.state_id.clone(),
                city: largest.city.clone(),
                lat,
                lng,
            })
        })
        .collect()
}

/// One row for each ZIP3 of ZCTAs that come in order; land and water weigh alike.
fn centroids(zctas: &[Zcta]) -> Vec<Zip3Centroid> {
    zctas
        .chunk_by(|one, next| one.geoid.zip3() == next.geoid.zip3())
        .filter_map(|group| {
            let mut centroid = Centroid::default();
            for zcta in group {
                centroid.add(zcta.lat, zcta.lng, weight(zcta.aland + zcta.awater));
            }
            let (lat, lng) = centroid.mean();
            Some(Zip3Centroid {
                zip3: group.first()?.geoid.zip3(),
                zctas: i64::try_from(group.len()).unwrap_or(i64::MAX),
                aland: group.iter().map(|zcta| zcta.aland).sum(),
                awater: group.iter().map(|zcta| zcta.awater).sum(),
                lat,
                lng,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(code: &str, lat: f64, lng: f64, city: &str, state: &str, population: Option<i64>) -> Zip {
        Zip { zip: code.parse().expect("a ZIP"), lat, lng, city: city.to_owned(), state_id: state.to_owned(), population }
    }

    #[test]
    fn an_area_has_the_sum_the_most_frequent_state_and_the_largest_city() {
        let rows = demographics(&[
            zip("00601", 10.0, -60.0, "Adjuntas", "PR", Some(100)),
            zip("00602", 20.0, -70.0, "Aguada", "PR", Some(300)),
            zip("00603", 90.0, -90.0, "Nowhere", "VI", None),
            zip("01001", 1.0, 2.0, "Agawam", "MA", Some(0)),
        ]);
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows[0],
            Zip3Demographics {
                zip3: "006".parse().expect("a ZIP3"),
                population: 400,
                zips: 3,
                state_id: "PR".to_owned(),
                city: "Aguada".to_owned(),
                lat: 17.5,
                lng: -67.5
            }
        );
        assert_eq!((rows[1].zip3.as_str(), rows[1].lat, rows[1].lng), ("010", 1.0, 2.0));
    }

    #[test]
    fn without_population_the_plain_mean_and_the_lowest_zip_count() {
        let rows = demographics(&[zip("20201", 38.0, -77.0, "First", "DC", None), zip("20202", 39.0, -78.0, "Second", "VA", Some(0))]);
        assert_eq!((rows[0].city.as_str(), rows[0].state_id.as_str()), ("First", "DC"));
        assert_eq!((rows[0].lat, rows[0].lng, rows[0].population), (38.5, -77.5, 0));
    }

    #[test]
    fn areas_weigh_with_land_and_water() {
        let zcta = |code: &str, aland, awater, lat, lng| Zcta { geoid: code.parse().expect("a ZCTA"), aland, awater, lat, lng };
        let rows = centroids(&[zcta("00601", 1, 2, 10.0, -60.0), zcta("00602", 1, 0, 50.0, -20.0)]);
        assert_eq!((rows[0].zctas, rows[0].aland, rows[0].awater, rows[0].lat, rows[0].lng), (2, 2, 2, 20.0, -50.0));
    }
}
