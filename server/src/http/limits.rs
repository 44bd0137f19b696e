//! How much and how long a request may be, and what becomes of one that goes beyond it or brings its handler down.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::StatusCode;
use http::header::HeaderMap;
use model::Error;

use super::failure;
use super::observed;
use super::uploads::UploadLimits;
use crate::settings::{MetricsToken, Settings, TrustedProxies};

/// The most bytes of a request that is no upload: the longest form has a few hundred.
pub const BODY_MAX_BYTES: usize = 64 * 1024;

/// On what terms requests are answered.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How much an upload may hold.
    pub uploads: UploadLimits,
    /// How long a request that is neither upload nor download may take altogether.
    pub patience: Duration,
    /// How long a request's body may stand still, an upload's as well.
    pub standstill: Duration,
    /// Whose word on where a request comes from is believed.
    pub proxies: TrustedProxies,
    /// What a scraper shows to read the figures, where it is set.
    pub metrics_token: Option<MetricsToken>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            uploads: UploadLimits::default(),
            patience: Duration::from_secs(30),
            standstill: Duration::from_secs(20),
            proxies: TrustedProxies::default(),
            metrics_token: None,
        }
    }
}

impl Terms {
    /// The terms that the settings ask for.
    pub fn of(settings: &Settings) -> Self {
        Self { proxies: settings.trusted_proxies.clone(), metrics_token: settings.metrics_token.clone(), ..Self::default() }
    }
}

/// Gives a request up that takes longer.
pub async fn in_time(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    let (page, reference) = (failure::wants_page(request.headers()), observed::id_of(request.headers()));
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a request was given up after {} seconds", patience.as_secs());
            unavailable(page, reference)
        }
    }
}

/// Answers a request whose handler panics. What happened is in the log, under the request's identifier.
pub async fn survive(request: Request, next: Next) -> Response {
    let (page, reference) = (failure::wants_page(request.headers()), observed::id_of(request.headers()));
    // The handler is gone with all that it had; what others share with it is behind locks that survive this.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => unavailable(page, reference),
    }
}

fn unavailable(page: bool, reference: String) -> Response {
    let error = Error::Unavailable { reference };
    if page { (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response() } else { failure::answer(&error) }
}

/// Says in the server's own way that a request has too many bytes.
pub async fn small(request: Request, next: Next) -> Response {
    let too_large = announced(request.headers()).is_some_and(|bytes| bytes > BODY_MAX_BYTES as u64);
    if !too_large {
        return next.run(request).await;
    }
    let error = Error::invalid("arguments", format!("The request has more than {} KiB.", BODY_MAX_BYTES / 1024));
    if failure::wants_page(request.headers()) {
        return (StatusCode::PAYLOAD_TOO_LARGE, format!("{error}\n")).into_response();
    }
    failure::answer_with(StatusCode::PAYLOAD_TOO_LARGE, &error)
}

/// How many bytes the request says it has.
pub fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::{from_fn, from_fn_with_state};
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn ask(router: Router, accept: &str) -> (StatusCode, String) {
        let request = Request::get("/").header("accept", accept).header("x-request-id", "r-1").body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.expect("infallible");
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_the_requests_identifier() {
        async fn broken() -> &'static str {
            panic!("a bug that a test made")
        }
        let router = Router::new().route("/", get(broken)).layer(from_fn(survive));
        for accept in ["text/html", "application/json"] {
            let (status, body) = ask(router.clone(), accept).await;
            assert_eq!(status, 503);
            assert!(body.contains("r-1") && !body.contains("bug"), "{body}");
            assert_eq!(body.starts_with('{'), accept == "application/json", "{body}");
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        let router = Router::new().route("/", get(std::future::pending::<()>));
        let router = router.layer(from_fn_with_state(Duration::from_millis(20), in_time));
        let (status, body) = ask(router, "application/json").await;
        assert_eq!(status, 503);
        assert!(body.contains("r-1"), "{body}");
    }
}
