//! What is asked when somebody looks a transit time up, beside the delivery matrix: places, the imported rows behind the figures with
//! the runs that brought them, and how often estimates are right.

use chrono::{DateTime, Utc};
use model::RunId;

use crate::DataTransaction;

/// A ZIP or an area, by name and centroid.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownPlace {
    /// Five digits or three.
    pub code: String,
    /// The city.
    pub city: String,
    /// Two letters.
    pub state_id: String,
    /// Degrees.
    pub lat: f64,
    /// Degrees.
    pub lng: f64,
}

/// A run that brought a row, or the rows of an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The run.
    pub run_id: RunId,
    /// When what it brought was published.
    pub published_at: DateTime<Utc>,
    /// The origin whose rows they are, of a relation that is replaced by origin.
    pub origin: Option<String>,
}

/// A row of UPS's charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartRow {
    /// Three digits; five in the grid of Hawaii and Alaska.
    pub destination: String,
    /// The zones of ground, three_day_select, second_day_air, second_day_air_am, next_day_air_saver and next_day_air.
    pub zones: [Option<String>; 6],
    /// Who brought it.
    pub brought: Brought,
}

/// Measured days of UPS Ground from a ZIP to those of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroundRows {
    /// ZIPs of the area whose days are known.
    pub zips: i64,
    /// The days between the two very ZIPs that were asked for, where they are among these.
    pub exact: Option<i16>,
    /// Who brought them.
    pub brought: Brought,
}

/// How often the days that a zone is taken to mean were the measured ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneAccuracy {
    /// `UPS`.
    pub carrier: String,
    /// `GND`.
    pub service: String,
    /// Three digits.
    pub zone: String,
    /// Pairs of areas of which both are known.
    pub pairs: i64,
    /// Of these, where they were the same.
    pub exact: i64,
    /// Of these, where they were at most one day apart.
    pub within_one: i64,
}

impl DataTransaction {
    /// Those of these codes, of three digits and of five, whose name is known.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn places(&mut self, codes: &[String]) -> Result<Vec<KnownPlace>, sqlx::Error> {
        sqlx::query_as!(
            KnownPlace,
            r#"SELECT zip AS "code!", city AS "city!", state_id AS "state_id!", lat AS "lat!", lng AS "lng!"
               FROM workspace.us_zips WHERE zip = ANY($1)
               UNION ALL
               SELECT zip3, city, state_id, lat, lng FROM reference.zip3_demographics WHERE zip3 = ANY($1)"#,
            codes
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Who brought USPS's standards between two areas, if there are some.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn standards_brought_by(&mut self, from: &str, to: &str) -> Result<Option<Brought>, sqlx::Error> {
        sqlx::query_as!(
            Brought,
            r#"SELECT p.run_id AS "run_id!: RunId", p.published_at AS "published_at!", NULL::text AS origin
               FROM workspace.usps_3d u JOIN workspace.publications p ON p.number = u.publication
               WHERE u.origin = $1 AND u.destination = $2"#,
            from,
            to
        )
        .fetch_optional(&mut self.0)
        .await
    }

    /// Rows of the shown chart of an area: the one of this ZIP, where the grid has it, and then the one of its area, or where no row is the
    /// area's, one of the grid's ZIPs in it.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn chart_rows(&mut self, from: &str, to: &str, to_zip: Option<&str>) -> Result<Vec<ChartRow>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT r.destination, r.ground, r.three_day_select, r.second_day_air, r.second_day_air_am, r.next_day_air_saver,
                      r.next_day_air, p.run_id AS "run_id: RunId", p.published_at, v.origin
               FROM workspace.origin_versions v
               JOIN workspace.ups_zones_rows r ON r.version = v.publication AND r.origin = v.origin
               JOIN workspace.publications p ON p.number = r.publication
               WHERE v.relation = 'workspace.ups_zones' AND v.live AND v.origin = $1
                 AND r.destination >= $2 AND r.destination <= $2 || '99'
               ORDER BY r.destination = coalesce($3, '') DESC, r.destination
               LIMIT 2"#,
            from,
            to,
            to_zip
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ChartRow {
                destination: row.destination,
                zones: [
                    row.ground,
                    row.three_day_select,
                    row.second_day_air,
                    row.second_day_air_am,
                    row.next_day_air_saver,
                    row.next_day_air,
                ],
                brought: Brought { run_id: row.run_id, published_at: row.published_at, origin: Some(row.origin) },
            })
            .collect())
    }

    /// Measured days between two areas, those of each origin and run together; with the days from `from_zip` to `to_zip` where both are
    /// given and known.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn ground_rows(
        &mut self,
        (from, to): (&str, &str),
        from_zip: Option<&str>,
        to_zip: Option<&str>,
    ) -> Result<Vec<GroundRows>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT v.origin, count(*) AS "zips!", max(r.days) FILTER (WHERE v.origin = $3 AND r.destination = $4) AS exact,
                      p.run_id AS "run_id: RunId", p.published_at
               FROM workspace.origin_versions v
               JOIN workspace.ups_ground_rows r ON r.version = v.publication AND r.origin = v.origin
                    AND r.destination >= $2 || '00' AND r.destination <= $2 || '99'
               JOIN workspace.publications p ON p.number = r.publication
               WHERE v.relation = 'workspace.ups_ground' AND v.live AND v.origin >= $1 || '00' AND v.origin <= $1 || '99'
               GROUP BY v.origin, p.number
               ORDER BY exact NULLS LAST, v.origin, p.number DESC"#,
            from,
            to,
            from_zip,
            to_zip
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| GroundRows {
                zips: row.zips,
                exact: row.exact,
                brought: Brought { run_id: row.run_id, published_at: row.published_at, origin: Some(row.origin) },
            })
            .collect())
    }

    /// Who brought what the published matrix was made from, of a relation that has changed since: of one that is replaced by origin, for
    /// each origin in an area.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn matrix_brought_by(&mut self, relation: &str, from: Option<&str>) -> Result<Vec<Brought>, sqlx::Error> {
        sqlx::query_as!(
            Brought,
            r#"SELECT DISTINCT ON (v.origin) p.run_id AS "run_id!: RunId", p.published_at AS "published_at!", v.origin AS "origin?"
               FROM workspace.live l
               JOIN workspace.publications m ON m.number = l.publication
               JOIN workspace.derivations d ON d.publication = m.number AND d.source = $1
               JOIN workspace.publications p ON p.relation = d.source AND p.change <= d.change
                    AND (p.undone_at IS NULL OR p.undone_at > m.published_at)
               LEFT JOIN workspace.origin_versions v ON v.publication = p.number AND left(v.origin, 3) = $2
               WHERE l.relation = 'reference.delivery_matrix' AND ($2::text IS NULL OR v.origin IS NOT NULL)
               ORDER BY v.origin, p.change DESC"#,
            relation,
            from
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// How often zones are right, where both estimate and measured days are known.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn zone_accuracy(&mut self) -> Result<Vec<ZoneAccuracy>, sqlx::Error> {
        sqlx::query_as!(
            ZoneAccuracy,
            r#"SELECT carrier AS "carrier!", service AS "service!", zone AS "zone!", pairs AS "pairs!", exact AS "exact!",
                      within_one AS "within_one!"
               FROM reference.zone_accuracy ORDER BY carrier, service, zone"#
        )
        .fetch_all(&mut self.0)
        .await
    }
}
