//! Runs: their life (recorded, queued, claimed, kept alive, ended) here; their files, history and what is kept of them below.

mod files;
mod history;
mod provenance;
mod queue;
mod retention;

use chrono::{DateTime, Utc};
use model::preview::Preview;
use model::run::{Operation, Published, Reject, RunFile, RunState, Stage, Timing};
use model::transformation::{Check, TargetChange};
use model::{RunId, UserId};
use sqlx::types::Json;

use crate::PrimaryTransaction;

pub use files::{FileOutcome, NewFile, SameBytes, StoredFile};
pub use provenance::BroughtBy;
pub use queue::{Claimed, StaleRun};
pub use retention::Rebuildable;

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
    /// As whom the user acted, where it was another: that one's address.
    pub on_behalf_of: Option<&'a str>,
    /// The files, of an import.
    pub files: &'a [NewFile],
    /// How it was asked for.
    pub options: serde_json::Value,
    /// Who works on it, and until when that is believed; without one it is queued.
    pub lease: Option<Lease<'a>>,
    /// The run whose rejected rows it corrects.
    pub corrects: Option<&'a RunId>,
    /// The run that it undoes.
    pub undoes: Option<&'a RunId>,
    /// The run that it starts again.
    pub repeats: Option<&'a RunId>,
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

/// What a renewed lease finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The run goes on.
    GoOn,
    /// Somebody wants it to end.
    Cancel,
    /// It is no longer this holder's.
    Lost,
}

/// How a run stands once nobody works on it.
#[derive(Debug, Clone)]
pub struct RunRecord {
    /// Its state: ended, or waiting for somebody's word.
    pub state: RunState,
    /// What it was recognised as, where that was not known at the start.
    pub subject: Option<String>,
    /// The counts by then.
    pub progress: Progress,
    /// What it published; empty unless it succeeded.
    pub published: Vec<Published>,
    /// What the reader should know; what is recorded stays where nothing is given.
    pub notes: Option<Vec<String>>,
    /// Why it failed or was ended, in one sentence.
    pub failure: Option<String>,
    /// The first rejected rows.
    pub rejects: Vec<Reject>,
    /// Whether all of them are in the store.
    pub rejects_kept: bool,
    /// What it would change or has changed; what is recorded stays where none is given.
    pub preview: Option<Preview>,
    /// How long its stages took, after those recorded before.
    pub timings: Vec<Timing>,
    /// What was found of the conditions that hold of what it made.
    pub checks: Vec<Check>,
    /// How what it made differs from what it replaced.
    pub changes: Vec<TargetChange>,
    /// What became of its files.
    pub files: Vec<FileOutcome>,
    /// The run whose bytes it has, and was refused for.
    pub same_bytes_as: Option<RunId>,
}

impl RunRecord {
    /// A run in this state of which nothing else is known.
    pub fn new(state: RunState, progress: Progress) -> Self {
        Self {
            state,
            subject: None,
            progress,
            published: Vec::new(),
            notes: None,
            failure: None,
            rejects: Vec::new(),
            rejects_kept: false,
            preview: None,
            timings: Vec::new(),
            checks: Vec::new(),
            changes: Vec::new(),
            files: Vec::new(),
            same_bytes_as: None,
        }
    }
}

/// PostgreSQL has no unsigned type; constraints and writers keep counts from being negative.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

fn stored(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn decode(error: model::run::UnknownName) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

impl PrimaryTransaction {
    /// Records that somebody wants a run.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn create_run(&mut self, run: NewRun<'_>) -> Result<(), sqlx::Error> {
        let first: Option<&RunFile> = run.files.first().map(|file| &file.file);
        let state = if run.lease.is_some() { RunState::Running } else { RunState::Queued };
        sqlx::query!(
            "INSERT INTO config.integration_runs
                 (id, operation, subject, state, user_id, actor, file_name, file_bytes, file_sha256, lease_holder, lease_expires_at,
                  files, bytes, options, attempts, working_since, corrects, undoes, repeats, on_behalf_of)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11), $12, $13, $14,
                     CASE WHEN $10::text IS NULL THEN 0 ELSE 1 END, CASE WHEN $10::text IS NULL THEN NULL ELSE now() END, $15, $16, $17, $18)",
            run.id.as_str(),
            run.operation.name(),
            run.subject,
            state.name(),
            run.user_id.map(UserId::as_str),
            run.actor,
            first.map(|file| file.name.as_str()),
            first.map(|file| stored(file.bytes)),
            first.map(|file| file.sha256.as_str()),
            run.lease.map(|lease| lease.holder),
            run.lease.map(|lease| lease.seconds),
            i64::try_from(run.files.len()).unwrap_or(i64::MAX),
            stored(run.files.iter().map(|file| file.file.bytes).sum()),
            run.options,
            run.corrects.map(RunId::as_str),
            run.undoes.map(RunId::as_str),
            run.repeats.map(RunId::as_str),
            run.on_behalf_of,
        )
        .execute(&mut self.0)
        .await?;
        self.add_files(run.id, run.files).await
    }

    /// Records how far a run is and renews its lease.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn renew_run(&mut self, id: &RunId, lease: Lease<'_>, progress: Progress) -> Result<Renewed, sqlx::Error> {
        let cancel = sqlx::query_scalar!(
            r#"UPDATE config.integration_runs
               SET stage = $3, bytes_read = greatest(bytes_read, $4), rows_read = greatest(rows_read, $5),
                   rows_rejected = greatest(rows_rejected, $6), lease_expires_at = now() + make_interval(secs => $7)
               WHERE id = $1 AND state = 'running' AND lease_holder = $2
               RETURNING cancel_requested_at IS NOT NULL AS "cancel!""#,
            id.as_str(),
            lease.holder,
            progress.stage.map(Stage::name),
            stored(progress.bytes_read),
            stored(progress.rows_read),
            stored(progress.rows_rejected),
            lease.seconds,
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(match cancel {
            None => Renewed::Lost,
            Some(true) => Renewed::Cancel,
            Some(false) => Renewed::GoOn,
        })
    }

    /// Records how a run stands that nobody works on any more. Answers `false`, and changes nothing, when it was not running.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn record_run(&mut self, id: &RunId, record: &RunRecord) -> Result<bool, sqlx::Error> {
        let rows: u64 = record.published.iter().map(|published| published.rows).sum();
        let updated = sqlx::query!(
            "UPDATE config.integration_runs
             SET state = $2, stage = NULL, subject = coalesce($3, subject),
                 bytes_read = greatest(bytes_read, $4), rows_read = greatest(rows_read, $5), rows_rejected = greatest(rows_rejected, $6),
                 rows_published = $7, published = $8, notes = coalesce($9, notes), failure = $10,
                 preview = coalesce($11, preview), timings = timings || $12, rejects_kept = rejects_kept OR $13,
                 same_bytes_as = $14, checks = $16, changes = $17, cancel_requested_at = NULL,
                 finished_at = CASE WHEN $15 THEN clock_timestamp() END, lease_holder = NULL, lease_expires_at = NULL
             WHERE id = $1 AND state = 'running'",
            id.as_str(),
            record.state.name(),
            record.subject.as_deref(),
            stored(record.progress.bytes_read),
            stored(record.progress.rows_read),
            stored(record.progress.rows_rejected),
            stored(rows),
            Json(&record.published) as _,
            record.notes.as_ref().map(Json) as _,
            record.failure.as_deref(),
            record.preview.as_ref().map(Json) as _,
            Json(&record.timings) as _,
            record.rejects_kept,
            record.same_bytes_as.as_ref().map(RunId::as_str),
            record.state.is_final(),
            Json(&record.checks) as _,
            Json(&record.changes) as _,
        )
        .execute(&mut self.0)
        .await?;
        if updated.rows_affected() == 0 {
            return Ok(false);
        }
        self.keep_rejects(id, &record.rejects).await?;
        self.record_files(id, &record.files).await?;
        Ok(true)
    }

    /// Records that a run that had succeeded is undone. Answers `false` when it was in another state.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn mark_undone(&mut self, id: &RunId) -> Result<bool, sqlx::Error> {
        let updated =
            sqlx::query!("UPDATE config.integration_runs SET state = 'undone' WHERE id = $1 AND state = 'succeeded'", id.as_str())
                .execute(&mut self.0)
                .await?;
        Ok(updated.rows_affected() == 1)
    }

    async fn keep_rejects(&mut self, id: &RunId, rejects: &[Reject]) -> Result<(), sqlx::Error> {
        if rejects.is_empty() {
            return Ok(());
        }
        let ordinals: Vec<i32> = (1..=i32::try_from(rejects.len()).unwrap_or(i32::MAX)).collect();
        let files: Vec<Option<String>> = rejects.iter().map(|reject| reject.file.clone()).collect();
        let lines: Vec<i64> = rejects.iter().map(|reject| stored(reject.line)).collect();
        let columns: Vec<Option<String>> = rejects.iter().map(|reject| reject.column.clone()).collect();
        let reasons: Vec<String> = rejects.iter().map(|reject| reject.reason.clone()).collect();
        let values: Vec<String> = rejects.iter().map(|reject| reject.value.clone()).collect();
        sqlx::query!(
            "INSERT INTO config.rejected_rows (run_id, ordinal, file_name, line, column_name, reason, value)
             SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
             ON CONFLICT (run_id, ordinal) DO NOTHING",
            id.as_str(),
            &ordinals,
            &files as _,
            &lines,
            &columns as _,
            &reasons,
            &values,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// When a run that waits for somebody's word began to.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn waiting_since(&mut self, before: DateTime<Utc>) -> Result<Vec<RunId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT id AS "id: RunId" FROM config.integration_runs WHERE state = 'waiting' AND coalesce(working_since, started_at) < $1"#,
            before
        )
        .fetch_all(&mut self.0)
        .await
    }
}
