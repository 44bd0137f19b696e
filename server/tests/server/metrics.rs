//! The running server's figures: who may read them, and whether they tell what happened.

use axum::body::Body;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use server::http::Terms;
use server::settings::MetricsToken;

use crate::http::{Answer, Place};

const TOKEN: &str = "a-token-of-the-tests-own";

async fn scrape(place: &Place, authorization: &str, cookie: &str) -> Answer {
    let mut request = Request::get("/metrics");
    if !authorization.is_empty() {
        request = request.header(AUTHORIZATION, authorization);
    }
    place.ask(request.header(COOKIE, cookie).body(Body::empty()).expect("a request")).await
}

/// The value of the line that begins so.
fn value(text: &str, beginning: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(beginning)).unwrap_or_else(|| panic!("no {beginning} in\n{text}"));
    line.trim().parse().unwrap_or_else(|_| panic!("{beginning}: {line}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn figures_are_for_the_token_and_for_whoever_holds_the_permission() {
    let mut place = Place::new().await;
    let (administrator, viewer) = (place.signed_in("administrator").await, place.signed_in("viewer").await);
    let bearer = format!("Bearer {TOKEN}");
    // Without a token in the settings, none is right.
    assert_eq!(scrape(&place, &bearer, "").await.status, 401);
    assert_eq!(scrape(&place, "Bearer ", "").await.status, 401);
    assert_eq!(scrape(&place, "", &administrator).await.status, 200);

    place.serve_on(Terms { metrics_token: MetricsToken::new(TOKEN), ..Terms::default() });
    let stranger = scrape(&place, "", "").await;
    assert_eq!((stranger.status, stranger.header(WWW_AUTHENTICATE)), (StatusCode::UNAUTHORIZED, "Bearer"));
    for wrong in ["Bearer ", "Bearer a-token-of-the-tests-owm", "Bearer a-token-of-the-tests-own-", "Basic YTpi", TOKEN] {
        let answer = scrape(&place, wrong, "").await;
        assert_eq!(answer.status, 401, "{wrong}");
        assert!(!answer.body.contains("handled_"), "{}", answer.body);
    }
    let forbidden = scrape(&place, "", &viewer).await;
    assert_eq!(forbidden.status, 403);
    assert!(forbidden.body.contains("metrics:read"), "{}", forbidden.body);
    // A wrong token is not made good by a session: whoever shows one is a program.
    assert_eq!(scrape(&place, "Bearer wrong", &administrator).await.status, 401);
    assert_eq!(scrape(&place, "", &administrator).await.status, 200);
    let own = scrape(&place, &bearer, "").await;
    assert_eq!((own.status.as_u16(), own.header(CACHE_CONTROL)), (200, "no-store"), "{}", own.body);
    assert!(own.header(CONTENT_TYPE).starts_with("application/openmetrics-text; version=1.0.0"), "{}", own.header(CONTENT_TYPE));
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn figures_tell_what_happened() {
    let mut place = Place::new().await;
    place.serve_on(Terms { metrics_token: MetricsToken::new(TOKEN), ..Terms::default() });
    let bearer = format!("Bearer {TOKEN}");
    for (path, times) in
        [("/sign-in", 3), ("/nothing", 2), ("/favicon.svg", 1), ("/api/health", 1), ("/api/exports/zip3-reference.json", 2)]
    {
        for _ in 0..times {
            place.get(path).await;
        }
    }
    let text = scrape(&place, &bearer, "").await.body;
    for (labels, count) in [
        (r#"kind="page",status="2xx""#, 3.0),
        (r#"kind="page",status="4xx""#, 2.0),
        (r#"kind="file",status="2xx""#, 1.0),
        (r#"kind="monitor",status="2xx""#, 1.0),
        (r#"kind="transfer",status="4xx""#, 2.0),
    ] {
        assert_eq!(value(&text, &format!("handled_http_requests_total{{{labels}}}")), count, "{labels}");
    }
    assert_eq!(value(&text, "handled_http_request_duration_seconds_count{kind=\"page\"}"), 5.0);
    assert!(value(&text, "handled_http_request_duration_seconds_sum{kind=\"page\"}") > 0.0);
    assert_eq!(value(&text, "handled_http_request_duration_seconds_bucket{le=\"+Inf\",kind=\"page\"}"), 5.0);
    assert!(value(&text, "process_start_time_seconds") > 1.7e9);
    assert_eq!(value(&text, &format!("handled_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1.0);
    for database in ["primary", "data"] {
        let connections = |state| value(&text, &format!("handled_database_connections{{database=\"{database}\",state=\"{state}\"}}"));
        assert!((0.0..=4.0).contains(&(connections("in_use") + connections("idle"))), "{text}");
    }
    for outcome in ["hit", "miss", "bypassed"] {
        assert_eq!(value(&text, &format!("handled_session_lookups_total{{outcome=\"{outcome}\"}}")), 0.0, "nobody had a session");
    }
    let viewer = place.signed_in("viewer").await;
    for _ in 0..5 {
        assert_eq!(place.get_as(&viewer, "/api/exports/list").await.status, 200);
    }
    let later = scrape(&place, &bearer, "").await.body;
    let lookups = |outcome| value(&later, &format!("handled_session_lookups_total{{outcome=\"{outcome}\"}}"));
    assert!(lookups("hit") >= 4.0 && lookups("miss") + lookups("bypassed") <= 2.0, "{later}");
    for state in ["running", "queued", "waiting"] {
        // A server that has just started may be at work of its own.
        assert!((0.0..5.0).contains(&value(&text, &format!("handled_runs{{state=\"{state}\"}}"))), "{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    // Nothing that somebody asked for is a label: their number has bounds.
    assert!(!text.contains("nothing"), "{text}");
    place.end().await;
}
