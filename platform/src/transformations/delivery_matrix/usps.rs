//! USPS's service standards into the matrix.

use model::matrix::{USPS, services_of};

use super::grid::{Area, Grid, Implausible, Pairs};
use crate::runs::{Failure, Work};

pub(super) const TABLE: &str = "workspace.usps_3d";

/// What `workspace.usps_3d` says.
pub(super) struct Standards {
    /// A grid for each of USPS's services.
    pub(super) grids: Vec<Grid>,
    pub(super) pairs: Pairs,
    /// Values of each service.
    pub(super) values: Vec<u64>,
    pub(super) implausible: Implausible,
}

/// Reads the table.
pub(super) async fn read(work: Work) -> Result<Standards, Failure> {
    let services: Vec<_> = services_of(USPS).collect();
    let mut standards = Standards {
        grids: services.iter().map(|_| Grid::default()).collect(),
        pairs: Pairs::new(),
        values: vec![0; services.len()],
        implausible: Implausible::default(),
    };
    let mut transaction = work.platform.data().begin_read_only().await?;
    let mut rows = transaction.usps_standards().await?;
    let mut seen = work.counters.rows();
    while let Some(mut fields) = rows.next().await? {
        let (origin, destination) = (fields.bytes()?, fields.bytes()?);
        let pair = origin.as_deref().and_then(Area::of).zip(destination.as_deref().and_then(Area::of));
        let Some((origin, destination)) = pair else {
            standards.implausible.add(|| "an origin or destination that is no ZIP3".to_owned());
            continue;
        };
        standards.pairs.add(origin, destination);
        for ((service, grid), values) in services.iter().zip(&mut standards.grids).zip(&mut standards.values) {
            let Some(days) = fields.smallint()? else { continue };
            *values += 1;
            match u8::try_from(days) {
                Ok(days) if days >= 1 && days <= service.most_days => grid.set_days(origin, destination, days),
                _ => standards.implausible.add(|| format!("{days} days of {} from {origin} to {destination}", service.code)),
            }
        }
        seen.row();
    }
    drop(rows);
    transaction.commit().await?;
    Ok(standards)
}
