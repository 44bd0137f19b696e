//! What must hold of the matrix before it is published.

use database_data::SourceTotals;
use model::format::{counted, grouped};
use model::matrix::{SERVICES, UPS, USPS, services_of};

use super::grid::{Area, Implausible, Matrix, Pairs};
use super::ups::{self, Measured, Zones};
use super::usps::{self, Standards};
use crate::transformations::build::Building;

/// Checks USPS's part.
pub(super) fn check_usps(building: &mut Building, standards: &Standards, matrix: &Matrix, totals: &SourceTotals) {
    check_pairs(building, usps::TABLE, USPS, &standards.pairs);
    building.check(
        "USPS's days are from 1 to 10, of letters and marketing mail to 30",
        plausible(&standards.implausible, "values", &standards.values),
    );
    building.check(format!("The matrix has every value of {}", usps::TABLE), same_totals(matrix, USPS, &totals.usps));
}

/// Checks UPS's part.
pub(super) fn check_ups(building: &mut Building, zones: &Zones, measured: &Measured, matrix: &Matrix, totals: &SourceTotals) {
    if zones.pairs.count > 0 {
        check_pairs(building, ups::ZONES, UPS, &zones.pairs);
        building.check("UPS's zones are zones", plausible(&zones.implausible, "zones", &zones.values));
        building.check(format!("Every zone of {} was read", ups::ZONES), same_counts(&zones.values, UPS, &totals.ups));
        building.check(format!("The matrix has every zone of {}", ups::ZONES), kept_zones(zones, matrix));
    }
    if measured.rows > 0 {
        building.check("UPS Ground's measured days are from 1 to 10", plausible(&measured.implausible, "rows", &[measured.rows]));
        building.check("Measured days come before estimated ones", measured_first(measured, matrix));
    }
}

fn check_pairs(building: &mut Building, table: &str, carrier: &str, pairs: &Pairs) {
    building.check(
        format!("No pair twice in {table}"),
        match pairs.repeated {
            None => Ok(format!("{} pairs, each once", grouped(pairs.count))),
            Some((origin, destination)) => Err(format!("{origin} to {destination} is there more than once")),
        },
    );
    let (origins, destinations) = (pairs.origins(), pairs.destinations());
    let expected = origins.len() as u64 * destinations.len() as u64;
    let missing: Vec<(Area, Area)> = origins
        .iter()
        .flat_map(|origin| destinations.iter().map(move |destination| (*origin, *destination)))
        .filter(|(origin, destination)| !pairs.has(*origin, *destination))
        .collect();
    let shape = format!("{} origins to {} destinations", origins.len(), destinations.len());
    building.check(
        format!("Every pair of {carrier}'s own ZIP3s is in {table}"),
        match missing.first() {
            None => Ok(shape),
            Some((origin, destination)) => Err(format!(
                "of {} pairs ({shape}), {} missing, the first {origin} to {destination}",
                grouped(expected),
                counted(missing.len() as u64, "is", "are")
            )),
        },
    );
}

fn plausible(implausible: &Implausible, noun: &str, counts: &[u64]) -> Result<String, String> {
    match &implausible.first {
        None => Ok(format!("{} {noun}", grouped(counts.iter().sum()))),
        Some(first) => Err(format!("{} not, the first {first}", counted(implausible.count, "is", "are"))),
    }
}

/// Whether the matrix has as many values of each service as the database counts in the carrier's table.
fn same_totals(matrix: &Matrix, carrier: &str, totals: &[i64]) -> Result<String, String> {
    let counted: Vec<u64> = SERVICES
        .iter()
        .zip(&matrix.grids)
        .filter(|(service, _)| service.carrier == carrier)
        .map(|(_, grid)| Area::all().filter_map(|origin| grid.row(origin)).map(|row| row.values()).sum())
        .collect();
    same_counts(&counted, carrier, totals)
}

fn same_counts(counted: &[u64], carrier: &str, totals: &[i64]) -> Result<String, String> {
    for ((service, made), total) in services_of(carrier).zip(counted).zip(totals) {
        if u64::try_from(*total) != Ok(*made) {
            let total = grouped(u64::try_from(*total).unwrap_or_default());
            return Err(format!("of {} there are {}, and the table has {total}", service.code, grouped(*made)));
        }
    }
    Ok(format!("{} values", grouped(counted.iter().sum())))
}

/// Whether no zone of a chart was lost: the grid of ZIPs only adds.
fn kept_zones(zones: &Zones, matrix: &Matrix) -> Result<String, String> {
    let mut all = 0_u64;
    for ((service, grid), values) in ups::services().zip(&matrix.grids).zip(&zones.values) {
        let made: u64 = Area::all()
            .filter_map(|origin| grid.row(origin))
            .map(|row| row.zones.map_or(0, |zones| zones.iter().filter(|zone| **zone > 0).count() as u64))
            .sum();
        if made < *values {
            return Err(format!("of {} there are {}, and the charts have {}", service.code, grouped(made), grouped(*values)));
        }
        all += made;
    }
    Ok(format!("{} values, {} ZIPs of Hawaii and Alaska summed to their areas among them", grouped(all), grouped(zones.zips)))
}

fn measured_first(measured: &Measured, matrix: &Matrix) -> Result<String, String> {
    let mut count = 0_u64;
    for (origin, destination, days) in measured.most_frequent() {
        let value = matrix.grids[0].get(origin, destination);
        if !value.measured || value.days != days {
            return Err(format!("from {origin} to {destination} {days} were measured, and the matrix has {}", value.days));
        }
        count += 1;
    }
    Ok(format!("{} pairs from {} rows", grouped(count), grouped(measured.rows)))
}
