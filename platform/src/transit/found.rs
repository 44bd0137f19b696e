//! What DATA knows of a way: the matrix's values, the imported rows behind them, and what zones mean.

use database_connection::DatabaseError;
use database_data::{Brought, ChartRow, DataPool, KnownPlace, Live, MatrixRow, MatrixValue, ZoneAccuracy, ZoneTransitDays};
use model::matrix::Service;
use model::transit::Code;

use super::places;

pub(super) const STANDARDS: &str = "workspace.usps_3d";
pub(super) const CHARTS: &str = "workspace.ups_zones";
pub(super) const GROUND: &str = "workspace.ups_ground";

/// Everything that one transaction has read.
pub(super) struct Found {
    pub(super) live: Vec<Live>,
    /// The published matrix's rows of the origin, a service each.
    rows: Vec<MatrixRow>,
    /// The destination's place in them.
    destination: usize,
    pub(super) places: Vec<KnownPlace>,
    /// Who brought the standards between the areas.
    pub(super) standards: Vec<Brought>,
    /// Who brought the areas' zones.
    pub(super) charts: Vec<Brought>,
    /// The grid's row of the very ZIP.
    pub(super) grid: Option<ChartRow>,
    /// Who brought the measured days of the areas.
    pub(super) ground: Vec<Brought>,
    /// Of how many pairs of ZIPs, where that is still known.
    pub(super) ground_zips: Option<u64>,
    /// Measured days of the very pair of ZIPs.
    pub(super) exact: Option<(u8, Brought)>,
    pub(super) zone_days: Vec<ZoneTransitDays>,
    pub(super) accuracy: Vec<ZoneAccuracy>,
}

impl Found {
    /// Reads it all, from one snapshot.
    pub(super) async fn read(data: &DataPool, from: &Code, to: &Code) -> Result<Self, DatabaseError> {
        let (from3, to3) = (from.zip3(), to.zip3());
        let (from3, to3) = (from3.as_str(), to3.as_str());
        let zip = |code: &'_ Code| code.zip5().map(|zip| zip.as_str().to_owned());
        let (from_zip, to_zip) = (zip(from), zip(to));
        let mut transaction = data.begin_read_only().await?;
        let live = transaction.live().await?;
        let changed = |relation: &str| super::shown(&live).is_some_and(|matrix| matrix.stale_by.iter().any(|source| source == relation));
        let rows = transaction.matrix_rows(Some(from3), &[]).await?;
        let places = transaction.places(&places::asked(from, to)).await?;
        // The rows that are shown are not those that the matrix was made from, where a relation has changed since.
        let standards = if changed(STANDARDS) {
            transaction.matrix_brought_by(STANDARDS, None).await?
        } else {
            transaction.standards_brought_by(from3, to3).await?.into_iter().collect()
        };
        let (grid, of_area): (Vec<ChartRow>, Vec<ChartRow>) = transaction
            .chart_rows(from3, to3, to_zip.as_deref())
            .await?
            .into_iter()
            .partition(|row| Some(row.destination.as_str()) == to_zip.as_deref());
        let grid = grid.into_iter().next();
        let charts = if changed(CHARTS) {
            transaction.matrix_brought_by(CHARTS, Some(from3)).await?
        } else {
            // Where the chart has no row of the area, its zone was made of the grid's.
            of_area.into_iter().map(|row| row.brought).chain(grid.iter().map(|row| row.brought.clone())).take(1).collect()
        };
        let measured = transaction.ground_rows((from3, to3), from_zip.as_deref(), to_zip.as_deref()).await?;
        let exact = measured.iter().find_map(|rows| Some((u8::try_from(rows.exact?).ok()?, rows.brought.clone())));
        let (ground, ground_zips) = if changed(GROUND) {
            (transaction.matrix_brought_by(GROUND, Some(from3)).await?, None)
        } else {
            let zips = measured.iter().map(|rows| u64::try_from(rows.zips).unwrap_or_default()).sum();
            (measured.into_iter().map(|rows| rows.brought).collect(), Some(zips))
        };
        let zone_days = transaction.zone_transit_days().await?;
        let accuracy = transaction.zone_accuracy().await?;
        transaction.commit().await?;
        let destination = to3.parse().unwrap_or_default();
        Ok(Self { live, rows, destination, places, standards, charts, grid, ground, ground_zips, exact, zone_days, accuracy })
    }

    /// Whether the matrix has anything from the origin with this carrier.
    pub(super) fn has_origin(&self, carrier: &str) -> bool {
        self.rows.iter().any(|row| row.carrier == carrier)
    }

    /// What the matrix says of a service.
    pub(super) fn value(&self, service: &Service) -> MatrixValue {
        let row = self.rows.iter().find(|row| row.carrier == service.carrier && row.service == service.code);
        row.map(|row| row.value(self.destination)).unwrap_or_default()
    }

    /// Every run behind a figure.
    pub(super) fn brought(&self) -> Vec<&Brought> {
        let exact = self.exact.iter().map(|(_, brought)| brought);
        let grid = self.grid.iter().map(|row| &row.brought);
        [&self.standards, &self.charts, &self.ground].into_iter().flatten().chain(exact).chain(grid).collect()
    }
}
