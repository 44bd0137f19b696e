//! Runs and the rows that they rejected.

use chrono::{DateTime, Utc};
use model::list::{PAGE_SIZE, Page};
use model::run::{Operation, Published, Reject, Run, RunDetail, RunFile, RunQuery, RunState, Stage};
use model::{RunId, UserId};
use sqlx::types::Json;

use crate::PrimaryTransaction;

/// A run to record before anything else happens.
#[derive(Debug, Clone)]
pub struct NewRun<'a> {
    /// Its identifier.
    pub id: &'a RunId,
    /// What kind of work.
    pub operation: Operation,
    /// Of what.
    pub subject: Option<&'a str>,
    /// The user who asked, if one did.
    pub user_id: Option<&'a UserId>,
    /// Who asked, for people.
    pub actor: &'a str,
    /// The file, of an import.
    pub file: Option<&'a RunFile>,
    /// Who works on it, and until when that is believed.
    pub lease: Lease<'a>,
}

/// The claim of a process on a run.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// The process.
    pub holder: &'a str,
    /// Seconds from now, by PRIMARY's clock, that the claim holds unless renewed.
    pub seconds: f64,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub stage: Option<Stage>,
    /// Bytes read.
    pub bytes_read: u64,
    /// Rows read.
    pub rows_read: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FinishedRun {
    /// What it was recognised as, where that was not known at the start.
    pub subject: Option<String>,
    /// The final counts.
    pub progress: Progress,
    /// What it published; empty for a failed run.
    pub published: Vec<Published>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Why it failed, in one sentence; none for a run that succeeded.
    pub failure: Option<String>,
    /// The rejected rows to keep.
    pub rejects: Vec<Reject>,
}

/// A run whose process is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleRun {
    /// Which.
    pub id: RunId,
    /// What kind of work.
    pub operation: Operation,
    /// Of what.
    pub subject: Option<String>,
}

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
    bytes_read: i64,
    rows_read: i64,
    rows_rejected: i64,
    published: Json<Vec<Published>>,
    notes: Json<Vec<String>>,
    failure: Option<String>,
    started_at: DateTime<Utc>,
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
            bytes_read: count(row.bytes_read),
            rows_read: count(row.rows_read),
            rows_rejected: count(row.rows_rejected),
            published: row.published.0,
            notes: row.notes.0,
            failure: row.failure,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

fn decode(error: model::run::UnknownName) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// PostgreSQL has no unsigned type; constraints and writers keep counts from being negative.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

fn stored(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The one list of a run's columns, with what follows FROM.
macro_rules! select_runs {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            RunRow,
            r#"SELECT id AS "id: RunId", operation, subject, state, stage, actor, file_name, file_bytes, file_sha256, bytes_read,
                      rows_read, rows_rejected, published AS "published: Json<Vec<Published>>", notes AS "notes: Json<Vec<String>>",
                      failure, started_at, finished_at FROM config.integration_runs "# + $tail
            $(, $argument)*
        )
    };
}

impl PrimaryTransaction {
    /// Records that a run begins.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn create_run(&mut self, run: NewRun<'_>) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.integration_runs
                 (id, operation, subject, state, user_id, actor, file_name, file_bytes, file_sha256, lease_holder, lease_expires_at)
             VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10))",
            run.id.as_str(),
            run.operation.name(),
            run.subject,
            run.user_id.map(UserId::as_str),
            run.actor,
            run.file.map(|file| file.name.as_str()),
            run.file.map(|file| stored(file.bytes)),
            run.file.map(|file| file.sha256.as_str()),
            run.lease.holder,
            run.lease.seconds,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Records how far a run is and renews its lease. Answers `false` when the run is no longer this holder's.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn renew_run(&mut self, id: &RunId, lease: Lease<'_>, progress: Progress) -> Result<bool, sqlx::Error> {
        let renewed = sqlx::query!(
            "UPDATE config.integration_runs
             SET stage = $3, bytes_read = $4, rows_read = $5, rows_rejected = $6, lease_expires_at = now() + make_interval(secs => $7)
             WHERE id = $1 AND state = 'running' AND lease_holder = $2",
            id.as_str(),
            lease.holder,
            progress.stage.map(Stage::name),
            stored(progress.bytes_read),
            stored(progress.rows_read),
            stored(progress.rows_rejected),
            lease.seconds,
        )
        .execute(&mut self.0)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Records how a run ended. Answers `false`, and changes nothing, when it had ended before.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn finish_run(&mut self, id: &RunId, finished: &FinishedRun) -> Result<bool, sqlx::Error> {
        let state = if finished.failure.is_none() { RunState::Succeeded } else { RunState::Failed };
        let rows: u64 = finished.published.iter().map(|published| published.rows).sum();
        let updated = sqlx::query!(
            "UPDATE config.integration_runs
             SET state = $2, stage = NULL, subject = coalesce($3, subject),
                 bytes_read = greatest(bytes_read, $4), rows_read = greatest(rows_read, $5), rows_rejected = greatest(rows_rejected, $6),
                 rows_published = $7, published = $8, notes = $9, failure = $10,
                 finished_at = clock_timestamp(), lease_holder = NULL, lease_expires_at = NULL
             WHERE id = $1 AND state = 'running'",
            id.as_str(),
            state.name(),
            finished.subject.as_deref(),
            stored(finished.progress.bytes_read),
            stored(finished.progress.rows_read),
            stored(finished.progress.rows_rejected),
            stored(rows),
            Json(&finished.published) as _,
            Json(&finished.notes) as _,
            finished.failure.as_deref(),
        )
        .execute(&mut self.0)
        .await?;
        if updated.rows_affected() == 0 {
            return Ok(false);
        }
        self.keep_rejects(id, &finished.rejects).await?;
        Ok(true)
    }

    async fn keep_rejects(&mut self, id: &RunId, rejects: &[Reject]) -> Result<(), sqlx::Error> {
        if rejects.is_empty() {
            return Ok(());
        }
        let ordinals: Vec<i32> = (1..=i32::try_from(rejects.len()).unwrap_or(i32::MAX)).collect();
        let lines: Vec<i64> = rejects.iter().map(|reject| stored(reject.line)).collect();
        let columns: Vec<Option<String>> = rejects.iter().map(|reject| reject.column.clone()).collect();
        let reasons: Vec<String> = rejects.iter().map(|reject| reject.reason.clone()).collect();
        let values: Vec<String> = rejects.iter().map(|reject| reject.value.clone()).collect();
        sqlx::query!(
            "INSERT INTO config.rejected_rows (run_id, ordinal, line, column_name, reason, value)
             SELECT $1, * FROM unnest($2::integer[], $3::bigint[], $4::text[], $5::text[], $6::text[])",
            id.as_str(),
            &ordinals,
            &lines,
            &columns as _,
            &reasons,
            &values,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Takes up to 100 running runs over whose lease is over, so that exactly one process settles each; not those of `except`,
    /// which the caller knows to be at work, nor any of a kind that only a newer version knows.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn take_over_stale_runs(&mut self, lease: Lease<'_>, except: &[RunId]) -> Result<Vec<StaleRun>, sqlx::Error> {
        let except: Vec<String> = except.iter().map(|id| id.as_str().to_owned()).collect();
        let known: Vec<String> = Operation::ALL.iter().map(|operation| operation.name().to_owned()).collect();
        let rows = sqlx::query!(
            r#"UPDATE config.integration_runs r SET lease_holder = $1, lease_expires_at = now() + make_interval(secs => $2)
               FROM (SELECT id FROM config.integration_runs WHERE state = 'running' AND lease_expires_at < now()
                       AND id <> ALL($3::text[]) AND operation = ANY($4::text[])
                     ORDER BY lease_expires_at LIMIT 100 FOR UPDATE SKIP LOCKED) stale
               WHERE r.id = stale.id
               RETURNING r.id AS "id: RunId", r.operation, r.subject"#,
            lease.holder,
            lease.seconds,
            &except,
            &known,
        )
        .fetch_all(&mut self.0)
        .await?;
        rows.into_iter()
            .map(|row| Ok(StaleRun { id: row.id, operation: row.operation.parse().map_err(decode)?, subject: row.subject }))
            .collect()
    }

    /// One page of the runs that the query asks for.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn runs(&mut self, query: &RunQuery) -> Result<Page<Run>, sqlx::Error> {
        let page = query.page.max(1);
        let operation = query.operation.map(Operation::name);
        let state = query.state.map(RunState::name);
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM config.integration_runs
               WHERE ($1::text IS NULL OR operation = $1) AND ($2::text IS NULL OR subject = $2) AND ($3::text IS NULL OR state = $3)"#,
            operation,
            query.subject.as_deref(),
            state,
        )
        .fetch_one(&mut self.0)
        .await?;
        let rows = select_runs!(
            "WHERE ($1::text IS NULL OR operation = $1) AND ($2::text IS NULL OR subject = $2) AND ($3::text IS NULL OR state = $3)
             ORDER BY CASE WHEN $4 = 'started' THEN started_at END,
                      CASE WHEN $4 = '-rows' THEN rows_published END DESC,
                      CASE WHEN $4 = 'rows' THEN rows_published END,
                      CASE WHEN $4 <> 'started' THEN started_at END DESC, id DESC
             LIMIT $5 OFFSET $6",
            operation,
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

    /// A run of this kind of work with its rejected rows, if there is one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn run(&mut self, id: &RunId, operation: Operation) -> Result<Option<RunDetail>, sqlx::Error> {
        let row = select_runs!("WHERE id = $1 AND operation = $2", id.as_str(), operation.name()).fetch_optional(&mut self.0).await?;
        let Some(row) = row else { return Ok(None) };
        let rejects = sqlx::query!(
            "SELECT line, column_name, reason, value FROM config.rejected_rows WHERE run_id = $1 ORDER BY ordinal",
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(Some(RunDetail {
            run: Run::try_from(row)?,
            rejects: rejects
                .into_iter()
                .map(|row| Reject { line: count(row.line), column: row.column_name, reason: row.reason, value: row.value })
                .collect(),
        }))
    }
}
