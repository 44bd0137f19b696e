//! Originals and lists of rejected rows, as they lie in the store.

use std::io;

use bytes::Bytes;
use futures::stream::BoxStream;
use model::run::RunFile;
use model::{Error, RunId};
use serde_json::json;

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;

/// A file to be sent.
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its media type. An original is what somebody sent: it is never shown in a browser as what it claims to be.
    pub media_type: &'static str,
    /// Its size, where known.
    pub bytes: Option<u64>,
    /// Its content.
    pub content: BoxStream<'static, io::Result<Bytes>>,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("name", &self.name).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

fn gone(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::not_found("such file in the store any more"),
        _ => unavailable("reading from the store")(error),
    }
}

impl Authorized<permit::ImportsRead> {
    /// A file of an import, as it came. That somebody takes it is recorded.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such file or it is not kept any more.
    pub async fn original(&self, id: &RunId, ordinal: u32) -> Result<Download, Error> {
        let fault = || unavailable("loading a file");
        // An unknown run is said to be one.
        self.platform.load_run(id, model::run::Operation::Import).await?;
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let files = transaction.stored_files(id).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let wanted = files.into_iter().find(|file| u32::try_from(file.ordinal) == Ok(ordinal));
        let file = wanted.ok_or_else(|| Error::not_found(format!("file {ordinal} of this import")))?;
        if !file.kept {
            return Err(Error::not_found(format!("original of {} any more: it is not kept", file.file.name)));
        }
        let RunFile { name, bytes, sha256 } = file.file;
        let content = self.platform.configuration().store.original(&sha256).await.map_err(gone)?;
        let what = json!({"file": name, "sha256": sha256});
        self.platform.record_download(&self.actor, "run", Some(id.as_str()), Some(what)).await?;
        Ok(Download { name, media_type: "application/octet-stream", bytes: Some(bytes), content })
    }

    /// The rows that an import rejected, as a file that can be corrected and sent back. That somebody takes it is recorded.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it rejected none or the list is not kept any more.
    pub async fn rejects(&self, id: &RunId) -> Result<Download, Error> {
        let detail = self.platform.load_run(id, model::run::Operation::Import).await?;
        if !detail.rejects_kept {
            return Err(Error::not_found("list of rejected rows of this import"));
        }
        let content = self.platform.configuration().store.rejects(id).await.map_err(gone)?;
        let of = detail.run.title();
        let stem = of.split('.').next().unwrap_or_default();
        self.platform.record_download(&self.actor, "run", Some(id.as_str()), Some(json!({"rejects": true}))).await?;
        Ok(Download { name: format!("{stem}-rejected.csv"), media_type: "text/csv; charset=utf-8", bytes: None, content })
    }
}
