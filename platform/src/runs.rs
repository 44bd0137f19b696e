//! The life of a run: recorded before it begins, kept alive by a lease while it works, and ended by what happened to the data,
//! which DATA's ledger knows.

mod counters;
mod lease;
mod outcome;
mod unfinished;

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use database_connection::DatabaseError;
use database_data::{DataTransaction, Outcome};
use database_primary::{NewFile, NewRun, RunRecord};
use futures::FutureExt;
use model::list::Page;
use model::run::{Operation, Published, Run, RunDetail, RunQuery, RunState};
use model::{Error, RunId};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use crate::Platform;
use crate::caller::Actor;
use crate::failure::{self, Fault, unavailable};

pub(crate) use counters::Counters;
pub(crate) use outcome::{Failure, refused};

/// How often recording a run's end is tried while PRIMARY does not answer.
const RECORDING_ATTEMPTS: u32 = 5;
/// Between two of these tries.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);

pub(crate) const CANCELLED: &str = "Somebody ended it before it was done. Nothing was changed.";

/// What a run needs of its surroundings while it works.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) id: RunId,
    pub(crate) counters: Arc<Counters>,
    pub(crate) platform: Platform,
}

impl Work {
    /// Claims the outcome and commits: the last step of a run that publishes.
    pub(crate) async fn commit(&self, mut transaction: DataTransaction) -> Result<(), Failure> {
        if !transaction.claim_published(&self.id).await? {
            return Err(Failure::Stopped(
                "Another process found this run without a sign of life and gave it up. Nothing was changed; start it again.",
            ));
        }
        transaction.commit().await?;
        Ok(())
    }

    /// A record of this run in a state, with the counts by now.
    pub(crate) fn record(&self, state: RunState) -> RunRecord {
        RunRecord::new(state, self.counters.progress())
    }

    /// The record of a run that published.
    pub(crate) fn succeeded(&self, published: Vec<Published>, notes: Vec<String>) -> RunRecord {
        RunRecord { published, notes: Some(notes), ..self.record(RunState::Succeeded) }
    }
}

/// What a run is for whoever works on it.
pub(crate) struct Begun {
    pub(crate) actor: Actor,
    pub(crate) id: RunId,
    pub(crate) operation: Operation,
    /// The run that it undoes.
    pub(crate) undoes: Option<RunId>,
    /// Whether it goes back into the queue when this process is stopped, as its files are kept.
    pub(crate) resumable: bool,
}

/// Marks a run as this process's own work for as long as it lives, so that supervision does not take it for a dead one when
/// PRIMARY was away for longer than a lease, and so that it can be ended at once.
struct AtWork {
    platform: Platform,
    id: RunId,
}

impl AtWork {
    fn begin(platform: &Platform, id: &RunId, cancel: &CancellationToken) -> Self {
        platform.at_work().insert(id.clone(), cancel.clone());
        Self { platform: platform.clone(), id: id.clone() }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.platform.at_work().remove(&self.id);
    }
}

/// Whether PostgreSQL can hold the text. What cannot be stored names nothing that is there.
pub(crate) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

pub(crate) fn new_id() -> RunId {
    RunId::new(Uuid::now_v7().to_string())
}

/// A run to record. What differs is said with `..`.
pub(crate) fn new_run<'a>(id: &'a RunId, operation: Operation, actor: &'a Actor, files: &'a [NewFile]) -> NewRun<'a> {
    NewRun {
        id,
        operation,
        subject: None,
        user_id: actor.user_id.as_ref(),
        actor: &actor.name,
        on_behalf_of: actor.on_behalf_of.as_deref(),
        files,
        options: json!({}),
        lease: None,
        corrects: None,
        undoes: None,
        repeats: None,
    }
}

impl Platform {
    /// The runs that this process works on, each with what ends it.
    pub(crate) fn at_work(&self) -> MutexGuard<'_, HashMap<RunId, CancellationToken>> {
        // A set of names is whole whatever panicked while it was held.
        self.0.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a run's work, and records how it ended.
    pub(crate) async fn execute_run<F, Fut>(&self, begun: Begun, work: F)
    where
        F: FnOnce(Work) -> Fut + Send,
        Fut: Future<Output = Result<RunRecord, Failure>> + Send,
    {
        let counters = Arc::new(Counters::default());
        let (cancelled, lost, done) = (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let _at_work = AtWork::begin(self, &begun.id, &cancelled);
        let ends = lease::Ends { cancelled: cancelled.clone(), lost: lost.clone(), done: done.clone() };
        let heartbeat = self.clone().keep_lease(begun.id.clone(), counters.clone(), ends);
        let heartbeat = AbortOnDropHandle::new(tokio::spawn(heartbeat));
        let context = Work { id: begun.id.clone(), counters: counters.clone(), platform: self.clone() };
        let result = tokio::select! {
            result = async {
                let work = AssertUnwindSafe(work(context)).catch_unwind().await;
                work.unwrap_or_else(|_| Err(Fault::new("the work panicked; the panic stands in the log before this").into()))
            } => result,
            // Dropping the work rolls its transaction back; if that was just being committed, the ledger knows.
            () = self.0.stopping.cancelled() => Err(Failure::ServerStopped),
            () = cancelled.cancelled() => Err(Failure::Cancelled),
            () = lost.cancelled() => Err(Failure::Stopped("Another process gave this run up. Nothing was changed; start it again.")),
        };
        let record = self.settle_result(&begun, result, &counters).await;
        // Not aborted: that would break a transaction of its own off, perhaps in its commit.
        done.cancel();
        if let Err(error) = heartbeat.await {
            failure::log("keeping a run's lease", &error);
        }
        let Some(record) = record else { return };
        self.record_end(&begun, &record).await;
        self.tidy_up(&begun.id, &record).await;
        self.0.queued.notify_one();
    }

    /// Removes what a run does not need any more. It is no part of the run: what stays is removed another time.
    pub(crate) async fn tidy_up(&self, id: &RunId, record: &RunRecord) {
        if record.state != RunState::Waiting
            && let Err(error) = self.data().discard_staging(id).await
        {
            failure::log("removing staged rows", &error);
        }
        for Published { relation, .. } in &record.published {
            if let Err(error) = self.data().remove_old_versions(relation).await {
                failure::log("removing old versions", &error);
            }
            if let Err(error) = self.data().analyze(relation).await {
                failure::log("analysing a relation", &error);
            }
        }
    }

    /// What the result means for the data; none when that cannot be known now, so that the run stays running until its lease is
    /// over and it is settled from the ledger, and when it went back into the queue.
    async fn settle_result(&self, begun: &Begun, result: Result<RunRecord, Failure>, counters: &Counters) -> Option<RunRecord> {
        let progress = counters.progress();
        let (state, sentence) = match result {
            Ok(mut record) => {
                record.timings = counters.timings();
                return Some(record);
            }
            Err(Failure::Refused(refusal)) => {
                let mut record = *refusal;
                record.progress = progress;
                record.timings = counters.timings();
                return Some(record);
            }
            Err(Failure::ServerStopped) if begun.resumable => match self.requeue(&begun.id).await {
                Ok(()) => return None,
                Err(error) => {
                    failure::log("putting a run back into the queue", &error);
                    return None;
                }
            },
            Err(Failure::ServerStopped) => {
                (RunState::Failed, "The server was stopped before the run was finished. Nothing was changed; start it again.".to_owned())
            }
            Err(Failure::Cancelled) => (RunState::Cancelled, CANCELLED.to_owned()),
            Err(Failure::Stopped(sentence)) => (RunState::Failed, sentence.to_owned()),
            Err(Failure::Fault(cause)) => {
                let reference = failure::log("working on a run", cause.as_ref());
                let sentence = outcome::full_disk(cause.as_ref()).map_or_else(
                    || {
                        format!(
                            "The run stopped because of a fault in the server, logged under the reference {reference}. Nothing was changed."
                        )
                    },
                    str::to_owned,
                );
                (RunState::Failed, sentence)
            }
        };
        let otherwise = RunRecord { failure: Some(sentence), timings: counters.timings(), ..RunRecord::new(state, progress) };
        match self.settle_from_ledger(&begun.id, otherwise).await {
            Ok(record) => Some(record),
            Err(error) => {
                failure::log("settling a run", &error);
                None
            }
        }
    }

    /// Puts a run back into the queue, unless it has published, which the next process finds out from the ledger.
    pub(crate) async fn requeue(&self, id: &RunId) -> Result<(), DatabaseError> {
        if self.data().outcome(id).await?.is_some() {
            return Ok(());
        }
        let mut transaction = self.primary().begin().await?;
        transaction.requeue_run(id).await?;
        transaction.commit().await?;
        self.0.queued.notify_one();
        Ok(())
    }

    /// Decides a run that did not end well, or of which nothing is known, by DATA's ledger: it is as `otherwise` says unless it
    /// has published.
    pub(crate) async fn settle_from_ledger(&self, id: &RunId, otherwise: RunRecord) -> Result<RunRecord, DatabaseError> {
        Ok(match self.data().settle(id).await? {
            Outcome::Abandoned => otherwise,
            Outcome::Published => self.published_record(id, otherwise).await?,
        })
    }

    /// The record of a run that has published and of which nothing else is known.
    pub(crate) async fn published_record(&self, id: &RunId, otherwise: RunRecord) -> Result<RunRecord, DatabaseError> {
        let mut transaction = self.data().begin_read_only().await?;
        let published = transaction.published_by(id).await?;
        transaction.commit().await?;
        let note = "The server stopped right after publishing; the counts of rows read and rejected may be incomplete.";
        Ok(RunRecord { published, notes: Some(vec![note.to_owned()]), ..RunRecord::new(RunState::Succeeded, otherwise.progress) })
    }

    async fn record_end(&self, begun: &Begun, record: &RunRecord) {
        for attempt in 1..=RECORDING_ATTEMPTS {
            match self.try_record_end(begun, record).await {
                Ok(()) => return,
                Err(error) => {
                    failure::log("recording the end of a run", &error);
                    if attempt < RECORDING_ATTEMPTS {
                        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
                    }
                }
            }
        }
    }

    pub(crate) async fn try_record_end(&self, begun: &Begun, record: &RunRecord) -> Result<(), DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        if transaction.record_run(&begun.id, record).await? {
            let ended = if record.state == RunState::Waiting { "previewed" } else { "ended" };
            let action = format!("{}-{ended}", begun.operation.name());
            let mut entry = begun.actor.audit(&action, "run", Some(begun.id.as_str()));
            entry.after = Some(json!({"state": record.state, "published": record.published, "failure": record.failure}));
            transaction.audit(entry).await?;
            if let (RunState::Succeeded, Some(target)) = (record.state, &begun.undoes) {
                transaction.mark_undone(target).await?;
            }
        }
        transaction.commit().await
    }

    /// Ends a run of this kind of work that has not ended.
    pub(crate) async fn cancel_run(&self, actor: &Actor, id: &RunId, operation: Operation) -> Result<(), Error> {
        let fault = || unavailable("ending a run");
        let unknown = || Error::not_found(format!("{} run {}", operation.name(), id.as_str().escape_default()));
        if !is_storable(id.as_str()) {
            return Err(unknown());
        }
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        let state = transaction.cancel_run(id, operation, CANCELLED).await.map_err(fault())?.ok_or_else(unknown)?;
        if !state.is_final() {
            let action = format!("{}-cancelled", operation.name());
            let mut entry = actor.audit(&action, "run", Some(id.as_str()));
            entry.before = Some(json!({"state": state}));
            transaction.audit(entry).await.map_err(fault())?;
        }
        transaction.commit().await.map_err(fault())?;
        match state {
            // Here it ends at once; another server hears of it with its next sign of life.
            RunState::Running => {
                if let Some(cancel) = self.at_work().get(id) {
                    cancel.cancel();
                }
            }
            RunState::Waiting => self.data().discard_staging(id).await.map_err(fault())?,
            _ => {}
        }
        Ok(())
    }

    /// One page of the runs of this kind of work that the query asks for.
    pub(crate) async fn runs_of(&self, operation: Operation, query: &RunQuery) -> Result<Page<Run>, Error> {
        let fault = || unavailable("listing runs");
        if query.subject.as_deref().is_some_and(|subject| !is_storable(subject)) {
            return Ok(Page { rows: Vec::new(), total: 0, page: 1 });
        }
        let query = RunQuery { operation: Some(operation), ..query.clone() };
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let page = transaction.runs(&query).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(page)
    }

    pub(crate) async fn load_run(&self, id: &RunId, operation: Operation) -> Result<RunDetail, Error> {
        let fault = || unavailable("loading a run");
        let unknown = || Error::not_found(format!("{} run {}", operation.name(), id.as_str().escape_default()));
        if !is_storable(id.as_str()) {
            return Err(unknown());
        }
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let run = transaction.run(id, operation).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        run.ok_or_else(unknown)
    }
}
