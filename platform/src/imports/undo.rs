//! Undoing an import: what was there before it comes back, in one transaction.

use database_data::Undoing;
use database_primary::{Claimed, NewRun, RunRecord};
use model::integration::KindContract;
use model::run::{Operation, Published, RunDetail, RunState, Stage};
use model::{Error, RunId};
use serde_json::json;

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::{Failure, Work, new_id, new_run, refused};

const NOT_LIVE: &str = "Nothing that this import published is live any more, so there is nothing to undo.";

impl Authorized<permit::ImportsRun> {
    /// Starts to bring back what was there before an import.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such import, [`Error::Forbidden`] when the actor may not import files of its kind,
    /// [`Error::Conflict`] when nothing of it is live.
    pub async fn undo(&self, id: &RunId) -> Result<RunId, Error> {
        let fault = || unavailable("undoing an import");
        let detail = self.platform.load_import(id).await?;
        self.allow_run(&detail.run)?;
        if !detail.undoable {
            return Err(Error::conflict(NOT_LIVE));
        }
        let undo = new_id();
        let run = NewRun { subject: detail.run.subject.as_deref(), undoes: Some(id), ..new_run(&undo, Operation::Undo, &self.actor, &[]) };
        let mut transaction = self.platform.primary().begin().await.map_err(fault())?;
        transaction.create_run(run).await.map_err(fault())?;
        let mut entry = self.actor.audit("undo", "run", Some(id.as_str()));
        entry.after = Some(json!({"by": undo}));
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        self.platform.0.queued.notify_one();
        Ok(undo)
    }

    /// The same, and waits for its end, whichever it is.
    ///
    /// # Errors
    /// As [`Authorized::undo`].
    pub async fn undo_and_wait(&self, id: &RunId) -> Result<RunDetail, Error> {
        let undo = self.undo(id).await?;
        self.platform.work_off(&undo).await?;
        self.platform.load_import(&undo).await
    }
}

/// Works on a claimed undoing.
pub(crate) async fn work(work: Work, claimed: Claimed) -> Result<RunRecord, Failure> {
    let contract: &KindContract = super::work::contract(&claimed)?;
    let Some(target) = &claimed.undoes else { return Err(refused("It does not say what it undoes.")) };
    work.counters.enter(Stage::Publishing);
    let mut transaction = work.platform.data().begin().await?;
    let Undoing::Done { rows } = transaction.undo(contract, target, &work.id).await? else { return Err(refused(NOT_LIVE)) };
    work.commit(transaction).await?;
    let published = Published { relation: contract.relation.to_owned(), rows };
    Ok(RunRecord { published: vec![published], ..work.record(RunState::Succeeded) })
}
