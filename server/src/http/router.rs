//! Which address is answered by what, and what each request passes through on its way.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures::FutureExt;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, render_app_async_with_context};
use platform::Platform;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::limits::{self, BODY_MAX_BYTES, Terms};
use super::metrics::{self, Counted, Scrape};
use super::observed::Kind;
use super::site::Site;
use super::uploads::upload;
use super::{audit, client, cross_site, downloads, files, health, observed, originals, protection, rendering, tables};
use crate::table_export::Format;

/// The whole web server on this platform.
pub fn router(platform: Platform, site: &Site) -> Router {
    router_on(platform, site, Terms::default())
}

/// The same on other terms.
pub fn router_on(platform: Platform, site: &Site, terms: Terms) -> Router {
    let counted = Counted::default();
    let quick = pages(&platform, site).merge(monitored(&platform, &terms, &counted));
    // Originals, workbooks and Parquet come compressed or are sent once: their length, which compressing takes away, is worth more.
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/octet-stream"))
        .and(NotForContentType::const_new("application/vnd."));

    quick
        .layer(from_fn_with_state(terms.patience, limits::in_time))
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES))
        .layer(from_fn(limits::small))
        .merge(transfers(platform, &terms))
        .layer(RequestBodyTimeoutLayer::new(terms.standstill))
        // Files of the site come compressed already; this is for pages and JSON, where speed counts more than the last bytes.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressible))
        .layer(from_fn(limits::survive))
        .layer(from_fn(cross_site::refuse))
        .layer(from_fn(protection::protect))
        .layer(from_fn_with_state(counted, observed::observe))
        .layer(from_fn_with_state(Arc::new(terms.proxies), client::identify))
}

/// Pages, server functions and the site's files.
fn pages(platform: &Platform, site: &Site) -> Router {
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

    Router::<LeptosOptions>::new()
        .leptos_routes_with_context(&options, rendering::pages(), context, shell)
        .layer(from_fn(|request: Request, next: Next| rendering::whole(next.run(request))))
        .merge(files::router(site, unknown))
        .with_state(options)
}

/// What monitors ask for.
fn monitored(platform: &Platform, terms: &Terms, counted: &Counted) -> Router {
    let scrape = Scrape::new(platform.clone(), counted.clone(), terms.metrics_token.clone());
    Router::new()
        .route("/api/health", get(health::health))
        .with_state(platform.clone())
        .merge(Router::new().route("/metrics", get(metrics::metrics)).with_state(scrape))
        .layer(map_response(|response| async { Kind::Monitor.of(response) }))
}

/// Uploads and downloads, which take as long as they move.
fn transfers(platform: Platform, terms: &Terms) -> Router {
    let limits = terms.uploads;
    let uploads = Router::new().route("/api/imports", post(upload)).layer(DefaultBodyLimit::max(limits.bytes)).layer(Extension(limits));
    Router::new()
        .route("/api/exports/{name}", get(downloads::download))
        .route("/api/exports/{name}/sources", get(downloads::sources))
        .route("/api/imports/{run}/files/{ordinal}", get(originals::original))
        .route("/api/imports/{run}/rejects.csv", get(originals::rejects))
        // The file's name with its ending, which a pattern cannot tell apart.
        .route("/api/tables/{file}", get(tables::download))
        .route("/api/audit.csv", get(audit::download))
        .merge(
            Format::ALL
                .iter()
                .fold(Router::new(), |router, format| router.route(&format!("/api/runs.{}", format.ending()), get(tables::runs))),
        )
        .merge(uploads)
        .with_state(platform)
        .layer(map_response(|response| async { Kind::Transfer.of(response) }))
}
