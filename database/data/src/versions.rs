//! What each relation shows, what it was made from, and bringing back what was there before.

use chrono::{DateTime, Utc};
use model::RunId;
use model::integration::{KindContract, Replacement};

use crate::publications::{PublishError, swap};
use crate::{DataPool, DataTransaction};

/// How many replaced versions are kept, so that they can come back.
pub const VERSIONS_KEPT: i64 = 3;

/// What a relation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The relation.
    pub relation: String,
    /// Its rows.
    pub rows: u64,
    /// Grows with every change.
    pub change: i64,
    /// The run of the latest publication that is shown; none where nothing is.
    pub run_id: Option<RunId>,
    /// Its edition.
    pub release: Option<String>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// The run of the latest change: a publication, or its undoing.
    pub changed_by: Option<RunId>,
    /// Of the relations that it was made from, those that have changed since.
    pub stale_by: Vec<String>,
}

/// A table that was made from what a run published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedFrom {
    /// The derived relation.
    pub relation: String,
    /// The run that made it.
    pub run_id: RunId,
    /// When.
    pub published_at: DateTime<Utc>,
    /// Whether its source has changed since.
    pub stale: bool,
}

/// What undoing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undoing {
    /// Done: rows that are shown now of what the publication had shown.
    Done {
        /// Rows of the version that was brought back.
        rows: u64,
    },
    /// Nothing that the run published is shown any more.
    NotLive,
}

impl DataTransaction {
    /// What every relation shows.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn live(&mut self) -> Result<Vec<Live>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT l.relation, l.change, l.run_id AS "changed_by: RunId", p.run_id AS "run_id?: RunId", p.release, p.published_at AS "published_at?",
                      coalesce(o.rows, p.rows, 0) AS "rows!",
                      ARRAY(SELECT d.source FROM workspace.derivations d LEFT JOIN workspace.live s ON s.relation = d.source
                            WHERE d.publication = l.publication AND coalesce(s.change, 0) <> d.change ORDER BY d.source) AS "stale_by!"
               FROM workspace.live l
               LEFT JOIN workspace.publications p ON p.number = l.publication
               LEFT JOIN (SELECT relation, sum(rows)::bigint AS rows FROM workspace.origin_versions WHERE live GROUP BY relation) o
                      ON o.relation = l.relation"#
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Live {
                relation: row.relation,
                rows: u64::try_from(row.rows).unwrap_or_default(),
                change: row.change,
                run_id: row.run_id,
                release: row.release,
                published_at: row.published_at,
                stale_by: row.stale_by,
                changed_by: row.changed_by,
            })
            .collect())
    }

    /// The numbers of these relations' latest changes; 0 where there has been none.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn changes_of(&mut self, relations: &[&str]) -> Result<Vec<i64>, sqlx::Error> {
        let names: Vec<String> = relations.iter().map(|relation| (*relation).to_owned()).collect();
        sqlx::query_scalar!(
            r#"SELECT coalesce(l.change, 0) AS "change!" FROM unnest($1::text[]) WITH ORDINALITY AS n (name, place)
               LEFT JOIN workspace.live l ON l.relation = n.name ORDER BY n.place"#,
            &names
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Records what a run's publication of a relation was made from: the sources with their changes, asked for before their rows
    /// were read, so that a change in between makes the publication stale and not wrong; and which publications of each were shown.
    /// Of a source that has changed in between, that is its latest one before.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn record_derivation(
        &mut self,
        run_id: &RunId,
        relation: &str,
        sources: &[&str],
        changes: &[i64],
    ) -> Result<(), sqlx::Error> {
        let sources: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
        sqlx::query!(
            "INSERT INTO workspace.derivations (publication, source, change, shown)
             SELECT p.number, s.name, s.change,
                    CASE WHEN l.change IS DISTINCT FROM s.change
                         THEN ARRAY(SELECT q.number FROM workspace.publications q
                                    WHERE q.relation = s.name AND q.change <= s.change ORDER BY q.change DESC LIMIT 1)
                         WHEN EXISTS (SELECT 1 FROM workspace.origin_versions v WHERE v.relation = s.name)
                         THEN ARRAY(SELECT DISTINCT v.publication FROM workspace.origin_versions v WHERE v.relation = s.name AND v.live)
                         ELSE array_remove(ARRAY[l.publication], NULL) END
             FROM workspace.publications p CROSS JOIN unnest($3::text[], $4::bigint[]) AS s (name, change)
             LEFT JOIN workspace.live l ON l.relation = s.name
             WHERE p.run_id = $1 AND p.relation = $2",
            run_id.as_str(),
            relation,
            &sources,
            changes,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// What is shown now and was made from rows that a run published.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn derived(&mut self, run_id: &RunId) -> Result<Vec<DerivedFrom>, sqlx::Error> {
        // Made after the run's publication and before the source's next change, or before it was undone.
        sqlx::query_as!(
            DerivedFrom,
            r#"SELECT DISTINCT d_p.relation, d_p.run_id AS "run_id: RunId", d_p.published_at,
                      (coalesce(s.change, 0) <> d.change) AS "stale!"
               FROM workspace.publications p
               JOIN workspace.derivations d ON d.source = p.relation AND d.change >= p.change
               JOIN workspace.publications d_p ON d_p.number = d.publication
               JOIN workspace.live shown ON shown.publication = d_p.number
               LEFT JOIN workspace.live s ON s.relation = p.relation
               WHERE p.run_id = $1
                 AND d.change < coalesce((SELECT min(n.change) FROM workspace.publications n
                                          WHERE n.relation = p.relation AND n.change > p.change), 9223372036854775807)
               ORDER BY d_p.relation"#,
            run_id.as_str()
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// The runs whose publications are shown or can be brought back.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn runs_with_versions(&mut self) -> Result<Vec<RunId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT p.run_id AS "run_id: RunId" FROM workspace.publications p
               WHERE to_regclass(p.relation || '_' || p.number) IS NOT NULL
                  OR EXISTS (SELECT 1 FROM workspace.origin_versions v WHERE v.publication = p.number)"#
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// The runs of which something is shown; with, of a relation that is replaced by origin, the origins.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn shown_origins(&mut self, contract: &KindContract) -> Result<Vec<(RunId, Option<String>)>, sqlx::Error> {
        match contract.replacement {
            Replacement::Table => {
                let run = sqlx::query_scalar!(
                    r#"SELECT p.run_id AS "run_id: RunId" FROM workspace.live l JOIN workspace.publications p ON p.number = l.publication
                       WHERE l.relation = $1"#,
                    contract.relation
                )
                .fetch_optional(&mut self.0)
                .await?;
                Ok(run.into_iter().map(|run| (run, None)).collect())
            }
            Replacement::Origins => {
                let rows = sqlx::query!(
                    r#"SELECT p.run_id AS "run_id: RunId", v.origin FROM workspace.origin_versions v
                       JOIN workspace.publications p ON p.number = v.publication
                       WHERE v.relation = $1 AND v.live"#,
                    contract.relation
                )
                .fetch_all(&mut self.0)
                .await?;
                Ok(rows.into_iter().map(|row| (row.run_id, Some(row.origin))).collect())
            }
        }
    }

    /// Brings back, for the run `by`, what was shown before a run's publication. The caller claims that run's outcome and commits.
    ///
    /// # Errors
    /// [`PublishError::Busy`] as in publishing; otherwise when DATA does not answer.
    pub async fn undo(&mut self, contract: &KindContract, run_id: &RunId, by: &RunId) -> Result<Undoing, PublishError> {
        self.take_turn(contract.relation).await?;
        let number = sqlx::query_scalar!(
            "SELECT number FROM workspace.publications WHERE run_id = $1 AND relation = $2 AND undone_at IS NULL",
            run_id.as_str(),
            contract.relation
        )
        .fetch_optional(&mut self.0)
        .await?;
        let Some(number) = number else { return Ok(Undoing::NotLive) };
        let rows = match contract.replacement {
            Replacement::Table => self.undo_table(contract, number, by).await?,
            Replacement::Origins => self.undo_origins(contract, number, by).await?,
        };
        let Some(rows) = rows else { return Ok(Undoing::NotLive) };
        sqlx::query!("UPDATE workspace.publications SET undone_at = now() WHERE number = $1", number).execute(&mut self.0).await?;
        Ok(Undoing::Done { rows })
    }

    async fn undo_table(&mut self, contract: &KindContract, number: i64, by: &RunId) -> Result<Option<u64>, PublishError> {
        let relation = contract.relation;
        let shown = sqlx::query_scalar!("SELECT publication FROM workspace.live WHERE relation = $1", relation)
            .fetch_optional(&mut self.0)
            .await?
            .flatten();
        if shown != Some(number) {
            return Ok(None);
        }
        let previous = sqlx::query!(
            "SELECT number, rows FROM workspace.publications
             WHERE relation = $1 AND number <> $2 AND undone_at IS NULL AND to_regclass(relation || '_' || number) IS NOT NULL
             ORDER BY change DESC LIMIT 1",
            relation,
            number
        )
        .fetch_optional(&mut self.0)
        .await?;
        let table = previous.as_ref().map_or_else(|| format!("{relation}_layout"), |previous| format!("{relation}_{}", previous.number));
        swap(self, &[(relation, table)]).await?;
        let change = self.next_number().await?;
        self.show(relation, previous.as_ref().map(|previous| previous.number), change, by).await?;
        Ok(Some(previous.map_or(0, |previous| u64::try_from(previous.rows).unwrap_or_default())))
    }

    async fn undo_origins(&mut self, contract: &KindContract, number: i64, by: &RunId) -> Result<Option<u64>, PublishError> {
        let origins: Vec<String> = sqlx::query_scalar!(
            "UPDATE workspace.origin_versions SET live = false WHERE publication = $1 AND live RETURNING origin",
            number
        )
        .fetch_all(&mut self.0)
        .await?;
        if origins.is_empty() {
            return Ok(None);
        }
        let rows = sqlx::query_scalar!(
            "UPDATE workspace.origin_versions v SET live = true
             FROM (SELECT DISTINCT ON (o.origin) o.origin, o.publication
                   FROM workspace.origin_versions o JOIN workspace.publications p ON p.number = o.publication
                   WHERE o.relation = $1 AND o.origin = ANY($2) AND o.publication <> $3 AND p.undone_at IS NULL
                   ORDER BY o.origin, p.change DESC) previous
             WHERE v.publication = previous.publication AND v.origin = previous.origin
             RETURNING v.rows",
            contract.relation,
            &origins,
            number
        )
        .fetch_all(&mut self.0)
        .await?;
        let latest = sqlx::query_scalar!(
            "SELECT p.number FROM workspace.origin_versions v JOIN workspace.publications p ON p.number = v.publication
             WHERE v.relation = $1 AND v.live ORDER BY p.change DESC LIMIT 1",
            contract.relation
        )
        .fetch_optional(&mut self.0)
        .await?;
        let change = self.next_number().await?;
        self.show(contract.relation, latest, change, by).await?;
        Ok(Some(rows.into_iter().map(|rows| u64::try_from(rows).unwrap_or_default()).sum()))
    }

    /// Records that a relation shows another publication, or nothing, and which run changed that.
    pub(crate) async fn show(&mut self, relation: &str, publication: Option<i64>, change: i64, run_id: &RunId) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO workspace.live (relation, publication, change, run_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT (relation) DO UPDATE SET publication = excluded.publication, change = excluded.change, run_id = excluded.run_id",
            relation,
            publication,
            change,
            run_id.as_str(),
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }
}

impl DataPool {
    /// Tells the planner of a relation's new rows. Not a part of publishing: for a small table it would take longer than all the
    /// rest, and PostgreSQL would do it by itself within a minute.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn analyze(&self, relation: &str) -> Result<(), sqlx::Error> {
        let mut transaction = self.begin().await?;
        let table = match KindContract::of_relation(relation).map(|contract| contract.replacement) {
            Some(Replacement::Origins) => Some(format!("{relation}_rows")),
            _ => sqlx::query_scalar!("SELECT publication FROM workspace.live WHERE relation = $1", relation)
                .fetch_optional(&mut transaction.0)
                .await?
                .flatten()
                .map(|number| format!("{relation}_{number}")),
        };
        if let Some(table) = table {
            transaction.0.run_script(&format!("ANALYZE {table}")).await?;
        }
        transaction.commit().await
    }

    /// Removes what is not kept any more of a relation: versions beyond [`VERSIONS_KEPT`], and undone ones.
    ///
    /// # Errors
    /// When DATA does not answer. What could not be removed is next time.
    pub async fn remove_old_versions(&self, relation: &str) -> Result<(), sqlx::Error> {
        match KindContract::of_relation(relation).map(|contract| contract.replacement) {
            Some(Replacement::Origins) => self.remove_old_origins(relation).await,
            Some(Replacement::Table) => self.drop_replaced(relation, VERSIONS_KEPT).await,
            None => self.drop_replaced(relation, 0).await,
        }
    }

    async fn remove_old_origins(&self, relation: &str) -> Result<(), sqlx::Error> {
        let mut transaction = self.begin().await?;
        transaction.take_turn(relation).await?;
        let gone = sqlx::query!(
            "DELETE FROM workspace.origin_versions v
             USING (SELECT o.publication, o.origin, o.live, p.undone_at,
                           row_number() OVER (PARTITION BY o.origin ORDER BY o.live DESC, p.undone_at IS NOT NULL, p.change DESC) AS place
                    FROM workspace.origin_versions o JOIN workspace.publications p ON p.number = o.publication
                    WHERE o.relation = $1) ranked
             WHERE v.publication = ranked.publication AND v.origin = ranked.origin AND NOT ranked.live
               AND (ranked.undone_at IS NOT NULL OR ranked.place > $2::bigint + 1)
             RETURNING v.publication, v.origin",
            relation,
            VERSIONS_KEPT
        )
        .fetch_all(&mut transaction.0)
        .await?;
        if !gone.is_empty() {
            let versions: Vec<i64> = gone.iter().map(|row| row.publication).collect();
            let origins: Vec<String> = gone.into_iter().map(|row| row.origin).collect();
            let delete = format!(
                "DELETE FROM {relation}_rows r USING unnest($1::bigint[], $2::text[]) AS g (version, origin)
                 WHERE r.version = g.version AND r.origin = g.origin COLLATE \"C\""
            );
            sqlx::query(sqlx::AssertSqlSafe(delete)).bind(versions).bind(origins).execute(&mut transaction.0).await?;
        }
        transaction.commit().await
    }
}
