//! Looking through the audit, and taking it as a file.

use async_stream::try_stream;
use database_primary::AuditPosition;
use futures::stream::{self, BoxStream, StreamExt};
use model::Error;
use model::audit::{AuditChoices, AuditPage, AuditQuery, AuditRecord, PAGES_MAX};
use model::list::{PAGE_SIZE, Page};
use serde_json::json;

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::is_storable;

/// Rows of a timeline at most.
const TIMELINE_MAX: i64 = 20;
/// Rows that a file reads at once.
const BATCH: i64 = 1000;

/// The query as it can be asked; none where it asks for what no row can hold.
fn askable(query: &AuditQuery) -> Option<AuditQuery> {
    let query = query.clone().trimmed();
    let texts = [&query.person, &query.resource, &query.resource_id, &query.action];
    let is_askable = texts.into_iter().flatten().all(|text| is_storable(text));
    is_askable.then_some(query)
}

fn position(record: &AuditRecord) -> AuditPosition {
    AuditPosition { at: record.at, id: i64::try_from(record.id).unwrap_or(i64::MAX) }
}

impl Authorized<permit::AuditRead> {
    /// A page of the audit, the newest rows first. Counting ends, and so do the pages, at ten thousand rows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, Error> {
        let fault = || unavailable("reading the audit");
        let page = query.page.clamp(1, PAGES_MAX);
        let most = u64::from(PAGES_MAX) * u64::from(PAGE_SIZE);
        let Some(query) = askable(query) else {
            return Ok(AuditPage { page: Page { rows: Vec::new(), total: 0, page }, more: false, choices: AuditChoices::default() });
        };
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let filter = transaction.audit_filter(AuditQuery { page, ..query }).await.map_err(fault())?;
        let rows = transaction.audit_records(&filter).await.map_err(fault())?;
        let found = transaction.count_audit_records(&filter, most + 1).await.map_err(fault())?;
        let choices = transaction.audit_choices().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(AuditPage { page: Page { rows, total: found.min(most), page }, more: found > most, choices })
    }

    /// What happened to one thing: the latest rows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn timeline(&self, resource: &str, id: &str) -> Result<Vec<AuditRecord>, Error> {
        let fault = || unavailable("reading the audit");
        if !is_storable(resource) || !is_storable(id) {
            return Ok(Vec::new());
        }
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let rows = transaction.audit_timeline(resource, id, TIMELINE_MAX).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(rows)
    }
}

impl Authorized<permit::AuditExport> {
    /// All rows that the query asks for, whatever its page, the newest first. That somebody takes them is recorded first. They are read in
    /// parts, so that nobody who takes them slowly holds a connection to PRIMARY; what is written meanwhile is left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn export_audit(self, query: &AuditQuery) -> Result<BoxStream<'static, Result<AuditRecord, Error>>, Error> {
        let fault = || unavailable("reading the audit");
        let Some(query) = askable(query) else { return Ok(stream::empty().boxed()) };
        let given = json!({
            "person": query.person, "resource": query.resource, "resource_id": query.resource_id, "action": query.action,
            "since": query.since, "until": query.until,
        });
        self.platform.record_download(&self.actor, "audit", None, Some(given)).await?;
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let filter = transaction.audit_filter(query).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(Box::pin(try_stream! {
            let mut after = None;
            loop {
                let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
                let rows = transaction.audit_records_after(&filter, after, BATCH).await.map_err(fault())?;
                transaction.commit().await.map_err(fault())?;
                let Some(last) = rows.last() else { break };
                after = Some(position(last));
                for row in rows {
                    yield row;
                }
            }
        }))
    }
}
