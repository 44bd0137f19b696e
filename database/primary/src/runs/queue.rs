//! The queue of runs: confirmed, claimed by one process each, one of a kind at a time, and taken over when that process dies.

use model::preview::{Consent, ImportOptions};
use model::run::{Operation, RunState};
use model::{RunId, UserId};
use sqlx::types::Json;

use super::{Lease, decode};
use crate::PrimaryTransaction;

/// A run that the caller has claimed and now works on.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Which.
    pub id: RunId,
    /// What kind of work.
    pub operation: Operation,
    /// Of what.
    pub subject: Option<String>,
    /// The user who asked for it.
    pub user_id: Option<UserId>,
    /// Who asked for it, for people.
    pub actor: String,
    /// As whom that user acted, where it was another: that one's address.
    pub on_behalf_of: Option<String>,
    /// How.
    pub options: ImportOptions,
    /// Whether somebody has confirmed what it has staged.
    pub confirmed: bool,
    /// The run whose rejected rows it corrects.
    pub corrects: Option<RunId>,
    /// The run that it undoes.
    pub undoes: Option<RunId>,
    /// Of the runs that had to end well before it, one that did not: its subject.
    pub lacks: Option<String>,
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
    /// How often it was begun.
    pub attempts: i32,
}

impl PrimaryTransaction {
    /// Claims the run that has waited longest among those of whose kind no other is at work and that come after none that has not
    /// ended, or the one that is named, if it is such a one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn claim_queued(&mut self, lease: Lease<'_>, only: Option<&RunId>) -> Result<Option<Claimed>, sqlx::Error> {
        let row = sqlx::query!(
            r#"UPDATE config.integration_runs r
               SET state = 'running', lease_holder = $1, lease_expires_at = now() + make_interval(secs => $2), attempts = attempts + 1,
                   working_since = clock_timestamp(), stage = NULL,
                   bytes_read = CASE WHEN confirmed_at IS NULL THEN 0 ELSE bytes_read END,
                   rows_read = CASE WHEN confirmed_at IS NULL THEN 0 ELSE rows_read END,
                   rows_rejected = CASE WHEN confirmed_at IS NULL THEN 0 ELSE rows_rejected END
               FROM (SELECT q.id FROM config.integration_runs q
                     WHERE q.state = 'queued' AND ($3::text IS NULL OR q.id = $3)
                       AND NOT EXISTS (SELECT 1 FROM config.integration_runs b
                                       WHERE b.state = 'running' AND b.operation <> 'export' AND b.subject = q.subject)
                       AND NOT EXISTS (SELECT 1 FROM config.integration_runs p WHERE p.id = ANY(q.after) AND p.finished_at IS NULL)
                     ORDER BY q.confirmed_at IS NULL, q.started_at, q.id LIMIT 1 FOR UPDATE SKIP LOCKED) next
               WHERE r.id = next.id
               RETURNING r.id AS "id: RunId", r.operation, r.subject, r.user_id AS "user_id: UserId", r.actor, r.on_behalf_of,
                         r.options AS "options: Json<ImportOptions>", r.confirmed_at IS NOT NULL AS "confirmed!",
                         r.corrects AS "corrects: RunId", r.undoes AS "undoes: RunId",
                         (SELECT p.subject FROM config.integration_runs p
                          WHERE p.id = ANY(r.after) AND p.state <> 'succeeded' ORDER BY p.subject LIMIT 1) AS lacks"#,
            lease.holder,
            lease.seconds,
            only.map(RunId::as_str),
        )
        .fetch_optional(&mut self.0)
        .await?;
        row.map(|row| {
            Ok(Claimed {
                id: row.id,
                operation: row.operation.parse().map_err(decode)?,
                subject: row.subject,
                user_id: row.user_id,
                actor: row.actor,
                on_behalf_of: row.on_behalf_of,
                options: row.options.0,
                confirmed: row.confirmed,
                corrects: row.corrects,
                undoes: row.undoes,
                lacks: row.lacks,
            })
        })
        .transpose()
    }

    /// Queues a transformation, to begin once the runs `after` which it comes have ended. Where it is queued or at work already, that
    /// very run is answered, and nothing is recorded.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn queue_transformation(
        &mut self,
        id: &RunId,
        name: &str,
        user_id: Option<&UserId>,
        actor: &str,
        on_behalf_of: Option<&str>,
        after: &[RunId],
    ) -> Result<RunId, sqlx::Error> {
        let after: Vec<String> = after.iter().map(|run| run.as_str().to_owned()).collect();
        loop {
            let inserted = sqlx::query!(
                "INSERT INTO config.integration_runs (id, operation, subject, state, user_id, actor, after, on_behalf_of)
                 VALUES ($1, 'transformation', $2, 'queued', $3, $4, $5, $6)
                 ON CONFLICT (subject) WHERE operation = 'transformation' AND state IN ('queued', 'running') AND after IS NOT NULL
                 DO NOTHING",
                id.as_str(),
                name,
                user_id.map(UserId::as_str),
                actor,
                &after,
                on_behalf_of,
            )
            .execute(&mut self.0)
            .await?;
            if inserted.rows_affected() == 1 {
                return Ok(id.clone());
            }
            let unfinished = sqlx::query_scalar!(
                r#"SELECT id AS "id: RunId" FROM config.integration_runs
                   WHERE operation = 'transformation' AND subject = $1 AND state IN ('queued', 'running') AND after IS NOT NULL"#,
                name
            )
            .fetch_optional(&mut self.0)
            .await?;
            // It may have ended in between.
            if let Some(unfinished) = unfinished {
                return Ok(unfinished);
            }
        }
    }

    /// How many runs of transformations have succeeded by now: while the number stays the same, none has.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn succeeded_transformations(&mut self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM config.integration_runs WHERE operation = 'transformation' AND state = 'succeeded'"#
        )
        .fetch_one(&mut self.0)
        .await
    }

    /// Puts a run back into the queue that its process does not go on with. Answers `false` when it was not running.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn requeue_run(&mut self, id: &RunId) -> Result<bool, sqlx::Error> {
        let updated = sqlx::query!(
            "UPDATE config.integration_runs SET state = 'queued', stage = NULL, lease_holder = NULL, lease_expires_at = NULL
             WHERE id = $1 AND state = 'running'",
            id.as_str()
        )
        .execute(&mut self.0)
        .await?;
        Ok(updated.rows_affected() == 1)
    }

    /// Records that somebody wants a waiting run published, and what they agree to. Answers `false` when it was not waiting.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn confirm_run(&mut self, id: &RunId, consent: Consent) -> Result<bool, sqlx::Error> {
        let updated = sqlx::query!(
            "UPDATE config.integration_runs SET state = 'queued', confirmed_at = now(), options = options || jsonb_build_object('consent', $2::jsonb)
             WHERE id = $1 AND state = 'waiting'",
            id.as_str(),
            Json(consent) as _,
        )
        .execute(&mut self.0)
        .await?;
        Ok(updated.rows_affected() == 1)
    }

    /// Takes a confirmation back: what it was given for has changed meanwhile.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn forget_confirmation(&mut self, id: &RunId) -> Result<(), sqlx::Error> {
        sqlx::query!("UPDATE config.integration_runs SET confirmed_at = NULL WHERE id = $1", id.as_str())
            .execute(&mut self.0)
            .await
            .map(drop)
    }

    /// Ends a run that nobody works on, and asks whoever works on it otherwise. Answers the state that it had; none where there is no such
    /// run of this kind of work.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn cancel_run(&mut self, id: &RunId, operation: Operation, sentence: &str) -> Result<Option<RunState>, sqlx::Error> {
        let state = sqlx::query_scalar!(
            "SELECT state FROM config.integration_runs WHERE id = $1 AND operation = $2 FOR UPDATE",
            id.as_str(),
            operation.name()
        )
        .fetch_optional(&mut self.0)
        .await?;
        let Some(state) = state else { return Ok(None) };
        let state: RunState = state.parse().map_err(decode)?;
        match state {
            RunState::Queued | RunState::Waiting => {
                sqlx::query!(
                    "UPDATE config.integration_runs SET state = 'cancelled', finished_at = clock_timestamp(), failure = $2 WHERE id = $1",
                    id.as_str(),
                    sentence
                )
                .execute(&mut self.0)
                .await?;
            }
            RunState::Running => {
                sqlx::query!(
                    "UPDATE config.integration_runs SET cancel_requested_at = coalesce(cancel_requested_at, now()) WHERE id = $1",
                    id.as_str()
                )
                .execute(&mut self.0)
                .await?;
            }
            RunState::Succeeded | RunState::Failed | RunState::Cancelled | RunState::Undone => {}
        }
        Ok(Some(state))
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
               RETURNING r.id AS "id: RunId", r.operation, r.subject, r.attempts"#,
            lease.holder,
            lease.seconds,
            &except,
            &known,
        )
        .fetch_all(&mut self.0)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(StaleRun { id: row.id, operation: row.operation.parse().map_err(decode)?, subject: row.subject, attempts: row.attempts })
            })
            .collect()
    }
}
