//! Originals: which may go, and which make DATA anew.

use chrono::{DateTime, Utc};
use model::RunId;

use crate::PrimaryTransaction;

/// An import whose rows may be part of what is shown, with what making it anew needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuildable {
    /// The run.
    pub id: RunId,
    /// Its kind.
    pub kind: String,
    /// The run whose rejected rows it corrects.
    pub corrects: Option<RunId>,
    /// The origins whose rows its files hold.
    pub origins: Vec<String>,
    /// Whether all of its originals are kept.
    pub kept: bool,
}

impl PrimaryTransaction {
    /// The hashes of originals that no run needs any more: every run that has them ended before `before`, and is neither among
    /// `needed` nor corrected by one of them.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn originals_to_remove(&mut self, before: DateTime<Utc>, needed: &[RunId]) -> Result<Vec<String>, sqlx::Error> {
        let needed: Vec<String> = needed.iter().map(|id| id.as_str().to_owned()).collect();
        sqlx::query_scalar!(
            "WITH RECURSIVE needed AS (
                 SELECT id, corrects FROM config.integration_runs WHERE id = ANY($2)
                 UNION
                 SELECT r.id, r.corrects FROM config.integration_runs r JOIN needed n ON r.id = n.corrects
             )
             SELECT f.sha256 FROM config.run_files f JOIN config.integration_runs r ON r.id = f.run_id
             WHERE f.removed_at IS NULL
             GROUP BY f.sha256
             HAVING bool_and(r.finished_at < $1 AND r.id NOT IN (SELECT id FROM needed)) LIMIT 1000",
            before,
            &needed
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// The runs whose list of rejected rows is older than `before`.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn rejects_to_remove(&mut self, before: DateTime<Utc>) -> Result<Vec<RunId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT id AS "id: RunId" FROM config.integration_runs WHERE rejects_kept AND finished_at < $1 LIMIT 1000"#,
            before
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Records that originals and lists of rejected rows are gone from the store.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn mark_removed(&mut self, hashes: &[String], rejects_of: &[RunId]) -> Result<(), sqlx::Error> {
        let runs: Vec<String> = rejects_of.iter().map(|id| id.as_str().to_owned()).collect();
        sqlx::query!("UPDATE config.run_files SET removed_at = now() WHERE sha256 = ANY($1) AND removed_at IS NULL", hashes)
            .execute(&mut self.0)
            .await?;
        sqlx::query!("UPDATE config.integration_runs SET rejects_kept = false WHERE id = ANY($1)", &runs)
            .execute(&mut self.0)
            .await
            .map(drop)
    }

    /// Imports that succeeded and are not undone, in the order in which they were published.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn rebuildable(&mut self) -> Result<Vec<Rebuildable>, sqlx::Error> {
        sqlx::query_as!(
            Rebuildable,
            r#"SELECT r.id AS "id: RunId", coalesce(r.subject, '') AS "kind!", r.corrects AS "corrects: RunId",
                      ARRAY(SELECT DISTINCT o FROM config.run_files f, unnest(f.origins) o WHERE f.run_id = r.id AND f.failure IS NULL)
                          AS "origins!",
                      NOT EXISTS (SELECT 1 FROM config.run_files f WHERE f.run_id = r.id AND f.removed_at IS NOT NULL) AS "kept!"
               FROM config.integration_runs r WHERE r.operation = 'import' AND r.state = 'succeeded'
               ORDER BY r.finished_at, r.id"#
        )
        .fetch_all(&mut self.0)
        .await
    }
}
