//! Exports: files that other systems read. The same data gives the same bytes.

mod zip3_reference;

use database_primary::{Progress, RunRecord};
use model::export::{EXPORTS, ExportContract, ExportState};
use model::health::Relation;
use model::run::{Operation, Published, RunState};
use model::{Error, RunId};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::Begun;

/// A file made by an export.
#[derive(Debug, Clone)]
pub struct ExportedFile {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The run that recorded it.
    pub run_id: RunId,
    /// Rows that went into it.
    pub rows: u64,
}

/// The export of this name, with or without its extension.
fn contract(name: &str) -> Result<&'static ExportContract, Error> {
    let stem = |text: &'static str| text.rsplit_once('.').map_or(text, |(stem, _)| stem);
    EXPORTS.iter().find(|contract| contract.name == name || stem(contract.name) == name).ok_or_else(|| {
        let known: Vec<&str> = EXPORTS.iter().map(|contract| contract.name).collect();
        Error::not_found(format!("export {name}; there are: {}", known.join(", ")))
    })
}

impl Authorized<permit::ExportsRead> {
    /// Every export with what it is made from and when it was last taken.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn exports(&self) -> Result<Vec<ExportState>, Error> {
        let fault = || unavailable("listing exports");
        let relations = self.platform.relations().await.map_err(fault())?;
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let latest = transaction.latest_run_of_each(Operation::Export).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let source = |name: &str| {
            let unknown = || Relation { name: name.to_owned(), rows: 0, published_at: None, release: None, run_id: None, stale: false };
            relations.iter().find(|relation| relation.name == name).cloned().unwrap_or_else(unknown)
        };
        Ok(EXPORTS
            .iter()
            .map(|contract| ExportState {
                name: contract.name.to_owned(),
                purpose: contract.purpose.to_owned(),
                source: source(contract.source),
                latest: latest.iter().find(|run| run.subject.as_deref() == Some(contract.name)).cloned(),
            })
            .collect())
    }

    /// Makes the file and records who took it. The name may leave its extension out.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such export; [`Error::Conflict`] when what it is made from has
    /// not been published yet.
    pub async fn export(&self, name: &str) -> Result<ExportedFile, Error> {
        let contract = contract(name)?;
        let fault = || unavailable("exporting");
        let mut data = self.platform.data().begin_read_only().await.map_err(fault())?;
        let rows = data.zip3_demographics().await.map_err(fault())?;
        data.commit().await.map_err(fault())?;
        if rows.is_empty() {
            return Err(Error::conflict(format!("{} is empty: run the transformation that fills it first.", contract.source)));
        }
        let count = rows.len() as u64;
        let bytes = zip3_reference::write(&rows);
        let run_id = self.platform.begin_run(&self.actor, Operation::Export, Some(contract.name)).await?;
        let progress = Progress { rows_read: count, ..Progress::default() };
        let published = vec![Published { relation: contract.name.to_owned(), rows: count }];
        let record = RunRecord { published, ..RunRecord::new(RunState::Succeeded, progress) };
        let begun = Begun { actor: self.actor.clone(), id: run_id.clone(), operation: Operation::Export, undoes: None, resumable: false };
        self.platform.try_record_end(&begun, &record).await.map_err(fault())?;
        Ok(ExportedFile { name: contract.name, media_type: contract.media_type, bytes, run_id, rows: count })
    }
}
