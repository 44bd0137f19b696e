//! Each request gets an identifier, which the audit, the log and the answer share, and a line in the log.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest identifier that is taken over from a proxy.
const LONGEST: usize = 64;

/// Gives the request its identifier, runs it, and logs how it ended.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let id = request.headers().get(&REQUEST_ID).filter(|id| is_sane(id)).cloned().unwrap_or_else(new_id);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let text = id.to_str().unwrap_or_default().to_owned();
    let method = request.method().clone();
    // Without the query: it may hold what people searched for.
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", id = text);
    async move {
        let begun = Instant::now();
        let mut response = next.run(request).await;
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        let quiet = path.starts_with("/pkg/") || path == "/api/health" || path == "/favicon.svg";
        match status {
            // A browser that asks monitors' address every second would drown the rest.
            500.. => tracing::warn!(%method, path, status, milliseconds, "answered"),
            _ if quiet => tracing::debug!(%method, path, status, milliseconds, "answered"),
            _ => tracing::info!(%method, path, status, milliseconds, "answered"),
        }
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

/// Others' identifiers go into the log and the audit: nothing but harmless characters.
fn is_sane(id: &HeaderValue) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(allowed)
}

fn new_id() -> HeaderValue {
    HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_identifiers_are_taken_over() {
        assert!(is_sane(&HeaderValue::from_static("a-1_B.2")) && is_sane(&new_id()));
        let long = HeaderValue::from_str(&"a".repeat(65)).expect("a value");
        for id in [HeaderValue::from_static(""), HeaderValue::from_static("a b"), HeaderValue::from_static("<x>"), long] {
            assert!(!is_sane(&id), "{id:?}");
        }
    }
}
