//! Which imports a relation's rows come from, however many tables lie between.

use chrono::{DateTime, Utc};
use model::RunId;

use crate::DataTransaction;

/// An import whose rows a relation was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportBehind {
    /// The relation that was made from it.
    pub relation: String,
    /// The imported table.
    pub imported: String,
    /// The run of the import.
    pub run_id: RunId,
    /// The edition of its files, where they tell.
    pub release: Option<String>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

impl DataTransaction {
    /// The imports that what these relations show was made from: by relation, imported table and age. An import that is shown itself
    /// is behind its own table, and so is one whose rows it corrects.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn imports_behind(&mut self, relations: &[&str]) -> Result<Vec<ImportBehind>, sqlx::Error> {
        let names: Vec<String> = relations.iter().map(|relation| (*relation).to_owned()).collect();
        sqlx::query_as!(
            ImportBehind,
            r#"WITH RECURSIVE behind (relation, publication) AS (
                   SELECT l.relation, l.publication FROM workspace.live l WHERE l.relation = ANY($1::text[]) AND l.publication IS NOT NULL
                   UNION
                   SELECT v.relation, v.publication FROM workspace.origin_versions v WHERE v.relation = ANY($1::text[]) AND v.live
                   UNION
                   SELECT b.relation, further.publication
                   FROM behind b
                   CROSS JOIN LATERAL (
                       SELECT unnest(d.shown) AS publication FROM workspace.derivations d WHERE d.publication = b.publication
                       UNION ALL
                       SELECT c.corrects FROM workspace.publications c WHERE c.number = b.publication AND c.corrects IS NOT NULL
                   ) further
               )
               SELECT b.relation AS "relation!", p.relation AS "imported!", p.run_id AS "run_id!: RunId", p.release,
                      p.published_at AS "published_at!"
               FROM behind b JOIN workspace.publications p ON p.number = b.publication
               WHERE starts_with(p.relation, 'workspace.')
               ORDER BY b.relation, p.relation, p.change"#,
            &names
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Records that a publication holds the rows of another, with corrections.
    pub(crate) async fn record_correction(&mut self, number: i64, corrects: i64) -> Result<(), sqlx::Error> {
        sqlx::query!("UPDATE workspace.publications SET corrects = $2 WHERE number = $1", number, corrects)
            .execute(&mut self.0)
            .await
            .map(drop)
    }
}
