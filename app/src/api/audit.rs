//! The audit: pages of it, and what happened to one thing.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::audit::{AuditPage, AuditQuery, AuditRecord};

use crate::error::AppError;
use crate::json::Json;

/// A page of what was done, the latest first.
///
/// # Errors
/// [`model::Error`]: not signed in, without `audit:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "audit/list", input = GetUrl, output = Json)]
pub async fn list_audit(query: AuditQuery) -> Result<AuditPage, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::AuditRead;

    let result = async { Asked::current()?.authorize::<AuditRead>().await?.audit(&query).await };
    answer(result.await)
}

/// The latest of what happened to one thing.
///
/// # Errors
/// As [`list_audit`].
#[server(prefix = "/api", endpoint = "audit/timeline", input = GetUrl, output = Json)]
pub async fn list_timeline(resource: String, id: String) -> Result<Vec<AuditRecord>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::AuditRead;

    let result = async { Asked::current()?.authorize::<AuditRead>().await?.timeline(&resource, &id).await };
    answer(result.await)
}
