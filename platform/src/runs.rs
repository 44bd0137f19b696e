//! The life of a run: recorded before it begins, kept alive by a lease while it works, and ended by what
//! happened to the data, which DATA's ledger knows.

use std::collections::HashSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use database_connection::DatabaseError;
use database_data::{DataTransaction, Outcome, PublishError};
use database_primary::{FinishedRun, Lease, NewRun, Progress};
use futures::FutureExt;
use model::integration::CONTRACTS;
use model::run::{Operation, Published, Reject, RunDetail, RunFile, Stage};
use model::{Error, RunId};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use crate::Platform;
use crate::caller::Actor;
use crate::failure::{self, Fault, unavailable};

/// How long a run is believed to be at work after its process was last heard of, seconds.
pub(crate) const LEASE_SECONDS: f64 = 10.0;
/// How often a process is heard of, and progress with it.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How often recording a run's end is tried while PRIMARY does not answer.
const RECORDING_ATTEMPTS: u32 = 5;

/// How far a run is, shared between the threads that work on it.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    stage: AtomicU8,
    pub(crate) bytes_read: AtomicU64,
    pub(crate) rows_read: AtomicU64,
    pub(crate) rows_rejected: AtomicU64,
}

const STAGES: [Stage; 5] = [Stage::Recognizing, Stage::Copying, Stage::Computing, Stage::Indexing, Stage::Publishing];

impl Counters {
    /// Notes what the run is doing now.
    pub(crate) fn enter(&self, stage: Stage) {
        let index = STAGES.iter().position(|known| *known == stage).unwrap_or_default();
        self.stage.store(u8::try_from(index).unwrap_or_default(), Ordering::Relaxed);
    }

    fn progress(&self) -> Progress {
        Progress {
            stage: STAGES.get(usize::from(self.stage.load(Ordering::Relaxed))).copied(),
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            rows_read: self.rows_read.load(Ordering::Relaxed),
            rows_rejected: self.rows_rejected.load(Ordering::Relaxed),
        }
    }
}

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
}

/// What a run that went well achieved.
#[derive(Debug, Default)]
pub(crate) struct Achieved {
    pub(crate) subject: Option<String>,
    pub(crate) published: Vec<Published>,
    pub(crate) notes: Vec<String>,
    pub(crate) rejects: Vec<Reject>,
}

/// Why a run did not go well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be done with this file or these tables; nothing was published.
    Refused(Box<Refusal>),
    /// Somebody or something ended it before it was done; the ledger knows what that means for the data.
    Stopped(&'static str),
    /// A fault of the inside; the ledger knows what it means for the data.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

/// A refusal with what is known by then.
#[derive(Debug, Default)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) subject: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) rejects: Vec<Reject>,
}

impl Failure {
    /// A refusal of which nothing but its sentence is known.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::Refused(Box::new(Refusal { message: message.into(), ..Refusal::default() }))
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<Fault> for Failure {
    fn from(error: Fault) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Database(error) => error.into(),
            busy @ PublishError::Busy { .. } => {
                Self::refused(format!("{busy}. End that transaction and start again; nothing was changed."))
            }
        }
    }
}

/// Marks a run as this process's own work for as long as it lives, so that supervision does not take it for a dead one when
/// PRIMARY was away for longer than a lease.
struct AtWork {
    platform: Platform,
    id: RunId,
}

impl AtWork {
    fn begin(platform: &Platform, id: &RunId) -> Self {
        platform.at_work().insert(id.clone());
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

impl Platform {
    /// The runs that this process works on.
    pub(crate) fn at_work(&self) -> MutexGuard<'_, HashSet<RunId>> {
        // A set of names is whole whatever panicked while it was held.
        self.0.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lease(&self) -> Lease<'_> {
        Lease { holder: &self.0.holder, seconds: LEASE_SECONDS }
    }

    /// Records that somebody wants this work done, before any of it is.
    pub(crate) async fn begin_run(
        &self,
        actor: &Actor,
        operation: Operation,
        subject: Option<&str>,
        file: Option<&RunFile>,
    ) -> Result<RunId, Error> {
        let fault = || unavailable("recording a run");
        let id = RunId::new(Uuid::now_v7().to_string());
        let run = NewRun { id: &id, operation, subject, user_id: actor.user_id.as_ref(), actor: &actor.name, file, lease: self.lease() };
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.create_run(run).await.map_err(fault())?;
        let mut entry = actor.audit(operation.name(), "run", Some(id.as_str()));
        entry.after = Some(json!({"subject": subject, "file": file}));
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(id)
    }

    /// Does a run's work in the background, to its end.
    pub(crate) fn spawn_run<F, Fut>(&self, actor: Actor, id: RunId, operation: Operation, work: F)
    where
        F: FnOnce(Work) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Achieved, Failure>> + Send + 'static,
    {
        let platform = self.clone();
        self.0.tasks.spawn(async move { platform.execute_run(&actor, id, operation, work).await });
    }

    /// Does a run's work and records how it ended.
    pub(crate) async fn execute_run<F, Fut>(&self, actor: &Actor, id: RunId, operation: Operation, work: F)
    where
        F: FnOnce(Work) -> Fut + Send,
        Fut: Future<Output = Result<Achieved, Failure>> + Send,
    {
        let counters = Arc::new(Counters::default());
        let _at_work = AtWork::begin(self, &id);
        let (lost, done) = (CancellationToken::new(), CancellationToken::new());
        let heartbeat = self.clone().keep_lease(id.clone(), counters.clone(), lost.clone(), done.clone());
        let heartbeat = AbortOnDropHandle::new(tokio::spawn(heartbeat));
        let context = Work { id: id.clone(), counters: counters.clone(), platform: self.clone() };
        let result = tokio::select! {
            result = async {
                let _turn = self.0.work.acquire().await.map_err(Fault::new)?;
                let work = AssertUnwindSafe(work(context)).catch_unwind().await;
                work.unwrap_or_else(|_| Err(Fault::new("the work panicked; the panic stands in the log before this").into()))
            } => result,
            // Dropping the work rolls its transaction back; if that was just being committed, the ledger knows.
            () = self.0.stopping.cancelled() => Err(Failure::Stopped("The server was stopped before the run was finished. Nothing was changed; start it again.")),
            () = lost.cancelled() => Err(Failure::Stopped("Another process gave this run up. Nothing was changed; start it again.")),
        };
        let finished = self.settle_result(&id, result, counters.progress()).await;
        // Not aborted: that would break a transaction of its own off, perhaps in its commit.
        done.cancel();
        if let Err(error) = heartbeat.await {
            failure::log("keeping a run's lease", &error);
        }
        let Some(finished) = finished else { return };
        self.record_end(actor, &id, operation, &finished).await;
        self.drop_replaced(&finished.published).await;
    }

    /// Drops the tables that a run has replaced. It is no part of the run: what stays is dropped next time.
    async fn drop_replaced(&self, published: &[Published]) {
        for Published { relation, .. } in published {
            if let Err(error) = self.data().drop_replaced(relation).await {
                failure::log("dropping replaced tables", &error);
            }
        }
    }

    /// What the result means for the data; none when that cannot be known now, so that the run stays
    /// running until its lease is over and it is settled from the ledger.
    async fn settle_result(&self, id: &RunId, result: Result<Achieved, Failure>, progress: Progress) -> Option<FinishedRun> {
        let failure = match result {
            Ok(Achieved { subject, published, notes, rejects }) => {
                return Some(FinishedRun { subject, progress, published, notes, failure: None, rejects });
            }
            Err(Failure::Refused(refusal)) => {
                let Refusal { message, subject, notes, rejects } = *refusal;
                return Some(FinishedRun { subject, progress, published: Vec::new(), notes, failure: Some(message), rejects });
            }
            Err(Failure::Stopped(sentence)) => sentence.to_owned(),
            Err(Failure::Fault(cause)) => {
                let reference = failure::log("working on a run", cause.as_ref());
                format!("The run stopped because of a fault in the server, logged under the reference {reference}. Nothing was changed.")
            }
        };
        match self.settle_from_ledger(id, failure, progress).await {
            Ok(finished) => Some(finished),
            Err(error) => {
                failure::log("settling a run", &error);
                None
            }
        }
    }

    /// Decides a run that did not end well, or of which nothing is known, by DATA's ledger.
    pub(crate) async fn settle_from_ledger(&self, id: &RunId, failure: String, progress: Progress) -> Result<FinishedRun, DatabaseError> {
        Ok(match self.data().settle(id).await? {
            Outcome::Abandoned => FinishedRun { progress, failure: Some(failure), ..FinishedRun::default() },
            Outcome::Published => {
                let mut transaction = self.data().begin_read_only().await?;
                let published = transaction.published_by(id).await?;
                transaction.commit().await?;
                let note = "The server stopped right after publishing; the counts of rows read and rejected may be incomplete.";
                let imported = CONTRACTS.iter().find(|contract| published.iter().any(|published| published.relation == contract.relation));
                let subject = imported.map(|contract| contract.name.to_owned());
                FinishedRun { subject, progress, published, notes: vec![note.to_owned()], ..FinishedRun::default() }
            }
        })
    }

    async fn record_end(&self, actor: &Actor, id: &RunId, operation: Operation, finished: &FinishedRun) {
        for attempt in 1..=RECORDING_ATTEMPTS {
            match self.try_record_end(actor, id, operation, finished).await {
                Ok(()) => return,
                Err(error) => {
                    failure::log("recording the end of a run", &error);
                    if attempt < RECORDING_ATTEMPTS {
                        tokio::time::sleep(HEARTBEAT).await;
                    }
                }
            }
        }
    }

    pub(crate) async fn try_record_end(
        &self,
        actor: &Actor,
        id: &RunId,
        operation: Operation,
        finished: &FinishedRun,
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        if transaction.finish_run(id, finished).await? {
            let action = format!("{}-ended", operation.name());
            let mut entry = actor.audit(&action, "run", Some(id.as_str()));
            entry.after = Some(json!({"published": finished.published, "failure": finished.failure}));
            transaction.audit(entry).await?;
        }
        transaction.commit().await
    }

    /// Renews the lease until `done`; cancels `lost` when somebody else has taken the run.
    async fn keep_lease(self, id: RunId, counters: Arc<Counters>, lost: CancellationToken, done: CancellationToken) {
        let mut beat = tokio::time::interval(HEARTBEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = beat.tick() => {}
                () = done.cancelled() => return,
            }
            match self.renew_lease(&id, counters.progress()).await {
                Ok(true) => {}
                Ok(false) => {
                    lost.cancel();
                    return;
                }
                // The work goes on: without a renewed lease somebody may give the run up, and the
                // ledger then keeps it from publishing.
                Err(error) => tracing::warn!(run = %id, %error, "a run's lease could not be renewed"),
            }
        }
    }

    async fn renew_lease(&self, id: &RunId, progress: Progress) -> Result<bool, DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        let renewed = transaction.renew_run(id, self.lease(), progress).await?;
        transaction.commit().await?;
        Ok(renewed)
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
