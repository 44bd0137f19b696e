//! Runs as lists and pages show them.

use chrono::{DateTime, Utc};
use model::RunId;
use model::list::{PAGE_SIZE, Page};
use model::preview::Preview;
use model::run::{LinkKind, Operation, Published, Reject, Run, RunDetail, RunFile, RunLink, RunQuery, RunState, Stage, Timing};
use model::transformation::{Check, TargetChange};
use sqlx::types::Json;

use super::{count, decode};
use crate::PrimaryTransaction;

struct RunRow {
    id: RunId,
    operation: String,
    subject: Option<String>,
    state: String,
    stage: Option<String>,
    actor: String,
    file_name: Option<String>,
    file_bytes: Option<i64>,
    file_sha256: Option<String>,
    files: i64,
    bytes: i64,
    bytes_read: i64,
    rows_read: i64,
    rows_rejected: i64,
    published: Json<Vec<Published>>,
    notes: Json<Vec<String>>,
    failure: Option<String>,
    started_at: DateTime<Utc>,
    working_since: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<RunRow> for Run {
    type Error = sqlx::Error;

    fn try_from(row: RunRow) -> Result<Self, sqlx::Error> {
        let file = row.file_name.map(|name| RunFile {
            name,
            bytes: count(row.file_bytes.unwrap_or_default()),
            sha256: row.file_sha256.unwrap_or_default(),
        });
        Ok(Self {
            id: row.id,
            operation: row.operation.parse().map_err(decode)?,
            subject: row.subject,
            state: row.state.parse().map_err(decode)?,
            stage: row.stage.as_deref().and_then(Stage::from_name),
            actor: row.actor,
            file,
            files: count(row.files),
            bytes: count(row.bytes),
            bytes_read: count(row.bytes_read),
            rows_read: count(row.rows_read),
            rows_rejected: count(row.rows_rejected),
            published: row.published.0,
            notes: row.notes.0,
            failure: row.failure,
            started_at: row.started_at,
            working_since: row.working_since,
            finished_at: row.finished_at,
        })
    }
}

/// The one list of a run's columns, with what follows FROM.
macro_rules! select_runs {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            RunRow,
            r#"SELECT id AS "id: RunId", operation, subject, state, stage, actor, file_name, file_bytes, file_sha256, files, bytes,
                      bytes_read, rows_read, rows_rejected, published AS "published: Json<Vec<Published>>",
                      notes AS "notes: Json<Vec<String>>", failure, started_at, working_since, finished_at
               FROM config.integration_runs "# + $tail
            $(, $argument)*
        )
    };
}

impl PrimaryTransaction {
    /// One page of the runs that the query asks for. Undoings count as imports.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn runs(&mut self, query: &RunQuery) -> Result<Page<Run>, sqlx::Error> {
        let page = query.page.max(1);
        let operations = operations(query.operation);
        let state = query.state.map(RunState::name);
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM config.integration_runs
               WHERE operation = ANY($1::text[]) AND ($2::text IS NULL OR subject = $2) AND ($3::text IS NULL OR state = $3)"#,
            &operations,
            query.subject.as_deref(),
            state,
        )
        .fetch_one(&mut self.0)
        .await?;
        let rows = select_runs!(
            "WHERE operation = ANY($1::text[]) AND ($2::text IS NULL OR subject = $2) AND ($3::text IS NULL OR state = $3)
             ORDER BY CASE WHEN $4 = 'started' THEN started_at END,
                      CASE WHEN $4 = '-rows' THEN rows_published END DESC,
                      CASE WHEN $4 = 'rows' THEN rows_published END,
                      CASE WHEN $4 <> 'started' THEN started_at END DESC, id DESC
             LIMIT $5 OFFSET $6",
            &operations,
            query.subject.as_deref(),
            state,
            query.sort.name(),
            i64::from(PAGE_SIZE),
            i64::from(page - 1) * i64::from(PAGE_SIZE),
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(Page { rows: rows.into_iter().map(Run::try_from).collect::<Result<_, _>>()?, total: count(total), page })
    }

    /// The latest runs of these kinds of work.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn latest_runs(&mut self, operations: &[Operation], limit: u32) -> Result<Vec<Run>, sqlx::Error> {
        let operations: Vec<String> = operations.iter().map(|operation| operation.name().to_owned()).collect();
        let rows =
            select_runs!("WHERE operation = ANY($1::text[]) ORDER BY started_at DESC, id DESC LIMIT $2", &operations, i64::from(limit))
                .fetch_all(&mut self.0)
                .await?;
        rows.into_iter().map(Run::try_from).collect()
    }

    /// Runs of these kinds of work that have not ended: those at work first, then those that wait for somebody, then the queue.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn unfinished_runs(&mut self, operations: &[Operation], limit: u32) -> Result<Vec<Run>, sqlx::Error> {
        let operations: Vec<String> = operations.iter().map(|operation| operation.name().to_owned()).collect();
        let rows = select_runs!(
            "WHERE finished_at IS NULL AND operation = ANY($1::text[])
             ORDER BY CASE state WHEN 'running' THEN 1 WHEN 'waiting' THEN 2 ELSE 3 END, started_at, id LIMIT $2",
            &operations,
            i64::from(limit)
        )
        .fetch_all(&mut self.0)
        .await?;
        rows.into_iter().map(Run::try_from).collect()
    }

    /// What was found of the conditions that were looked at in each of these runs.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn checks_of(&mut self, runs: &[RunId]) -> Result<Vec<(RunId, Vec<Check>)>, sqlx::Error> {
        let runs: Vec<String> = runs.iter().map(|run| run.as_str().to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT id AS "id: RunId", checks AS "checks: Json<Vec<Check>>" FROM config.integration_runs WHERE id = ANY($1::text[])"#,
            &runs
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows.into_iter().map(|row| (row.id, row.checks.0)).collect())
    }

    /// The latest run of each subject of a kind of work.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn latest_run_of_each(&mut self, operation: Operation) -> Result<Vec<Run>, sqlx::Error> {
        let rows = select_runs!(
            "WHERE id IN (SELECT DISTINCT ON (subject) id FROM config.integration_runs WHERE operation = $1
                          ORDER BY subject, started_at DESC, id DESC)",
            operation.name()
        )
        .fetch_all(&mut self.0)
        .await?;
        rows.into_iter().map(Run::try_from).collect()
    }

    /// The state of a run, if there is one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn run_state(&mut self, id: &RunId) -> Result<Option<RunState>, sqlx::Error> {
        let state =
            sqlx::query_scalar!("SELECT state FROM config.integration_runs WHERE id = $1", id.as_str()).fetch_optional(&mut self.0).await?;
        state.map(|state| state.parse().map_err(decode)).transpose()
    }

    /// The run that a run undoes.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn undoes(&mut self, id: &RunId) -> Result<Option<RunId>, sqlx::Error> {
        let target = sqlx::query_scalar!(r#"SELECT undoes AS "undoes: RunId" FROM config.integration_runs WHERE id = $1"#, id.as_str())
            .fetch_optional(&mut self.0)
            .await?;
        Ok(target.flatten())
    }

    /// A run of this kind of work with its files, rejected rows and links, if there is one. What DATA knows of it is left empty.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn run(&mut self, id: &RunId, operation: Operation) -> Result<Option<RunDetail>, sqlx::Error> {
        let operations = operations(Some(operation));
        let row =
            select_runs!("WHERE id = $1 AND operation = ANY($2::text[])", id.as_str(), &operations).fetch_optional(&mut self.0).await?;
        let Some(row) = row else { return Ok(None) };
        let run = Run::try_from(row)?;
        let more = sqlx::query!(
            r#"SELECT preview AS "preview: Json<Preview>", timings AS "timings: Json<Vec<Timing>>", rejects_kept,
                      checks AS "checks: Json<Vec<Check>>", changes AS "changes: Json<Vec<TargetChange>>",
                      corrects AS "corrects: RunId", undoes AS "undoes: RunId", repeats AS "repeats: RunId",
                      same_bytes_as AS "same_bytes_as: RunId",
                      EXISTS (SELECT 1 FROM config.run_files f WHERE f.run_id = r.id)
                          AND NOT EXISTS (SELECT 1 FROM config.run_files f WHERE f.run_id = r.id AND f.removed_at IS NOT NULL) AS "kept!"
               FROM config.integration_runs r WHERE id = $1"#,
            id.as_str()
        )
        .fetch_one(&mut self.0)
        .await?;
        let rejects = sqlx::query!(
            "SELECT file_name, line, column_name, reason, value FROM config.rejected_rows WHERE run_id = $1 ORDER BY ordinal",
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await?;
        let others = sqlx::query!(
            r#"SELECT id AS "id: RunId", corrects = $1 AS "corrects!", undoes = $1 AND state = 'succeeded' AS "undoes!"
               FROM (SELECT id, state, coalesce(corrects, '') AS corrects, coalesce(undoes, '') AS undoes, started_at
                     FROM config.integration_runs WHERE corrects = $1 OR undoes = $1 OR repeats = $1) o
               ORDER BY started_at, id"#,
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await?;
        let own = [
            (LinkKind::Corrects, more.corrects),
            (LinkKind::Undoes, more.undoes),
            (LinkKind::Repeats, more.repeats),
            (LinkKind::SameBytes, more.same_bytes_as),
        ];
        let own = own.into_iter().filter_map(|(kind, run_id)| Some(RunLink { kind, run_id: run_id? }));
        let theirs = others.into_iter().map(|other| {
            let kind = match (other.corrects, other.undoes) {
                (true, _) => LinkKind::CorrectedBy,
                (false, true) => LinkKind::UndoneBy,
                (false, false) => LinkKind::RepeatedBy,
            };
            RunLink { kind, run_id: other.id }
        });
        let links = own.chain(theirs).collect();
        let files = self.shown_files(id).await?;
        Ok(Some(RunDetail {
            repeatable: run.state.is_final() && run.operation == Operation::Import && more.kept,
            run,
            files,
            rejects: rejects
                .into_iter()
                .map(|row| Reject {
                    file: row.file_name,
                    line: count(row.line),
                    column: row.column_name,
                    reason: row.reason,
                    value: row.value,
                })
                .collect(),
            rejects_kept: more.rejects_kept,
            preview: more.preview.map(|preview| preview.0),
            timings: more.timings.0,
            checks: more.checks.0,
            changes: more.changes.0,
            links,
            derived: Vec::new(),
            undoable: false,
        }))
    }
}

/// The kinds of work that a list of this kind of work shows.
fn operations(operation: Option<Operation>) -> Vec<String> {
    let shown: &[Operation] = match operation {
        None => Operation::ALL,
        Some(Operation::Import) => &[Operation::Import, Operation::Undo],
        Some(Operation::Undo) => &[Operation::Undo],
        Some(Operation::Transformation) => &[Operation::Transformation],
        Some(Operation::Export) => &[Operation::Export],
    };
    shown.iter().map(|operation| operation.name().to_owned()).collect()
}
