//! `GET /metrics`: the running server's figures as OpenMetrics text, which Prometheus reads.
//!
//! Figures tell strangers how busy a company is: they are for a scraper that shows the token of the settings, and for people who hold
//! `metrics:read`.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use app::request::caller_of;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE};
use model::Error;
use platform::{Authorized, Caller, Figures, Identity, Platform, SessionCounts, permit};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::failure;
use super::observed::Kind;
use crate::fault::fault;
use crate::settings::MetricsToken;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Seconds: from what memory answers to what is given up.
const DURATIONS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Seconds = Gauge<f64, AtomicU64>;

/// What is counted as it happens. Clones count together.
#[derive(Debug, Clone)]
pub struct Counted {
    requests: Family<Labels<2>, Counter>,
    durations: Family<Labels<1>, Histogram, fn() -> Histogram>,
    registry: Arc<Registry>,
}

impl Default for Counted {
    fn default() -> Self {
        let requests = Family::<Labels<2>, Counter>::default();
        let durations = Family::<Labels<1>, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(DURATIONS));
        let mut registry = Registry::default();
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let start = Seconds::default();
        start.set(started.as_secs_f64());
        registry.register_with_unit("process_start_time", "When the server started, in seconds since 1970", Unit::Seconds, start);
        let own = registry.sub_registry_with_prefix("handled");
        own.register("build", "The program that runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        own.register("http_requests", "Requests that were answered, by what they were for and the class of their status", requests.clone());
        own.register_with_unit(
            "http_request_duration",
            "How long requests took until their answer began",
            Unit::Seconds,
            durations.clone(),
        );
        Self { requests, durations, registry: Arc::new(registry) }
    }
}

impl Counted {
    /// Counts a request that was answered with this status after this time.
    pub fn request(&self, kind: Kind, status: u16, taken: Duration) {
        let class = match status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.requests.get_or_create(&[("kind", kind.name()), ("status", class)]).inc();
        self.durations.get_or_create(&[("kind", kind.name())]).observe(taken.as_secs_f64());
    }

    /// Everything that there is to tell.
    fn text(&self, figures: &Figures) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &momentary(figures))?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// What is asked for when somebody wants to know.
fn momentary(figures: &Figures) -> Registry {
    let mut registry = Registry::with_prefix("handled");
    let connections = Family::<Labels<2>, Gauge>::default();
    for (database, open) in [("primary", figures.primary), ("data", figures.data)] {
        connections.get_or_create(&[("database", database), ("state", "in_use")]).set(i64::from(open.in_use));
        connections.get_or_create(&[("database", database), ("state", "idle")]).set(i64::from(open.idle));
    }
    registry.register("database_connections", "Connections that this server has open", connections);
    let lookups = Family::<Labels<1>, Counter>::default();
    let SessionCounts { hits, misses, bypassed } = figures.sessions;
    for (outcome, count) in [("hit", hits), ("miss", misses), ("bypassed", bypassed)] {
        lookups.get_or_create(&[("outcome", outcome)]).inc_by(count);
    }
    registry.register("session_lookups", "Sessions that were asked for: answered from memory, from PRIMARY, or past the memory", lookups);
    if let Some(unfinished) = figures.runs {
        let runs = Family::<Labels<1>, Gauge>::default();
        for (state, count) in [("running", unfinished.running), ("queued", unfinished.queued), ("waiting", unfinished.waiting)] {
            runs.get_or_create(&[("state", state)]).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        registry.register("runs", "Runs that have not ended, on all servers together", runs);
    }
    registry
}

/// What answering takes.
#[derive(Debug, Clone)]
pub struct Scrape {
    platform: Platform,
    counted: Counted,
    token: Option<Arc<MetricsToken>>,
}

impl Scrape {
    /// Figures of this platform and its server, also for whoever shows the token.
    pub fn new(platform: Platform, counted: Counted, token: Option<MetricsToken>) -> Self {
        Self { platform, counted, token: token.map(Arc::new) }
    }

    async fn permit(&self, request: Request) -> Result<Authorized<permit::MetricsRead>, Error> {
        let (parts, _) = request.into_parts();
        let caller = match shown(&parts.headers) {
            // Whoever runs the platform gave the scraper the token: it asks in their name, and the figures are all that it reaches.
            Some(shown) if self.token.as_ref().is_some_and(|token| token.is(shown)) => {
                Caller { identity: Identity::System("metrics".to_owned()), ..caller_of(&parts) }
            }
            Some(_) => return Err(Error::Unauthenticated),
            None => caller_of(&parts),
        };
        self.platform.authorize(&caller).await
    }
}

/// The token of a request, right or wrong.
fn shown(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

/// The figures, or why not.
pub async fn metrics(State(scrape): State<Scrape>, request: Request) -> Response {
    let permit = match scrape.permit(request).await {
        Ok(permit) => permit,
        Err(error) => {
            let mut response = failure::answer(&error);
            if error == Error::Unauthenticated {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            return response;
        }
    };
    match scrape.counted.text(&permit.figures().await) {
        Ok(text) => ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => failure::answer(&fault("writing figures", &error)),
    }
}
