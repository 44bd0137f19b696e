//! Who brought something, and with which file: what a figure's source is called.

use model::RunId;

use crate::PrimaryTransaction;

/// What is known of a run that brought something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtBy {
    /// The run.
    pub run_id: RunId,
    /// The origin that was asked for.
    pub origin: Option<String>,
    /// Who asked for the run.
    pub actor: String,
    /// The file with that origin's rows, or the run's first; none of a run without files.
    pub file: Option<String>,
}

impl PrimaryTransaction {
    /// What is known of these runs, each with an origin whose file is wanted where it has several, and the revision of the days that
    /// zones are taken to mean: one query, as PRIMARY may be far away.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn brought_by(&mut self, wanted: &[(RunId, Option<String>)]) -> Result<(Vec<BroughtBy>, i64), sqlx::Error> {
        let runs: Vec<String> = wanted.iter().map(|(run, _)| run.to_string()).collect();
        let origins: Vec<Option<String>> = wanted.iter().map(|(_, origin)| origin.clone()).collect();
        let rows = sqlx::query!(
            r#"SELECT z.revision AS "revision!", r.id AS "run_id?: RunId", w.origin AS "origin?", r.actor AS "actor?", f.name AS "file?"
               FROM (SELECT coalesce(max(revision), 0) AS revision FROM config.zone_transit_days) z
               LEFT JOIN unnest($1::text[], $2::text[]) AS w (run_id, origin) ON true
               LEFT JOIN config.integration_runs r ON r.id = w.run_id
               LEFT JOIN LATERAL (SELECT name FROM config.run_files o WHERE o.run_id = r.id AND o.failure IS NULL
                                  ORDER BY w.origin IS NOT NULL AND w.origin = ANY(o.origins) DESC, o.ordinal LIMIT 1) f ON true"#,
            &runs,
            &origins as _,
        )
        .fetch_all(&mut self.0)
        .await?;
        let revision = rows.first().map_or(0, |row| row.revision);
        let brought = rows
            .into_iter()
            .filter_map(|row| Some(BroughtBy { run_id: row.run_id?, origin: row.origin, actor: row.actor?, file: row.file }))
            .collect();
        Ok((brought, revision))
    }
}
