//! A version of an export: what it is made from, by which its bytes are known without being made.

use chrono::{DateTime, Utc};
use database_connection::DatabaseError;
use database_data::DataTransaction;
use model::Error;
use model::export::{ExportSource, ImportSource};
use model::integration::Release;
use model::transformation::{Cause, Freshness};
use sha2::{Digest, Sha256};

use super::{Export, Stale};
use crate::Platform;
use crate::failure::unavailable;
use crate::transformations::Standing;

/// Another number where the same rows are written as other bytes than before.
const WRITERS: u32 = 1;

/// What an export's file would be made from now.
#[derive(Debug, Clone)]
pub struct ExportVersion {
    /// The file's name.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// The same for the same published data, on every server: without quotes.
    pub etag: String,
    /// When the latest of its sources was published.
    pub last_modified: DateTime<Utc>,
    /// What has changed since its sources were made, and by which run; empty while it is up to date.
    pub stale_by: Vec<Cause>,
    /// The tables that it is made from, with the imports behind them.
    pub sources: Vec<ExportSource>,
    pub(super) export: &'static Export,
    /// Of what people have set in PRIMARY, the revision with which its staleness was judged.
    pub(super) revision: i64,
}

impl ExportVersion {
    /// Whether it holds older rows than there are.
    pub fn is_stale(&self) -> bool {
        !self.stale_by.is_empty()
    }

    /// What has changed since its sources were made, where something has, as a sentence.
    pub fn stale_sentence(&self) -> Option<String> {
        let causes: Vec<String> = self
            .stale_by
            .iter()
            .map(|cause| match &cause.run_id {
                Some(run) => format!("{} (by the run {run})", cause.relation),
                None => cause.relation.clone(),
            })
            .collect();
        let sources: Vec<&str> = self.sources.iter().map(|source| source.relation.as_str()).collect();
        let verb = if causes.len() == 1 { "has" } else { "have" };
        (!causes.is_empty()).then(|| format!("{} {verb} changed since {} was made.", causes.join(" and "), sources.join(" and ")))
    }

    pub(super) fn checked(self, stale: Stale) -> Result<Self, Error> {
        match (stale, self.stale_sentence()) {
            (Stale::Refused, Some(sentence)) => Err(Error::conflict(format!(
                "{} would hold older rows than there are: {sentence} Bring its transformation up to date first, or take it as it is by \
                 saying so: ?stale=accept in the address, --accept-stale in a command.",
                self.name
            ))),
            _ => Ok(self),
        }
    }
}

impl Platform {
    /// What an export would be made from now.
    pub(super) async fn export_version(&self, export: &'static Export) -> Result<ExportVersion, Error> {
        let fault = || unavailable("looking at an export");
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let revision = transaction.zone_days_revision().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let mut transaction = self.data().begin_read_only().await.map_err(fault())?;
        let version = version_in(&mut transaction, export, revision).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        version
    }
}

/// What an export would be made from in this snapshot; the inner error says why it cannot be.
pub(super) async fn version_in(
    transaction: &mut DataTransaction,
    export: &'static Export,
    revision: i64,
) -> Result<Result<ExportVersion, Error>, DatabaseError> {
    let live = transaction.live().await?;
    let standing = Standing::new(&live, revision);
    let (freshness, stale_by) = export.stands(&standing);
    if freshness == Freshness::Waiting {
        let empty = export.sources.iter().find(|source| standing.relation(source).is_none_or(|relation| relation.rows == 0));
        let empty = empty.copied().unwrap_or_default();
        return Ok(Err(Error::conflict(format!("{empty} is empty: run the transformation that fills it first."))));
    }
    let behind = transaction.imports_behind(export.sources).await?;
    let sources: Vec<ExportSource> = standing
        .relations_named(export.sources)
        .into_iter()
        .map(|relation| ExportSource {
            imports: behind
                .iter()
                .filter(|import| import.relation == relation.name)
                .map(|import| ImportSource {
                    relation: import.imported.clone(),
                    run_id: import.run_id.clone(),
                    release: import.release.clone().map(Release::new),
                    published_at: import.published_at,
                })
                .collect(),
            relation: relation.name,
            rows: relation.rows,
            published_at: relation.published_at,
            run_id: relation.run_id,
        })
        .collect();
    let mut digest = Sha256::new();
    digest.update(format!("{WRITERS} {}", export.name));
    for source in &sources {
        let change = live.iter().find(|live| live.relation == source.relation).map_or(0, |live| live.change);
        // The number tells changes of an installation apart, the run tells installations apart.
        let run = source.run_id.as_ref().map_or("", model::RunId::as_str);
        digest.update(format!("\n{} {change} {run}", source.relation));
    }
    Ok(Ok(ExportVersion {
        name: export.name,
        media_type: export.media_type,
        etag: hex::encode(&digest.finalize()[..16]),
        last_modified: sources.iter().filter_map(|source| source.published_at).max().unwrap_or_default(),
        stale_by,
        sources,
        export,
        revision,
    }))
}
