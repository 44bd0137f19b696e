//! Comparing rows that are about to be shown with those that they would replace, by key.

use std::fmt::Write;

use model::RunId;
use model::integration::{Release, Replacement};
use model::preview::{Change, ChangeKind, ChangedCell, Replaced, SAMPLES};
use sqlx::{AssertSqlSafe, Row};

use crate::publications::Shadow;
use crate::staging::Staging;
use crate::{DataTransaction, Target};

/// Sorting and hashing a national table in memory is quicker than on disk; PostgreSQL's default is a sixteenth of this.
const WORK_MEMORY: &str = "SET LOCAL work_mem = '64MB'";

/// How rows differ from those that they would replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows whose key is new.
    pub added: u64,
    /// Rows whose key goes.
    pub removed: u64,
    /// Rows whose key stays and whose values change.
    pub changed: u64,
    /// Rows that stay.
    pub unchanged: u64,
    /// What is replaced, where there is something.
    pub replaces: Option<Replaced>,
}

/// What is compared: two things to select from, with the same columns.
struct Parts {
    new: String,
    old: String,
    columns: Vec<&'static str>,
    key_columns: usize,
}

impl Parts {
    fn of_staging(staging: &Staging) -> Self {
        let contract = staging.contract;
        let new = staging.rows_sql();
        let old = match contract.replacement {
            Replacement::Table => contract.relation.to_owned(),
            Replacement::Origins => {
                format!("(SELECT * FROM {} WHERE origin IN (SELECT DISTINCT origin FROM {new} s))", contract.relation)
            }
        };
        let columns = contract.columns.iter().map(|column| column.name).collect();
        Self { new, old, columns, key_columns: contract.key_columns }
    }

    fn of_shadow(shadow: &Shadow) -> Self {
        let Target { view, columns, key_columns, .. } = shadow.target;
        Self { new: shadow.table.clone(), old: view.to_owned(), columns: columns.to_vec(), key_columns }
    }

    fn key(&self) -> &[&'static str] {
        &self.columns[..self.key_columns]
    }

    fn on(&self) -> String {
        let equal: Vec<String> = self.key().iter().map(|column| format!("n.{column} = o.{column}")).collect();
        equal.join(" AND ")
    }

    fn differ(&self) -> String {
        let values = &self.columns[self.key_columns..];
        if values.is_empty() {
            return "false".to_owned();
        }
        let row = |alias: &str| values.iter().map(|column| format!("{alias}.{column}")).collect::<Vec<_>>().join(", ");
        format!("ROW({}) IS DISTINCT FROM ROW({})", row("n"), row("o"))
    }
}

impl DataTransaction {
    /// Counts how staged rows differ from what is shown, and notes in the staging with what they were compared.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn compare(&mut self, staging: &mut Staging) -> Result<Comparison, sqlx::Error> {
        staging.compared = self.changes_of(&[staging.contract.relation]).await?.first().copied().unwrap_or_default();
        sqlx::query!("UPDATE workspace.stagings SET compared = $2 WHERE number = $1", staging.number, staging.compared)
            .execute(&mut self.0)
            .await?;
        let Some(replaces) = self.replaced_by(staging).await? else {
            return Ok(Comparison { added: staging.rows, ..Comparison::default() });
        };
        let counted = self.count_differences(&Parts::of_staging(staging)).await?;
        Ok(Comparison { replaces: Some(replaces), ..counted })
    }

    /// Counts how the rows of a shadow differ from those that its relation shows.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn compare_shadow(&mut self, shadow: &Shadow) -> Result<Comparison, sqlx::Error> {
        self.count_differences(&Parts::of_shadow(shadow)).await
    }

    async fn count_differences(&mut self, parts: &Parts) -> Result<Comparison, sqlx::Error> {
        let Parts { new, old, .. } = parts;
        let (on, differ) = (parts.on(), parts.differ());
        self.0.run_script(WORK_MEMORY).await?;
        let key = parts.columns[0];
        let both = format!("n.{key} IS NOT NULL AND o.{key} IS NOT NULL");
        let count = format!(
            "SELECT count(*) FILTER (WHERE o.{key} IS NULL), count(*) FILTER (WHERE n.{key} IS NULL),
                    count(*) FILTER (WHERE {both} AND {differ}), count(*) FILTER (WHERE {both} AND NOT ({differ}))
             FROM {new} n FULL JOIN {old} o ON {on}"
        );
        let row = sqlx::query(AssertSqlSafe(count)).fetch_one(&mut self.0).await?;
        let number = |index: usize| row.try_get::<i64, _>(index).map(|count| u64::try_from(count).unwrap_or_default());
        Ok(Comparison { added: number(0)?, removed: number(1)?, changed: number(2)?, unchanged: number(3)?, replaces: None })
    }

    /// What is shown of the relation, or of the origins that are staged.
    async fn replaced_by(&mut self, staging: &Staging) -> Result<Option<Replaced>, sqlx::Error> {
        let contract = staging.contract;
        let query = match contract.replacement {
            Replacement::Table => "SELECT p.run_id, p.rows, p.release, p.published_at FROM workspace.live l
                 JOIN workspace.publications p ON p.number = l.publication WHERE l.relation = $1"
                .to_owned(),
            Replacement::Origins => format!(
                "SELECT p.run_id, sum(v.rows) OVER ()::bigint AS rows, p.release, p.published_at FROM workspace.origin_versions v
                 JOIN workspace.publications p ON p.number = v.publication
                 WHERE v.relation = $1 AND v.live AND v.origin IN (SELECT DISTINCT origin FROM {} s)
                 ORDER BY p.change DESC LIMIT 1",
                staging.rows_sql()
            ),
        };
        let row = sqlx::query(AssertSqlSafe(query)).bind(contract.relation).fetch_optional(&mut self.0).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Replaced {
            run_id: RunId::new(row.try_get::<String, _>("run_id")?),
            rows: u64::try_from(row.try_get::<i64, _>("rows")?).unwrap_or_default(),
            release: row.try_get::<Option<String>, _>("release")?.map(Release::new),
            published_at: row.try_get("published_at")?,
        }))
    }

    /// Some staged rows of each sort that a comparison has counted, [`SAMPLES`] at most of each, in the key's order.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn samples(&mut self, staging: &Staging, comparison: &Comparison) -> Result<Vec<Change>, sqlx::Error> {
        let mut parts = Parts::of_staging(staging);
        if comparison.replaces.is_none() {
            parts.old = format!("(SELECT * FROM {} none WHERE false)", parts.new);
        }
        self.sample_differences(&parts, comparison).await
    }

    /// The same of a shadow's rows.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn shadow_samples(&mut self, shadow: &Shadow, comparison: &Comparison) -> Result<Vec<Change>, sqlx::Error> {
        self.sample_differences(&Parts::of_shadow(shadow), comparison).await
    }

    async fn sample_differences(&mut self, parts: &Parts, comparison: &Comparison) -> Result<Vec<Change>, sqlx::Error> {
        let Parts { new, old, columns: names, key_columns } = parts;
        let (on, differ) = (parts.on(), parts.differ());
        let order = |alias: &str| parts.key().iter().map(|column| format!("{alias}.{column}")).collect::<Vec<_>>().join(", ");
        let columns = |alias: &str, known: bool| {
            let mut list = String::new();
            for column in names {
                // Writing to a text cannot fail.
                _ = if known { write!(list, ", {alias}.{column}::text") } else { write!(list, ", NULL::text") };
            }
            list
        };
        let mut changes = Vec::new();
        for (kind, count, query) in [
            (
                ChangeKind::Added,
                comparison.added,
                format!(
                    "SELECT 1{}{} FROM {new} n WHERE NOT EXISTS (SELECT 1 FROM {old} o WHERE {on}) ORDER BY {} LIMIT {SAMPLES}",
                    columns("o", false),
                    columns("n", true),
                    order("n")
                ),
            ),
            (
                ChangeKind::Removed,
                comparison.removed,
                format!(
                    "SELECT 1{}{} FROM {old} o WHERE NOT EXISTS (SELECT 1 FROM {new} n WHERE {on}) ORDER BY {} LIMIT {SAMPLES}",
                    columns("o", true),
                    columns("n", false),
                    order("o")
                ),
            ),
            (
                ChangeKind::Changed,
                comparison.changed,
                format!(
                    "SELECT 1{}{} FROM {new} n JOIN {old} o ON {on} WHERE {differ} ORDER BY {} LIMIT {SAMPLES}",
                    columns("o", true),
                    columns("n", true),
                    order("n")
                ),
            ),
        ] {
            if count == 0 {
                continue;
            }
            for row in sqlx::query(AssertSqlSafe(query)).fetch_all(&mut self.0).await? {
                changes.push(change(names, *key_columns, kind, &row)?);
            }
        }
        Ok(changes)
    }
}

/// A change from a row that holds, after a filler, every column before and every column after.
fn change(columns: &[&str], key_columns: usize, kind: ChangeKind, row: &sqlx::postgres::PgRow) -> Result<Change, sqlx::Error> {
    let value = |index: usize| row.try_get::<Option<String>, _>(index + 1);
    let (mut key, mut cells) = (Vec::new(), Vec::new());
    for (index, column) in columns.iter().enumerate() {
        let (before, after) = (value(index)?, value(columns.len() + index)?);
        if index < key_columns {
            key.push(after.or(before).unwrap_or_default());
        } else if before != after {
            cells.push(ChangedCell { column: (*column).to_owned(), before, after });
        }
    }
    Ok(Change { kind, key, cells })
}
