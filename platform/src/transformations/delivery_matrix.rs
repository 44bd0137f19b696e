//! `delivery-matrix`: how many days each service of each carrier takes from every three-digit area to every other.
//!
//! Measured days come before estimated ones. USPS's days are its service standards; UPS's are what its zones are taken to mean, but for
//! UPS Ground where time in transit is known for the ZIPs of both areas: the most frequent days of these.
//!
//! Computed here and not in SQL: read once, in binary, and kept as dense as it is, the national matrix of eleven million values takes
//! two seconds; one statement that makes a row of each takes ten times as long and forty times the room.

mod checks;
mod differences;
mod estimate;
mod grid;
mod ups;
mod usps;

use database_data::{CopyBuffer, SourceTotals, Target};
use model::matrix::{Service, UPS};
use model::run::Stage;
use tokio_util::task::AbortOnDropHandle;

use super::build::Building;
use super::{Derived, Transformation, zone_days};
use crate::failure::Fault;
use crate::runs::{Failure, Work, refused};
use estimate::Hits;
use grid::{AREAS, Area, Matrix, Row};

pub(crate) use estimate::Meaning;
pub(crate) use ups::zone_of;

const ZIPS: &str = "workspace.us_zips";

const SOURCES: &[&str] = &[usps::TABLE, ups::ZONES, ups::GROUND, ZIPS, zone_days::RELATION];

/// Of these one has to have rows.
pub(crate) const MATRIX_SOURCES: &[&str] = &[usps::TABLE, ups::ZONES, ups::GROUND];

const MATRIX: Target = Target {
    relation: "reference.delivery_matrix",
    // The view that people read shows each byte of these rows.
    view: "reference.delivery_matrix_rows",
    columns: &["origin", "carrier", "service", "source", "days", "zones", "measured"],
    key_columns: 3,
};

const ACCURACY: Target = Target::new("reference.zone_accuracy", &["carrier", "service", "zone", "pairs", "exact", "within_one"], 3);

pub(super) const TRANSFORMATION: Transformation = Transformation {
    name: "delivery-matrix",
    purpose: "Days, zone and delivery score of every service from every ZIP3 to every other: USPS's standards, UPS's measured days, and what UPS's zones mean where nothing was measured.",
    targets: &[
        Derived { target: MATRIX, sources: SOURCES, needs: MATRIX_SOURCES },
        Derived { target: ACCURACY, sources: &[ups::ZONES, ups::GROUND, ZIPS, zone_days::RELATION], needs: &[ups::GROUND] },
    ],
    build: |building| Box::pin(build(building)),
};

/// Does some reading beside the rest, on a connection of its own.
fn beside<T: Send + 'static>(
    reading: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> impl Future<Output = Result<T, Failure>> {
    let task = AbortOnDropHandle::new(tokio::spawn(reading));
    async move { task.await.map_err(Fault::new)? }
}

async fn count(work: Work) -> Result<SourceTotals, Failure> {
    let mut transaction = work.platform.data().begin_read_only().await?;
    let totals = transaction.source_totals().await?;
    transaction.commit().await?;
    Ok(totals)
}

async fn build(building: &mut Building) -> Result<(), Failure> {
    let work = building.work.clone();
    let meaning = Meaning::new(&building.transaction.zone_transit_days().await?);
    let (mut standards, mut zones, measured, totals) = tokio::try_join!(
        beside(usps::read(work.clone())),
        beside(ups::read_zones(work.clone())),
        beside(ups::read_ground(work.clone())),
        beside(count(work.clone())),
    )?;
    if standards.pairs.count == 0 && zones.pairs.count == 0 && measured.rows == 0 {
        return Err(refused(
            "There is nothing to work on: workspace.usps_3d, workspace.ups_zones and workspace.ups_ground are empty. Import a usps-3d or a ups-zones file first.",
        ));
    }
    if let Some(ground) = zones.grids.first_mut() {
        for (origin, destination, days) in measured.most_frequent() {
            ground.set_measured(origin, destination, days);
        }
    }
    let hits = estimate::estimate(&mut zones.grids, &meaning);
    let grids = std::mem::take(&mut zones.grids).into_iter().chain(std::mem::take(&mut standards.grids)).collect();
    let matrix = Matrix { grids };

    work.counters.enter(Stage::Checking);
    if standards.pairs.count == 0 {
        building.notes.push(format!("USPS has no part in it: {} is empty.", usps::TABLE));
    } else {
        checks::check_usps(building, &standards, &matrix, &totals);
    }
    if zones.pairs.count == 0 && measured.rows == 0 {
        building.notes.push(format!("UPS has no part in it: {} and {} are empty.", ups::ZONES, ups::GROUND));
    } else {
        checks::check_ups(building, &zones, &measured, &matrix, &totals);
    }
    if building.has_failed() {
        return Ok(());
    }

    work.counters.enter(Stage::Copying);
    let filled = building.copy(MATRIX, matrix.rows(), encode_row).await?;
    building.fill(ACCURACY, hits.iter(), encode_accuracy).await?;
    work.counters.enter(Stage::Comparing);
    let old = differences::published(&mut building.transaction).await?;
    let change = differences::compare(MATRIX.relation, &matrix, &old);
    building.take(filled, change).await
}

fn encode_row((origin, service, row): (Area, &'static Service, Row<'_>), buffer: &mut CopyBuffer) {
    buffer.text(&origin.to_string());
    buffer.text(service.carrier);
    buffer.text(service.code);
    buffer.text(differences::source(service, false).name());
    buffer.bytea(row.days.unwrap_or(&[0; AREAS]));
    match row.zones {
        Some(zones) => buffer.bytea(&zones.iter().flat_map(|zone| zone.to_be_bytes()).collect::<Vec<u8>>()),
        None => buffer.null(),
    }
    match row.measured {
        Some(measured) => buffer.bytea(measured),
        None => buffer.null(),
    }
}

fn encode_accuracy((zone, hits): (&u16, &Hits), buffer: &mut CopyBuffer) {
    buffer.text(UPS);
    buffer.text("GND");
    buffer.text(&format!("{zone:03}"));
    buffer.bigint(hits.pairs);
    buffer.bigint(hits.exact);
    buffer.bigint(hits.within_one);
}
