//! How the matrix differs from the published one, value by value.

use database_data::DataTransaction;
use model::matrix::{DaysSource, SERVICES, Service, USPS};
use model::preview::{Change, ChangeKind, ChangedCell, SAMPLES};
use model::transformation::TargetChange;

use super::grid::{Area, Matrix, Value};
use crate::runs::Failure;

/// The published matrix.
pub(super) async fn published(transaction: &mut DataTransaction) -> Result<Matrix, Failure> {
    let mut matrix = Matrix::new();
    let mut rows = transaction.published_matrix().await?;
    while let Some(mut fields) = rows.next().await? {
        let (origin, carrier, service) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
        let (days, zones, measured) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
        let place = SERVICES
            .iter()
            .position(|known| Some(known.carrier.as_bytes()) == carrier.as_deref() && Some(known.code.as_bytes()) == service.as_deref());
        // A service that this version does not know is not compared.
        let known = origin.as_deref().and_then(Area::of).zip(place.and_then(|place| matrix.grids.get_mut(place)));
        if let Some((origin, grid)) = known {
            grid.set_row(origin, days.as_deref().unwrap_or_default(), zones.as_deref(), measured.as_deref());
        }
    }
    drop(rows);
    Ok(matrix)
}

/// Where a service's days come from.
pub(super) fn source(service: &Service, measured: bool) -> DaysSource {
    match (measured, service.carrier == USPS) {
        (true, _) => DaysSource::Measured,
        (false, true) => DaysSource::Standard,
        (false, false) => DaysSource::Estimated,
    }
}

/// Counts how one matrix differs from another, with some values of each sort in the key's order.
pub(super) fn compare(relation: &str, new: &Matrix, old: &Matrix) -> TargetChange {
    let mut change = TargetChange {
        relation: relation.to_owned(),
        rows: 0,
        added: 0,
        removed: 0,
        changed: 0,
        unchanged: 0,
        key: ["origin", "destination", "carrier", "service"].map(str::to_owned).to_vec(),
        samples: Vec::new(),
    };
    let (mut added, mut removed, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    for origin in Area::all() {
        let grids: Vec<_> = SERVICES
            .iter()
            .zip(new.grids.iter().zip(&old.grids))
            .filter(|(_, (new, old))| new.row(origin).is_some() || old.row(origin).is_some())
            .collect();
        if grids.is_empty() {
            continue;
        }
        for destination in Area::all() {
            for (service, (new, old)) in &grids {
                let (after, before) = (new.get(origin, destination), old.get(origin, destination));
                change.rows += u64::from(after.exists());
                let kind = match (before.exists(), after.exists()) {
                    (false, false) => continue,
                    (true, true) if before == after => {
                        change.unchanged += 1;
                        continue;
                    }
                    (true, true) => ChangeKind::Changed,
                    (false, true) => ChangeKind::Added,
                    (true, false) => ChangeKind::Removed,
                };
                let (count, samples) = match kind {
                    ChangeKind::Added => (&mut change.added, &mut added),
                    ChangeKind::Removed => (&mut change.removed, &mut removed),
                    ChangeKind::Changed => (&mut change.changed, &mut changed),
                };
                *count += 1;
                if samples.len() < SAMPLES {
                    samples.push(sample(kind, (origin, destination), service, before, after));
                }
            }
        }
    }
    change.samples = [added, removed, changed].concat();
    change
}

fn sample(kind: ChangeKind, (origin, destination): (Area, Area), service: &Service, before: Value, after: Value) -> Change {
    let days = |value: Value| (value.days > 0).then(|| value.days.to_string());
    let zone = |value: Value| (value.zone > 0).then(|| format!("{:03}", value.zone));
    let from = |value: Value| (value.days > 0).then(|| source(service, value.measured).name().to_owned());
    let cells = [("transit_days", days(before), days(after)), ("zone", zone(before), zone(after)), ("source", from(before), from(after))];
    Change {
        kind,
        key: vec![origin.to_string(), destination.to_string(), service.carrier.to_owned(), service.code.to_owned()],
        cells: cells
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(column, before, after)| ChangedCell { column: column.to_owned(), before, after })
            .collect(),
    }
}
