//! Imports: files are received, unpacked and recognised, and become queued runs; a run stages its files' rows, compares them with
//! what is live, and publishes them, at once or when somebody has looked at what would change. What was replaced can come back.

mod allowed;
mod download;
mod limits;
mod rebuild;
mod receive;
mod retention;
mod same_bytes;
mod stage;
mod submit;
pub(crate) mod undo;
pub(crate) mod work;

use model::list::Page;
use model::preview::Consent;
use model::run::{Derived, Operation, Run, RunDetail, RunQuery, RunState};
use model::{Error, FileKind, RunId};
use serde_json::json;

use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::failure::{self, unavailable};
use crate::transformations;

pub use download::Download;
pub use receive::{Receiving, Upload};
pub use submit::Submitted;

/// Unfinished imports that are listed at most.
const WORK_LISTED: u32 = 20;

impl Authorized<permit::ImportsRead> {
    /// One page of the imports and undoings that the query asks for; its `operation` is taken for imports.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn runs(&self, query: &RunQuery) -> Result<Page<Run>, Error> {
        self.platform.runs_of(Operation::Import, query).await
    }

    /// Imports and undoings that have not ended: at work, waiting for somebody's word, or queued.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn work(&self) -> Result<Vec<Run>, Error> {
        let fault = || unavailable("listing imports");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let runs = transaction.unfinished_runs(&[Operation::Import, Operation::Undo], WORK_LISTED).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(runs)
    }

    /// An import, or the undoing of one, with everything that its page shows.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such import.
    pub async fn run(&self, id: &RunId) -> Result<RunDetail, Error> {
        self.platform.load_import(id).await
    }
}

impl Authorized<permit::ImportsRun> {
    /// Publishes an import that waits to be confirmed, in the background.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor may not import files of its kind, [`Error::Conflict`] when it does not wait, or asks
    /// something that is not agreed to.
    pub async fn confirm(&self, id: &RunId, consent: Consent) -> Result<(), Error> {
        let fault = || unavailable("confirming an import");
        let detail = self.platform.load_import(id).await?;
        self.allow_run(&detail.run)?;
        let unanswered = detail.preview.iter().flat_map(|preview| &preview.questions).find(|question| !consent.covers(question));
        if let (RunState::Waiting, Some(question)) = (detail.run.state, unanswered) {
            return Err(Error::conflict(work::sentence(question)));
        }
        let mut transaction = self.platform.primary().begin().await.map_err(fault())?;
        if !transaction.confirm_run(id, consent).await.map_err(fault())? {
            return Err(Error::conflict("This import does not wait to be confirmed: somebody has been quicker, or it has ended."));
        }
        let mut entry = self.actor.audit("import-confirmed", "run", Some(id.as_str()));
        entry.after = Some(json!(consent));
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        self.platform.0.queued.notify_one();
        Ok(())
    }

    /// The same, and waits for its end, whichever it is.
    ///
    /// # Errors
    /// As [`Authorized::confirm`].
    pub async fn confirm_and_wait(&self, id: &RunId, consent: Consent) -> Result<RunDetail, Error> {
        self.confirm(id, consent).await?;
        self.platform.work_off(id).await?;
        self.platform.load_import(id).await
    }

    /// Ends an import that has not ended; nothing is changed then. One that is just being published may be quicker.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such import, [`Error::Forbidden`] when the actor may not import files of its kind,
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn cancel(&self, id: &RunId) -> Result<(), Error> {
        self.allow_run(&self.platform.load_run(id, Operation::Import).await?.run)?;
        self.platform.cancel_run(&self.actor, id, Operation::Import).await
    }
}

impl Platform {
    /// An import or an undoing, with what DATA knows of it. Without DATA that part is left out: history does not need it.
    pub(crate) async fn load_import(&self, id: &RunId) -> Result<RunDetail, Error> {
        let mut detail = self.load_run(id, Operation::Import).await?;
        if detail.run.operation == Operation::Import && detail.run.state == RunState::Succeeded {
            match self.live_facts(&detail).await {
                Ok((undoable, derived)) => {
                    detail.undoable = undoable;
                    detail.derived = derived;
                }
                Err(error) => {
                    failure::log("loading what a run has published", &error);
                }
            }
        }
        Ok(detail)
    }

    async fn live_facts(&self, detail: &RunDetail) -> Result<(bool, Vec<Derived>), database_connection::DatabaseError> {
        let Some(kind) = detail.run.subject.as_deref().and_then(|subject| subject.parse::<FileKind>().ok()) else {
            return Ok((false, Vec::new()));
        };
        let mut transaction = self.data().begin_read_only().await?;
        let shown = transaction.is_shown(kind.contract(), &detail.run.id).await?;
        let derived = transaction.derived(&detail.run.id).await?;
        transaction.commit().await?;
        let derived = derived
            .into_iter()
            .map(|derived| Derived {
                made_by: transformations::made_by(&derived.relation).map(|transformation| transformation.name().to_owned()),
                relation: derived.relation,
                run_id: derived.run_id,
                published_at: derived.published_at,
                stale: derived.stale,
            })
            .collect();
        Ok((shown, derived))
    }
}
