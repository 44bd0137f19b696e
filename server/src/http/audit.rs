//! `GET /api/audit.csv`: the rows that the page of the audit shows, all pages of them, with the page's own parameters.

use app::request::caller_of;
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;
use model::audit::{self, AuditQuery};
use platform::{Platform, permit};
use url::form_urlencoded;

use super::attachment;
use super::tables::{answer, described};
use crate::table_export::{self, Format};

/// The audit as a file. That it was taken is in it the next time.
pub async fn download(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let result = async {
        let permit = platform.authorize::<permit::AuditExport>(&caller_of(&parts)).await?;
        if parts.method == Method::HEAD {
            return Ok(described("audit", Format::Csv));
        }
        let rows = permit.export_audit(&query(parts.uri.query().unwrap_or_default())).await?;
        answer(table_export::audit(rows), Format::Csv).await
    };
    result.await.unwrap_or_else(|error| attachment::refuse(&parts.headers, &error, "/audit"))
}

/// The query that the page's parameters stand for. What makes no sense is absent, as on the page.
fn query(parameters: &str) -> AuditQuery {
    let mut query = AuditQuery::default();
    for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
        match name.as_ref() {
            "person" => query.person = Some(value.into_owned()),
            "resource" => query.resource = Some(value.into_owned()),
            "id" => query.resource_id = Some(value.into_owned()),
            "action" => query.action = Some(value.into_owned()),
            "since" => query.since = audit::since(&value),
            "until" => query.until = audit::until(&value),
            _ => {}
        }
    }
    query.trimmed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_own_parameters_are_the_query() {
        let query = query("person=ana%40example.com&resource=user&id=&action=edit&since=2026-11-20&until=soon&page=3");
        let expected = AuditQuery {
            person: Some("ana@example.com".to_owned()),
            resource: Some("user".to_owned()),
            action: Some("edit".to_owned()),
            since: audit::since("2026-11-20"),
            ..AuditQuery::default()
        };
        assert_eq!(query, expected);
    }
}
