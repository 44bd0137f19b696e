//! What the delivery matrix is made from, and its rows.

use bytes::Bytes;
use futures::TryStreamExt;

use crate::{BinaryRows, DataTransaction};

/// A zone of a service with the days that it is taken to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneTransitDays {
    /// `UPS`.
    pub carrier: String,
    /// `GND`.
    pub service: String,
    /// Three digits.
    pub zone: String,
    /// Business days; none where none are assumed.
    pub days: Option<i16>,
    /// How often, of a hundred, that was exactly right where it was looked at.
    pub exact_percent: Option<f32>,
    /// How often it was at most one day off.
    pub within_one_percent: Option<f32>,
}

/// Areas that codes of three digits can name.
pub const AREAS: usize = 1000;

/// What the matrix says of a service between two areas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MatrixValue {
    /// Business days; 0 where none are known.
    pub days: u8,
    /// The zone; 0 where there is none.
    pub zone: u16,
    /// Whether the days were measured.
    pub measured: bool,
}

impl MatrixValue {
    /// Whether the service goes there, be it that only its zone is known.
    pub fn exists(self) -> bool {
        self.days > 0 || self.zone > 0
    }
}

/// A row of the matrix: an origin's days of a service to every area, by the areas' codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// The origin.
    pub origin: String,
    /// The carrier.
    pub carrier: String,
    /// The service.
    pub service: String,
    /// A byte for each area, business days; 0 where there are none.
    pub days: Bytes,
    /// Two bytes for each area, the higher first; 0 where there is no zone. None where the carrier has no zones.
    pub zones: Option<Bytes>,
    /// A byte for each area, 1 where the days were measured. None where none were.
    pub measured: Option<Bytes>,
}

impl MatrixRow {
    /// What it says of the way to the area with this code.
    pub fn value(&self, area: usize) -> MatrixValue {
        let zone = self.zones.as_ref().and_then(|zones| zones.as_chunks::<2>().0.get(area));
        MatrixValue {
            days: self.days.get(area).copied().unwrap_or_default(),
            zone: zone.copied().map(u16::from_be_bytes).unwrap_or_default(),
            measured: self.measured.as_ref().and_then(|measured| measured.get(area)).is_some_and(|measured| *measured > 0),
        }
    }
}

/// How many values the carriers' tables hold, by the services' columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTotals {
    /// `usps_3d`: pri, gal, gah, pkg, fcm, mkt, per, pfc.
    pub usps: [i64; 8],
    /// `ups_zones`, but for the grid of five-digit ZIPs: ground, three_day_select, second_day_air, second_day_air_am,
    /// next_day_air_saver, next_day_air.
    pub ups: [i64; 6],
}

impl DataTransaction {
    /// USPS's standards: origin, destination, then the days of pri, gal, gah, pkg, fcm, mkt, per and pfc as `smallint`.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn usps_standards(&mut self) -> Result<BinaryRows<'_>, sqlx::Error> {
        self.copy_out("SELECT origin, destination, pri, gal, gah, pkg, fcm, mkt, per, pfc FROM workspace.usps_3d").await
    }

    /// UPS's zones: origin, destination (three digits, or five in the grid), then the zones of ground, three_day_select,
    /// second_day_air, second_day_air_am, next_day_air_saver and next_day_air as text.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn ups_zones(&mut self) -> Result<BinaryRows<'_>, sqlx::Error> {
        self.copy_out(
            "SELECT origin, destination, ground, three_day_select, second_day_air, second_day_air_am, next_day_air_saver, next_day_air
             FROM workspace.ups_zones",
        )
        .await
    }

    /// UPS Ground's time in transit: origin and destination ZIP, days as `smallint`.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn ups_ground(&mut self) -> Result<BinaryRows<'_>, sqlx::Error> {
        self.copy_out("SELECT origin, destination, days FROM workspace.ups_ground").await
    }

    /// The published matrix: origin, carrier, service, days, zones and measured.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn published_matrix(&mut self) -> Result<BinaryRows<'_>, sqlx::Error> {
        self.copy_out("SELECT origin, carrier, service, days, zones, measured FROM reference.delivery_matrix_rows").await
    }

    /// Counts the values of the carriers' tables, apart from reading them.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn source_totals(&mut self) -> Result<SourceTotals, sqlx::Error> {
        let usps = sqlx::query!(
            r#"SELECT count(pri) AS "pri!", count(gal) AS "gal!", count(gah) AS "gah!", count(pkg) AS "pkg!", count(fcm) AS "fcm!",
                      count(mkt) AS "mkt!", count(per) AS "per!", count(pfc) AS "pfc!" FROM workspace.usps_3d"#
        )
        .fetch_one(&mut self.0)
        .await?;
        let ups = sqlx::query!(
            r#"SELECT count(ground) AS "gnd!", count(three_day_select) AS "tds!", count(second_day_air) AS "tda!",
                      count(second_day_air_am) AS "tam!", count(next_day_air_saver) AS "nds!", count(next_day_air) AS "nda!"
               FROM workspace.ups_zones WHERE length(destination) = 3"#
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(SourceTotals {
            usps: [usps.pri, usps.gal, usps.gah, usps.pkg, usps.fcm, usps.mkt, usps.per, usps.pfc],
            ups: [ups.gnd, ups.tds, ups.tda, ups.tam, ups.nds, ups.nda],
        })
    }

    /// The days that zones are taken to mean, in the zones' order.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn zone_transit_days(&mut self) -> Result<Vec<ZoneTransitDays>, sqlx::Error> {
        sqlx::query_as!(
            ZoneTransitDays,
            r#"SELECT carrier AS "carrier!", service AS "service!", zone AS "zone!", days, exact_percent, within_one_percent
               FROM reference.zone_transit_days ORDER BY carrier, service, zone"#
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Rows of the published matrix: of one origin, where one is given, and of these services, where some are.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn matrix_rows(&mut self, origin: Option<&str>, services: &[&str]) -> Result<Vec<MatrixRow>, sqlx::Error> {
        let services: Vec<String> = services.iter().map(|service| (*service).to_owned()).collect();
        sqlx::query!(
            r#"SELECT origin AS "origin!", carrier AS "carrier!", service AS "service!", days AS "days!", zones, measured
               FROM reference.delivery_matrix_rows
               WHERE ($1::text IS NULL OR origin = $1) AND (cardinality($2::text[]) = 0 OR service = ANY($2))
               ORDER BY origin, carrier, service"#,
            origin,
            &services
        )
        .fetch(&mut self.0)
        .map_ok(|row| MatrixRow {
            origin: row.origin,
            carrier: row.carrier,
            service: row.service,
            days: row.days.into(),
            zones: row.zones.map(Bytes::from),
            measured: row.measured.map(Bytes::from),
        })
        .try_collect()
        .await
    }
}
