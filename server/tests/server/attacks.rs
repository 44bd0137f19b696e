//! What strangers and users try who want more than they may. Each test is named after what is refused.

use axum::body::Body;
use http::Request;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};

use crate::http::{Answer, PASSWORD, Place};

const HOST: &str = "127.0.0.1:3000";

/// A form as a browser sends it from the site's own page, unless `headers` say otherwise.
async fn post(place: &Place, path: &str, cookie: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path).header("host", HOST).header(COOKIE, cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let has = |wanted: &str| headers.iter().any(|(name, _)| *name == wanted);
    if !has("content-type") {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    if !has("accept") {
        request = request.header("accept", "application/json");
    }
    place.ask(request.body(Body::from(body.to_owned())).expect("a request")).await
}

async fn sign_in(place: &Place, cookie: &str, role: &str) -> Answer {
    let body = format!("email={role}%40example.com&password={}&next=", PASSWORD.replace(' ', "+"));
    post(place, "/api/sign-in", cookie, &body, &[("accept", "text/html")]).await
}

/// The name and value of the cookie that an answer sets.
fn cookie(answer: &Answer) -> &str {
    answer.header(SET_COOKIE).split(';').next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cookie_replayed_after_sign_out() {
    let place = Place::new().await;
    let session = place.signed_in("administrator").await;
    let other = cookie(&sign_in(&place, "", "administrator").await).to_owned();
    assert_eq!(place.get_as(&session, "/api/databases").await.status, 200);
    let out = post(&place, "/api/sign-out", &session, "", &[]).await;
    assert!(out.header(SET_COOKIE).starts_with("__Host-session=; Path=/;") && out.header(SET_COOKIE).contains("Max-Age=0"));
    for path in ["/api/databases", "/api/overview", "/api/exports/zip3-reference.json", "/metrics"] {
        assert_eq!(place.get_as(&session, path).await.status, 401, "{path}");
    }
    let page = place.get_as(&session, "/imports").await;
    assert!(page.header(LOCATION).starts_with("/sign-in"), "{} {}", page.status, page.header(LOCATION));
    assert_eq!(place.get_as(&other, "/api/databases").await.status, 200, "another session of the same user goes on");
    place.end().await;
}

/// Changes that another site's page would like to make in the name of whoever looks at it.
const CHANGES: &[(&str, &str)] = &[
    ("/api/transformations/start", "name=zip3"),
    ("/api/zone-days/set", "carrier=UPS&service=GND&zone=002&days=1"),
    ("/api/zone-days/add", "service=GND&zone=077"),
    ("/api/imports/undo", "id=none"),
    ("/api/theme", "theme=dark"),
    ("/api/sign-out", ""),
];

/// Everything that is recorded of people's changes and work; the server's own goes on meanwhile.
async fn recorded(place: &Place) -> Vec<i64> {
    place
        .ask_primary(
            "SELECT count(*) FROM config.audit WHERE actor NOT LIKE 'system:%'
             UNION ALL SELECT count(*) FROM config.integration_runs WHERE actor NOT LIKE 'system:%'",
        )
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cross_site_requests_by_form_and_by_fetch() {
    let place = Place::new().await;
    let session = place.signed_in("administrator").await;
    let before = recorded(&place).await;
    let browsers: &[&[(&str, &str)]] = &[
        // A form that another site's page sends, in browsers new and old.
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("origin", "https://evil.example"), ("accept", "text/html")],
        &[("origin", "https://evil.example"), ("accept", "text/html")],
        // Out of a sandboxed frame.
        &[("origin", "null"), ("accept", "text/html")],
        // Its scripts, with a type that needs no permission first.
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("content-type", "text/plain")],
        &[("origin", "https://evil.example"), ("content-type", "text/plain")],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors"), ("content-type", "application/json")],
        // A neighbour under the same name, and another port of the same machine.
        &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:3001")],
        &[("origin", "http://127.0.0.1:3001")],
    ];
    for headers in browsers {
        for (path, body) in CHANGES {
            let answer = post(&place, path, &session, body, headers).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}: {}", answer.body);
            assert!(answer.body.contains("another site's page") && !answer.headers.contains_key(SET_COOKIE), "{path}: {}", answer.body);
        }
        let kind = ("content-type", "multipart/form-data; boundary=limit");
        let headers: Vec<_> = headers.iter().copied().filter(|(name, _)| *name != "content-type").chain([kind]).collect();
        let file = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"uszips.csv\"\r\n\r\nzip\r\n--limit--\r\n";
        assert_eq!(post(&place, "/api/imports", &session, file, &headers).await.status, 403, "{headers:?}");
    }
    assert_eq!(recorded(&place).await, before, "nothing was changed");
    assert_eq!(place.get_as(&session, "/api/databases").await.status, 200, "nobody was signed out");
    // Nor does a link change anything: changes are POST.
    for (path, body) in CHANGES {
        let answer = place.get_as(&session, &format!("{path}?{body}")).await;
        assert!(matches!(answer.status.as_u16(), 404 | 405), "{path}: {}", answer.status);
    }
    assert_eq!(recorded(&place).await, before, "nothing was changed");
    let own = post(&place, "/api/theme", &session, "theme=dark", &[("origin", "http://127.0.0.1:3000")]).await;
    assert_eq!(own.status, 200, "the site's own page may: {}", own.body);
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_forbidden_pages_data_fetched_through_its_server_function() {
    let place = Place::new().await;
    let viewer = place.signed_in("viewer").await;
    for (page, function, permission) in [("/databases", "/api/databases", "databases:inspect")] {
        let shown = place.get_as(&viewer, page).await;
        assert_eq!(shown.status, 403, "{page}");
        assert!(shown.body.contains(permission), "{page}: {}", shown.body);
        let fetched = place.get_as(&viewer, function).await;
        let value: serde_json::Value = serde_json::from_str(&fetched.body).unwrap_or_else(|_| panic!("{}", fetched.body));
        assert_eq!((fetched.status.as_u16(), value["error"].as_str()), (403, Some("forbidden")), "{function}");
        assert_eq!(value["permission"].as_str(), Some(permission), "{function}");
        assert_eq!(value.as_object().map(serde_json::Map::len), Some(2), "{function} says nothing else: {}", fetched.body);
    }
    for (function, body) in [("/api/transformations/start", "name=zip3"), ("/api/zone-days/add", "service=GND&zone=077")] {
        let before: Vec<i64> = place.ask_primary("SELECT count(*) FROM config.integration_runs").await;
        let refused = post(&place, function, &viewer, body, &[]).await;
        assert_eq!(refused.status, 403, "{function}: {}", refused.body);
        let after: Vec<i64> = place.ask_primary("SELECT count(*) FROM config.integration_runs").await;
        assert_eq!(after, before, "{function}");
    }
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_forged_or_shortened_session_cookie() {
    let place = Place::new().await;
    let session = place.signed_in("administrator").await;
    let token = session.strip_prefix("__Host-session=").expect("the session's cookie");
    assert!(token.len() >= 43, "256 bits: {token}");
    let flipped = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
    let mut forged = vec![
        token[..token.len() - 1].to_owned(),
        token[..1].to_owned(),
        format!("{token}A"),
        format!("{token}="),
        format!("{token}%00"),
        token.to_lowercase(),
        flipped,
        "A".repeat(token.len()),
        "A".repeat(8_000),
        "' OR '1'='1".to_owned(),
        "..".to_owned(),
        "null".to_owned(),
    ];
    // What PRIMARY keeps is no key to the session.
    forged.extend(place.ask_primary::<String>("SELECT encode(token_hash, 'hex') FROM config.sessions").await);
    for forged in forged {
        let answer = place.get_as(&format!("__Host-session={forged}"), "/api/databases").await;
        assert_eq!(answer.status, 401, "{forged}: {}", answer.body);
    }
    for name in ["session", "__Secure-session", "__host-session", "x__Host-session"] {
        let answer = place.get_as(&format!("{name}={token}"), "/api/databases").await;
        assert_eq!(answer.status, 401, "{name}");
    }
    assert_eq!(place.get_as(&session, "/api/databases").await.status, 200);
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn session_fixation() {
    let place = Place::new().await;
    let attackers = place.signed_in("viewer").await;
    place.signed_in("administrator").await;
    let planted = format!("__Host-session={}", "A".repeat(43));
    for planted in [&planted, &attackers] {
        let answer = sign_in(&place, planted, "administrator").await;
        let session = cookie(&answer);
        assert!(session.starts_with("__Host-session=") && session != planted, "{session}");
        assert_eq!(place.get_as(session, "/api/databases").await.status, 200);
        // What was planted is not the administrator's session now.
        assert!(matches!(place.get_as(planted, "/api/databases").await.status.as_u16(), 401 | 403));
    }
    assert_eq!(place.get_as(&planted, "/api/databases").await.status, 401);
    let (one, other) = (sign_in(&place, "", "administrator").await, sign_in(&place, "", "administrator").await);
    assert_ne!(cookie(&one), cookie(&other), "each sign-in makes a session of its own");
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_cookie_that_scripts_other_hosts_or_other_sites_could_use() {
    let place = Place::new().await;
    place.signed_in("administrator").await;
    let answer = sign_in(&place, "", "administrator").await;
    assert_eq!(answer.headers.get_all(SET_COOKIE).iter().count(), 1);
    let mut parts = answer.header(SET_COOKIE).split("; ");
    assert!(parts.next().is_some_and(|pair| pair.starts_with("__Host-session=")), "{}", answer.header(SET_COOKIE));
    let attributes: Vec<&str> = parts.collect();
    for wanted in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(attributes.contains(&wanted), "{wanted}: {attributes:?}");
    }
    assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{attributes:?}");
    // The token stands in the cookie alone.
    let token = cookie(&answer).trim_start_matches("__Host-session=");
    assert!(!answer.body.contains(token) && !answer.header(LOCATION).contains(token));
    place.end().await;
}
