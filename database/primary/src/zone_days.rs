//! The days that zones are taken to mean: what people decide.

use crate::PrimaryTransaction;

/// A zone of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneDaysRow {
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
    /// Who set it; none of the seed.
    pub updated_by: Option<String>,
}

impl PrimaryTransaction {
    /// All of them, in the zones' order.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn zone_days(&mut self) -> Result<Vec<ZoneDaysRow>, sqlx::Error> {
        sqlx::query_as!(
            ZoneDaysRow,
            "SELECT carrier, service, zone, days, exact_percent, within_one_percent, updated_by
             FROM config.zone_transit_days ORDER BY carrier, service, zone"
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Grows with every change of one of them.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn zone_days_revision(&mut self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar!(r#"SELECT coalesce(max(revision), 0) AS "revision!" FROM config.zone_transit_days"#)
            .fetch_one(&mut self.0)
            .await
    }

    /// Sets the days of a zone, if they are `expected` now. Answers what they were; the change was made where that is `expected`. How
    /// often the old ones were right says nothing of the new ones.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn set_zone_days(
        &mut self,
        (carrier, service, zone): (&str, &str, &str),
        expected: Option<i16>,
        days: Option<i16>,
        by: &str,
    ) -> Result<Option<Option<i16>>, sqlx::Error> {
        let now = sqlx::query_scalar!(
            "SELECT days FROM config.zone_transit_days WHERE carrier = $1 AND service = $2 AND zone = $3 FOR UPDATE",
            carrier,
            service,
            zone
        )
        .fetch_optional(&mut self.0)
        .await?;
        if now.is_some_and(|now| now == expected && now != days) {
            sqlx::query!(
                "UPDATE config.zone_transit_days
                 SET days = $4, exact_percent = NULL, within_one_percent = NULL, updated_at = now(), updated_by = $5,
                     revision = nextval('config.zone_transit_days_revision')
                 WHERE carrier = $1 AND service = $2 AND zone = $3",
                carrier,
                service,
                zone,
                days,
                by
            )
            .execute(&mut self.0)
            .await?;
        }
        Ok(now)
    }

    /// Adds a zone that is not there yet. Answers `false` where it is.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn add_zone_days(
        &mut self,
        (carrier, service, zone): (&str, &str, &str),
        days: Option<i16>,
        by: &str,
    ) -> Result<bool, sqlx::Error> {
        let added = sqlx::query!(
            "INSERT INTO config.zone_transit_days (carrier, service, zone, days, updated_by) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            carrier,
            service,
            zone,
            days,
            by
        )
        .execute(&mut self.0)
        .await?;
        Ok(added.rows_affected() == 1)
    }
}
