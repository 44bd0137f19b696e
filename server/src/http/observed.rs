//! Each request gets an identifier, which the audit, the log and the answer share, and a line in the log.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument;
use uuid::Uuid;

use super::metrics::Counted;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest identifier that is taken over from a proxy.
const LONGEST: usize = 64;

/// What a request is for, as logs and figures tell requests apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page.
    Page,
    /// A server function.
    Function,
    /// An upload or a download: it takes as long as its file is large.
    Transfer,
    /// A file of the site.
    File,
    /// What monitors ask for.
    Monitor,
}

impl Kind {
    /// The name in figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Function => "function",
            Self::Transfer => "transfer",
            Self::File => "file",
            Self::Monitor => "monitor",
        }
    }

    /// Marks an answer as one to a request of this kind.
    pub fn of(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }

    /// The kind that the answer is marked with, or else what the address tells.
    fn told_by(response: &Response, path: &str) -> Self {
        match response.extensions().get::<Self>() {
            Some(kind) => *kind,
            None if path.starts_with("/pkg/") || path == "/favicon.svg" => Self::File,
            None if path.starts_with("/api/") => Self::Function,
            None => Self::Page,
        }
    }
}

/// Gives the request its identifier, runs it, counts it, and logs how it ended.
pub async fn observe(State(counted): State<Counted>, mut request: Request, next: Next) -> Response {
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
        let taken = begun.elapsed();
        let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        let kind = Kind::told_by(&response, &path);
        counted.request(kind, status, taken);
        let quiet = matches!(kind, Kind::File | Kind::Monitor);
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

/// The identifier that the request has been given.
pub fn id_of(headers: &HeaderMap) -> String {
    headers.get(&REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or("none").to_owned()
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

    #[test]
    fn an_answers_mark_counts_more_than_the_address() {
        let answer = || Response::new(axum::body::Body::empty());
        let table = [("/", Kind::Page), ("/pkg/handled.js", Kind::File), ("/api/runs/list", Kind::Function), ("/imports", Kind::Page)];
        for (path, kind) in table {
            assert_eq!(Kind::told_by(&answer(), path), kind, "{path}");
        }
        assert_eq!(Kind::told_by(&Kind::Transfer.of(answer()), "/api/exports/zip3-reference.json"), Kind::Transfer);
    }
}
