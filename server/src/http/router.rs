//! Which address is answered by what, and what each request passes through on its way.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures::FutureExt;
use http::StatusCode;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, render_app_async_with_context};
use platform::Platform;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::site::Site;
use super::uploads::{UploadLimits, upload};
use super::{cross_site, downloads, files, health, observed, originals, protection, rendering, tables};
use crate::table_export::Format;

/// The most bytes of a request that is no upload: the longest form has a few hundred.
const BODY_MAX_BYTES: usize = 64 * 1024;
/// How long a request that is neither upload nor download may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The whole web server on this platform.
pub fn router(platform: Platform, site: &Site) -> Router {
    router_with_limits(platform, site, UploadLimits::default())
}

/// The same with other limits for uploads.
pub fn router_with_limits(platform: Platform, site: &Site, limits: UploadLimits) -> Router {
    let options = site.options().clone();
    let context = {
        let platform = platform.clone();
        move || provide_context(platform.clone())
    };
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let unknown = render_app_async_with_context(context.clone(), shell.clone());
    let unknown = move |request: Request| rendering::whole(unknown(request)).boxed();

    let pages = Router::<LeptosOptions>::new()
        .leptos_routes_with_context(&options, rendering::pages(), context, shell)
        .layer(from_fn(|request: Request, next: Next| rendering::whole(next.run(request))))
        .merge(files::router(site, unknown))
        .with_state(options);
    let monitored = Router::new().route("/api/health", get(health::health)).with_state(platform.clone());
    let uploads = Router::new().route("/api/imports", post(upload)).layer(DefaultBodyLimit::max(limits.bytes)).layer(Extension(limits));
    let transfers = Router::new()
        .route("/api/exports/{name}", get(downloads::download))
        .route("/api/exports/{name}/sources", get(downloads::sources))
        .route("/api/imports/{run}/files/{ordinal}", get(originals::original))
        .route("/api/imports/{run}/rejects.csv", get(originals::rejects))
        // The file's name with its ending, which a pattern cannot tell apart.
        .route("/api/tables/{file}", get(tables::download))
        .merge(
            Format::ALL
                .iter()
                .fold(Router::new(), |router, format| router.route(&format!("/api/runs.{}", format.ending()), get(tables::runs))),
        )
        .merge(uploads)
        .with_state(platform);
    // Originals, workbooks and Parquet come compressed or are sent once: their length, which compressing takes away, is worth more.
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/octet-stream"))
        .and(NotForContentType::const_new("application/vnd."));

    pages
        .merge(monitored)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES))
        .merge(transfers)
        // Files of the site come compressed already; this is for pages and JSON, where speed counts more than the last bytes.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressible))
        .layer(from_fn(cross_site::refuse))
        .layer(from_fn(protection::protect))
        .layer(from_fn(observed::observe))
}
