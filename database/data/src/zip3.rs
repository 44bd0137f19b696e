//! What the transformation `zip3` reads and what its export writes.

use model::{Zip3, Zip5};

use crate::DataTransaction;

/// A ZIP as `zip3` reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Zip {
    /// The ZIP.
    pub zip: Zip5,
    /// Degrees.
    pub lat: f64,
    /// Degrees.
    pub lng: f64,
    /// The ZIP's city.
    pub city: String,
    /// Two letters.
    pub state_id: String,
    /// People; none where unknown.
    pub population: Option<i64>,
}

/// A ZCTA as `zip3` reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Zcta {
    /// The ZCTA.
    pub geoid: Zip5,
    /// Land, square metres.
    pub aland: i64,
    /// Water, square metres.
    pub awater: i64,
    /// Degrees.
    pub lat: f64,
    /// Degrees.
    pub lng: f64,
}

/// A row of `reference.zip3_demographics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Zip3Demographics {
    /// The area.
    pub zip3: Zip3,
    /// People.
    pub population: i64,
    /// How many ZIPs it has.
    pub zips: i64,
    /// Its most frequent state.
    pub state_id: String,
    /// The city of its most populous ZIP.
    pub city: String,
    /// Degrees.
    pub lat: f64,
    /// Degrees.
    pub lng: f64,
}

impl DataTransaction {
    /// Every ZIP, in order. A view's columns are all nullable to PostgreSQL; the layout behind it says which are not.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn zips(&mut self) -> Result<Vec<Zip>, sqlx::Error> {
        sqlx::query_as!(
            Zip,
            r#"SELECT zip AS "zip!: Zip5", lat AS "lat!", lng AS "lng!", city AS "city!", state_id AS "state_id!", population
               FROM workspace.us_zips ORDER BY zip"#
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// How many ZIPs are imported, and how many people live there.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn people(&mut self) -> Result<(i64, i64), sqlx::Error> {
        let row = sqlx::query!(r#"SELECT count(*) AS "zips!", coalesce(sum(population), 0)::bigint AS "people!" FROM workspace.us_zips"#)
            .fetch_one(&mut self.0)
            .await?;
        Ok((row.zips, row.people))
    }

    /// Every ZCTA, in order.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn zctas(&mut self) -> Result<Vec<Zcta>, sqlx::Error> {
        sqlx::query_as!(
            Zcta,
            r#"SELECT geoid AS "geoid!: Zip5", aland AS "aland!", awater AS "awater!", intptlat AS "lat!", intptlong AS "lng!"
               FROM workspace.gaz_zcta ORDER BY geoid"#
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Every ZIP3's demographics, in order.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn zip3_demographics(&mut self) -> Result<Vec<Zip3Demographics>, sqlx::Error> {
        sqlx::query_as!(
            Zip3Demographics,
            r#"SELECT zip3 AS "zip3!: Zip3", population AS "population!", zips AS "zips!", state_id AS "state_id!", city AS "city!",
                      lat AS "lat!", lng AS "lng!"
               FROM reference.zip3_demographics ORDER BY zip3"#
        )
        .fetch_all(&mut self.0)
        .await
    }
}
