//! The site's files, and the answer to addresses that are nobody's.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderValue, StatusCode};
use model::Error;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::failure;
use super::site::Site;

/// Serves the site's files under `/`; what is none of them is given to `page`, and answered as not found.
pub fn router<S, P>(site: &Site, page: P) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    P: Fn(Request) -> BoxFuture<'static, Response> + Clone + Send + Sync + 'static,
{
    // An address that ends in a slash is a page's, not a folder's.
    let files = ServeDir::new(site.root()).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let site = site.clone();
    Router::new()
        .fallback(move |request: Request| {
            let (files, page) = (files.clone(), page.clone());
            async move {
                let (parts, body) = request.into_parts();
                let found = files.oneshot(Request::from_parts(parts.clone(), Body::empty())).await.into_response();
                match found.status() {
                    StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => missing(Request::from_parts(parts, body), &page).await,
                    _ => found.map(Body::new),
                }
            }
        })
        .layer(from_fn(move |request: Request, next: Next| {
            let forever = site.is_hashed(request.uri().path());
            async move {
                let mut response = next.run(request).await;
                let value = if forever && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
                response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
                // A cache on the way must not give compressed bytes to somebody who cannot read them.
                response.headers_mut().entry(VARY).or_insert(HeaderValue::from_static("accept-encoding"));
                response
            }
        }))
}

async fn missing<P>(request: Request, page: &P) -> Response
where
    P: Fn(Request) -> BoxFuture<'static, Response>,
{
    let path = request.uri().path().to_owned();
    if path.starts_with("/api/") {
        return failure::answer(&Error::not_found(format!("operation {path}")));
    }
    if path.starts_with("/pkg/") {
        return failure::answer(&Error::not_found(format!("file {path}")));
    }
    let mut response = page(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
