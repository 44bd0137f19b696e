//! `zip3`: ZIPs summed to their three-digit areas.
//!
//! Computed here and not in SQL, as sums of floating-point numbers depend on their order, and the same
//! files must give the same bytes: everything is summed in the ZIPs' order.

use std::collections::HashMap;

use database_data::{CopyBuffer, DataTransaction, Shadow, Zcta, Zip, Zip3Demographics};
use database_primary::RunRecord;
use model::Zip3;
use model::run::Stage;

use crate::runs::{Failure, Work, refused};

const ZIPS: &str = "workspace.us_zips";
const ZCTAS: &str = "workspace.gaz_zcta";
const DEMOGRAPHICS: &str = "reference.zip3_demographics";
const CENTROIDS: &str = "reference.zip3_centroids";

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

/// Runs the transformation.
pub(super) async fn run(work: Work) -> Result<RunRecord, Failure> {
    work.counters.enter(Stage::Computing);
    let mut transaction = work.platform.data().begin().await?;
    for relation in [DEMOGRAPHICS, CENTROIDS] {
        transaction.take_turn(relation).await?;
    }
    let changes = transaction.changes_of(&[ZIPS, ZCTAS]).await?;
    let zips = transaction.zips().await?;
    let zctas = transaction.zctas().await?;
    if zips.is_empty() && zctas.is_empty() {
        return Err(refused(
            "There is nothing to work on: workspace.us_zips and workspace.gaz_zcta are empty. Import a us-zips and a gaz-zcta file first.",
        ));
    }
    let (mut filled, mut notes) = (Vec::new(), Vec::new());
    if zips.is_empty() {
        notes.push(format!("{DEMOGRAPHICS} was left as it is: workspace.us_zips is empty."));
    } else {
        let rows = demographics(&zips);
        filled.push(fill(&mut transaction, DEMOGRAPHICS, &DEMOGRAPHICS_COLUMNS, &rows, encode_demographics).await?);
    }
    if zctas.is_empty() {
        notes.push(format!("{CENTROIDS} was left as it is: workspace.gaz_zcta is empty."));
    } else {
        let rows = centroids(&zctas);
        filled.push(fill(&mut transaction, CENTROIDS, &CENTROIDS_COLUMNS, &rows, encode_centroid).await?);
    }
    work.counters.enter(Stage::Publishing);
    let published = transaction.publish(&work.id, &filled).await?;
    for (relation, source, change) in [(DEMOGRAPHICS, ZIPS, changes.first()), (CENTROIDS, ZCTAS, changes.get(1))] {
        transaction.record_derivation(&work.id, relation, &[source], &change.copied().into_iter().collect::<Vec<_>>()).await?;
    }
    work.commit(transaction).await?;
    Ok(work.succeeded(published, notes))
}

/// Fills a shadow of the relation and gives it its key; answers it with its rows.
async fn fill<T>(
    transaction: &mut DataTransaction,
    relation: &'static str,
    columns: &[&str],
    rows: &[T],
    encode: fn(&T, &mut CopyBuffer),
) -> Result<(Shadow, u64), Failure> {
    let shadow = transaction.create_shadow(relation).await?;
    let mut buffer = CopyBuffer::opening();
    for row in rows {
        // Seven columns at most.
        buffer.row(u16::try_from(columns.len()).unwrap_or(u16::MAX));
        encode(row, &mut buffer);
    }
    buffer.close();
    let mut copying = transaction.copy_into(&shadow, columns).await?;
    copying.send(&buffer.take()).await?;
    let copied = copying.finish().await?;
    transaction.index_shadow(&shadow, columns[0]).await?;
    Ok((shadow, copied))
}

const DEMOGRAPHICS_COLUMNS: [&str; 7] = ["zip3", "population", "zips", "state_id", "city", "lat", "lng"];

fn encode_demographics(row: &Zip3Demographics, buffer: &mut CopyBuffer) {
    buffer.text(row.zip3.as_str());
    buffer.bigint(row.population);
    buffer.bigint(row.zips);
    buffer.text(&row.state_id);
    buffer.text(&row.city);
    buffer.double(row.lat);
    buffer.double(row.lng);
}

const CENTROIDS_COLUMNS: [&str; 6] = ["zip3", "zctas", "aland", "awater", "lat", "lng"];

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
