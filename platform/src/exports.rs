//! Exports: files that other systems read. The same data gives the same bytes.
//!
//! An export is a file here with an [`Export`], and a line in [`ALL`]. Whoever takes one is recorded by a run, also where they have the
//! very bytes already.

mod made;
mod scheduled;
mod version;
mod zip3_reference;
mod zone_matrix;

use database_connection::DatabaseError;
use database_data::DataTransaction;
use database_primary::{Progress, RunRecord};
use futures::future::BoxFuture;
use model::export::ExportState;
use model::run::{Operation, Published, RunState};
use model::transformation::{Cause, Freshness};
use model::{Error, RunId};
use serde_json::json;

use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::caller::Actor;
use crate::failure::unavailable;
use crate::runs::{new_id, new_run};
use crate::transformations::Standing;

pub(crate) use made::Slots;
pub use made::{Encoding, ExportedFile};
pub use version::ExportVersion;

/// Every export.
const ALL: &[&Export] = &[&zip3_reference::EXPORT, &zone_matrix::EXPORT, &zone_matrix::UPS_EXPORT, &zone_matrix::USPS_EXPORT];

/// What an export is.
pub(crate) struct Export {
    /// The file's name, which is also the export's.
    pub(crate) name: &'static str,
    /// What it holds, as a sentence for people.
    purpose: &'static str,
    /// The relations that it is made from; it cannot be made before each is published.
    pub(crate) sources: &'static [&'static str],
    /// Its media type.
    media_type: &'static str,
    /// Writes the file from one snapshot of DATA.
    write: for<'a> fn(&'a mut DataTransaction) -> BoxFuture<'a, Result<Written, DatabaseError>>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A file that was written.
struct Written {
    bytes: Vec<u8>,
    /// Rows that went into it.
    rows: u64,
}

/// Somebody's word that an export may hold older rows than there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// It may not.
    Refused,
    /// It may.
    Accepted,
}

/// What somebody who takes an export gets.
#[derive(Debug)]
pub enum Taken {
    /// The file.
    File(Box<ExportedFile>),
    /// Nothing: they have it.
    Unchanged(Box<ExportVersion>),
}

/// Every export's name.
pub fn export_names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|export| export.name)
}

/// Every export.
pub(crate) fn exports() -> impl Iterator<Item = &'static Export> {
    ALL.iter().copied()
}

/// The export of this name, with or without its extension.
fn named(name: &str) -> Result<&'static Export, Error> {
    let stem = |text: &'static str| text.rsplit_once('.').map_or(text, |(stem, _)| stem);
    ALL.iter().copied().find(|export| export.name == name || stem(export.name) == name).ok_or_else(|| {
        let known: Vec<&str> = export_names().collect();
        Error::not_found(format!("export {}; there are: {}", name.escape_default(), known.join(", ")))
    })
}

impl Authorized<permit::ExportsRead> {
    /// Every export with what it is made from, whether that is up to date, and when it was last taken.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn exports(&self) -> Result<Vec<ExportState>, Error> {
        let fault = || unavailable("listing exports");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let latest = transaction.latest_run_of_each(Operation::Export).await.map_err(fault())?;
        let revision = transaction.zone_days_revision().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let standing = self.platform.standing(revision).await.map_err(fault())?;
        Ok(exports()
            .map(|export| {
                let (freshness, stale_by) = export.stands(&standing);
                ExportState {
                    name: export.name.to_owned(),
                    purpose: export.purpose.to_owned(),
                    media_type: export.media_type.to_owned(),
                    sources: standing.relations_named(export.sources),
                    freshness,
                    stale_by,
                    latest: latest.iter().find(|run| run.subject.as_deref() == Some(export.name)).cloned(),
                }
            })
            .collect())
    }

    /// The file, and records who took it. The name may leave its extension out.
    ///
    /// # Errors
    /// As [`Authorized::take_export`].
    pub async fn export(&self, name: &str, stale: Stale) -> Result<ExportedFile, Error> {
        let version = self.platform.export_version(named(name)?).await?.checked(stale)?;
        self.made_and_recorded(version, stale).await
    }

    /// The file, unless the asker has it: `has` is told the version and says so. Either is recorded, as what somebody then has in hand.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such export; [`Error::Conflict`] when what it is made from has not been published yet, or
    /// has become stale and that is not accepted; [`Error::Unavailable`] when a database does not answer.
    pub async fn take_export(&self, name: &str, stale: Stale, has: impl Fn(&ExportVersion) -> bool) -> Result<Taken, Error> {
        let version = self.platform.export_version(named(name)?).await?.checked(stale)?;
        if has(&version) {
            let note = "Whoever asked had this version already.".to_owned();
            self.platform.record_export(&self.actor, &version, None, note.into()).await?;
            return Ok(Taken::Unchanged(Box::new(version)));
        }
        Ok(Taken::File(Box::new(self.made_and_recorded(version, stale).await?)))
    }

    async fn made_and_recorded(&self, version: ExportVersion, stale: Stale) -> Result<ExportedFile, Error> {
        let mut file = self.platform.export_file(version, stale).await?;
        file.run_id = Some(self.platform.record_export(&self.actor, &file.version, Some(file.rows()), None).await?);
        Ok(file)
    }

    /// What taking the file would be like, without taking it: nothing is recorded.
    ///
    /// # Errors
    /// As [`Authorized::take_export`].
    pub async fn describe_export(&self, name: &str, stale: Stale) -> Result<ExportedFile, Error> {
        let version = self.platform.export_version(named(name)?).await?.checked(stale)?;
        self.platform.export_file(version, stale).await
    }
}

impl Platform {
    /// Records that somebody has an export. Making one changes nothing, so its run is written when it is done.
    async fn record_export(&self, actor: &Actor, version: &ExportVersion, rows: Option<u64>, note: Option<String>) -> Result<RunId, Error> {
        let stale = version.stale_sentence();
        let published = rows.map(|rows| Published { relation: version.name.to_owned(), rows }).into_iter().collect();
        let notes: Vec<String> = stale.into_iter().chain(note).collect();
        let progress = Progress { rows_read: rows.unwrap_or_default(), ..Progress::default() };
        let record = RunRecord { published, notes: Some(notes), ..RunRecord::new(RunState::Succeeded, progress) };
        self.record_export_run(actor, version.name, &record, version.is_stale()).await
    }

    async fn record_export_run(&self, actor: &Actor, name: &str, record: &RunRecord, is_stale: bool) -> Result<RunId, Error> {
        let fault = || unavailable("recording an export");
        let id = new_id();
        let run =
            database_primary::NewRun { subject: Some(name), lease: Some(self.lease()), ..new_run(&id, Operation::Export, actor, &[]) };
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.create_run(run).await.map_err(fault())?;
        transaction.record_run(&id, record).await.map_err(fault())?;
        for (action, after) in [
            ("export", json!({"subject": name, "stale": is_stale})),
            ("export-ended", json!({"state": record.state, "published": record.published, "failure": record.failure})),
        ] {
            let mut entry = actor.audit(action, "run", Some(id.as_str()));
            entry.after = Some(after);
            transaction.audit(entry).await.map_err(fault())?;
        }
        transaction.commit().await.map_err(fault())?;
        Ok(id)
    }
}

impl Export {
    /// Whether it would hold what there is, and what has changed since its sources were made.
    pub(crate) fn stands(&self, standing: &Standing) -> (Freshness, Vec<Cause>) {
        let relations: Vec<_> = self.sources.iter().filter_map(|source| standing.relation(source)).collect();
        let mut causes: Vec<Cause> = Vec::new();
        for cause in relations.iter().flat_map(|relation| &relation.stale_by) {
            if !causes.contains(cause) {
                causes.push(cause.clone());
            }
        }
        let freshness = if relations.len() < self.sources.len() || relations.iter().any(|relation| relation.rows == 0) {
            Freshness::Waiting
        } else if causes.is_empty() {
            Freshness::Current
        } else {
            Freshness::Stale
        };
        (freshness, causes)
    }
}
