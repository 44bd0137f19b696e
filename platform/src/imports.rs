//! Imports: a file is received, recognised by its content, read as a stream, checked against its kind's
//! contract, copied into a shadow table and published, or refused with one sentence and nothing changed.

mod delimited;
mod load;
mod receive;
mod recognize;
mod value;

use model::list::Page;
use model::run::{Operation, Run, RunDetail, RunQuery};
use model::{Error, FileKind, RunId};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::is_storable;

pub use receive::{Receiving, Upload};

impl Authorized<permit::ImportsRead> {
    /// One page of the imports that the query asks for; its `operation` is taken for imports.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn runs(&self, query: &RunQuery) -> Result<Page<Run>, Error> {
        let fault = || unavailable("listing imports");
        let query = RunQuery { operation: Some(Operation::Import), ..query.clone() };
        if query.subject.as_deref().is_some_and(|subject| !is_storable(subject)) {
            return Ok(Page { rows: Vec::new(), total: 0, page: 1 });
        }
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let page = transaction.runs(&query).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(page)
    }

    /// An import with the rows that it rejected.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such import.
    pub async fn run(&self, id: &RunId) -> Result<RunDetail, Error> {
        self.platform.load_run(id, Operation::Import).await
    }
}

impl Authorized<permit::ImportsRun> {
    /// Starts an import in the background. Without a kind the content decides.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the run cannot be recorded. A file that is refused is no error here:
    /// its run says so.
    pub async fn start_import(&self, upload: Upload, kind: Option<FileKind>) -> Result<RunId, Error> {
        let id = self.begin(&upload, kind).await?;
        self.platform.spawn_run(self.actor.clone(), id.clone(), Operation::Import, move |work| load::load(work, upload, kind));
        Ok(id)
    }

    /// Imports and waits for the end, whichever it is: a refused file is a run that failed, not an error.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the run cannot be recorded or read again.
    pub async fn import(&self, upload: Upload, kind: Option<FileKind>) -> Result<RunDetail, Error> {
        let id = self.begin(&upload, kind).await?;
        self.platform.execute_run(&self.actor, id.clone(), Operation::Import, |work| load::load(work, upload, kind)).await;
        self.platform.load_run(&id, Operation::Import).await
    }

    async fn begin(&self, upload: &Upload, kind: Option<FileKind>) -> Result<RunId, Error> {
        self.platform.begin_run(&self.actor, Operation::Import, kind.map(FileKind::name), Some(upload.file())).await
    }
}
