//! What protects every answer, whatever was asked for and by whom; what a request may cost; and whom it is taken to come from.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use futures::{StreamExt, stream};
use http::Request;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, STRICT_TRANSPORT_SECURITY};
use server::http::Terms;
use server::settings::TrustedProxies;
use tokio_util::sync::CancellationToken;

use crate::http::{Answer, Place};
use crate::permissions::{operations, request};

const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn proxies(networks: &[&str]) -> TrustedProxies {
    networks.iter().map(|network| network.parse().expect("a network")).collect()
}

/// The request as it comes from this other end of the connection.
fn from(peer: &str, mut request: Request<Body>) -> Request<Body> {
    let peer: SocketAddr = format!("{peer}:4711").parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// The same through a proxy that says that it ended TLS.
fn over_tls(peer: &str, request: Request<Body>) -> Request<Body> {
    let mut request = from(peer, request);
    request.headers_mut().insert("x-forwarded-proto", "https".parse().expect("a value"));
    request
}

/// What every answer has.
fn assert_protected(what: &str, answer: &Answer) {
    for (name, value) in ALWAYS {
        // The address of this page holds a secret, which no log of a proxy is to find in the next request.
        let is_secret = name == "referrer-policy" && what.contains("GET /set-password");
        let value = if is_secret { "no-referrer" } else { value };
        assert_eq!(answer.header(name), value, "{what}: {name}");
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{what}: {name}");
    }
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
    let policy = answer.header(CONTENT_SECURITY_POLICY);
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{what}: {policy}");
    if answer.header(CONTENT_TYPE).starts_with("text/html") {
        let nonce = policy.split_once("script-src 'self' 'nonce-").and_then(|(_, rest)| rest.split_once('\'')).map(|(nonce, _)| nonce);
        let nonce = nonce.unwrap_or_else(|| panic!("{what}: {policy}"));
        assert!(nonce.len() >= 16, "{what}: {nonce}");
        assert!(policy.contains("style-src 'self';") && policy.contains("object-src 'none'"), "{what}: {policy}");
        for script in answer.body.split("<script").skip(1) {
            let tag = script.split_once('>').map_or(script, |(tag, _)| tag);
            assert!(tag.contains(nonce) || tag.contains("src=\"/pkg/"), "{what}: a script without the nonce: {tag}");
        }
        assert!(!answer.body.contains(" style=\""), "{what} has a style that the policy forbids");
        assert_eq!(answer.header(CACHE_CONTROL), "no-store", "{what}");
    } else {
        assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_answer_of_every_operation_is_protected() {
    let mut place = Place::new().await;
    place.serve_on(Terms { proxies: proxies(&["127.0.0.1/32"]), ..Terms::default() });
    let administrator = place.signed_in("administrator").await;
    let functions: Vec<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let pages = server::http::pages();
    let mut asked = 0;
    for operation in operations() {
        // The administrator's session is still needed.
        let cookie = if operation.path.ends_with("/sign-out") { "__Host-session=forged" } else { &administrator };
        let stranger = place.ask(from("127.0.0.1", request(&operation, ""))).await;
        let known = place.ask(over_tls("127.0.0.1", request(&operation, cookie))).await;
        for (who, answer) in [("stranger", &stranger), ("administrator", &known)] {
            let what = format!("{} {} as {who}", operation.method, operation.path);
            assert_protected(&what, answer);
            let unkept = functions.contains(&operation.path.as_str()) || pages.iter().any(|page| page.path() == operation.path);
            let caching = answer.header(CACHE_CONTROL);
            assert!(if unkept { caching == "no-store" } else { matches!(caching, "no-store" | "private, no-cache") }, "{what}: {caching}");
            asked += 1;
        }
        assert!(!stranger.headers.contains_key(STRICT_TRANSPORT_SECURITY), "{}", operation.path);
        assert_eq!(known.header(STRICT_TRANSPORT_SECURITY), "max-age=31536000; includeSubDomains", "{}", operation.path);
    }
    assert!(asked > 100, "{asked}");

    // What is nobody's, what is everybody's, and what is refused before anybody looks at it.
    for path in ["/favicon.svg", "/pkg/handled.js", "/nothing", "/api/nothing", "/pkg/nothing.js", "/sign-in/"] {
        assert_protected(path, &place.ask(from("127.0.0.1", Request::get(path).body(Body::empty()).expect("a request"))).await);
    }
    let post = || Request::post("/api/sign-in").header(CONTENT_TYPE, "application/x-www-form-urlencoded").header("host", "127.0.0.1:3000");
    let foreign = place.ask(post().header("origin", "https://evil.example").body(Body::empty()).expect("a request")).await;
    let large = place.ask(post().header(CONTENT_LENGTH, 70_000).body(Body::from(vec![b'a'; 70_000])).expect("a request")).await;
    let wrong = place.ask(Request::put("/sign-in").body(Body::empty()).expect("a request")).await;
    for (answer, status) in [(foreign, 403), (large, 413), (wrong, 405)] {
        assert_eq!(answer.status, status);
        assert_protected(&status.to_string(), &answer);
    }
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_a_trusted_proxys_word_turns_strict_transport_on() {
    let mut place = Place::new().await;
    let ask = async |place: &Place, peer: &str| {
        let request = over_tls(peer, Request::get("/api/health").body(Body::empty()).expect("a request"));
        place.ask(request).await.headers.contains_key(STRICT_TRANSPORT_SECURITY)
    };
    assert!(!ask(&place, "127.0.0.1").await, "nobody is trusted where nobody is named");
    place.serve_on(Terms { proxies: proxies(&["10.0.0.0/8"]), ..Terms::default() });
    assert!(ask(&place, "10.1.2.3").await && ask(&place, "[::ffff:10.1.2.3]").await);
    assert!(!ask(&place, "127.0.0.1").await && !ask(&place, "11.0.0.1").await);
    place.end().await;
}

/// The addresses from which sign-ins were refused, the latest last, as the audit has them.
async fn refused_from(place: &Place) -> Vec<String> {
    place.ask_primary("SELECT address FROM config.audit WHERE action = 'sign-in-refused' ORDER BY id").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_spoofed_forwarded_for_does_not_move_the_throttle() {
    let mut place = Place::new().await;
    place.serve_on(Terms { proxies: proxies(&["127.0.0.1/32", "10.0.0.0/8"]), ..Terms::default() });
    let try_from = async |peer: &str, forwarded: &[&str]| {
        let mut request = Request::post("/api/sign-in").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for line in forwarded {
            request = request.header("x-forwarded-for", *line).header("x-real-ip", *line).header("forwarded", format!("for={line}"));
        }
        let request = request.header("accept", "application/json").body(Body::from("email=nobody%40example.com&password=wrong"));
        let answer = place.ask(from(peer, request.expect("a request"))).await;
        assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.body);
        answer.status.as_u16()
    };
    // Straight from the outside: whatever is said, it is the connection's other end.
    try_from("203.0.113.7", &["198.51.100.1"]).await;
    try_from("203.0.113.7", &["127.0.0.1, 10.0.0.1"]).await;
    try_from("[::ffff:203.0.113.7]", &["198.51.100.2"]).await;
    // Through a proxy, which adds what it saw to what the client has made up.
    try_from("127.0.0.1", &["198.51.100.3, 203.0.113.7"]).await;
    try_from("127.0.0.1", &["198.51.100.4", "203.0.113.7, 10.2.3.4"]).await;
    let refused = refused_from(&place).await;
    assert_eq!(refused, vec!["203.0.113.7"; 5]);
    // However the address is dressed up, the same one goes on failing, and is held up; another is not.
    let mut statuses = Vec::new();
    for last in 10..20 {
        let made_up = format!("198.51.100.{last}");
        statuses.push(try_from("203.0.113.7", &[&made_up]).await);
        statuses.push(try_from("127.0.0.1", &[&format!("{made_up}, 203.0.113.7")]).await);
    }
    assert!(statuses.iter().filter(|status| **status == 429).count() >= 15, "{statuses:?}");
    assert_ne!(try_from("203.0.113.8", &[]).await, 429);
    assert_ne!(try_from("127.0.0.1", &["203.0.113.7, 203.0.113.9"]).await, 429);
    place.end().await;
}

/// A body that sends a piece ever so often and never ends.
fn trickle(beginning: &'static str, piece: &'static str, every: Duration) -> Body {
    let rest = stream::unfold((), move |()| async move {
        tokio::time::sleep(every).await;
        Some((piece, ()))
    });
    Body::from_stream(stream::once(async move { beginning }).chain(rest).map(Ok::<_, Infallible>))
}

/// A body that begins and then stands still.
fn standing(beginning: &'static str) -> Body {
    Body::from_stream(stream::once(async move { beginning }).chain(stream::pending()).map(Ok::<_, Infallible>))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_end_at_their_limits_of_size_and_time() {
    let mut place = Place::new().await;
    let administrator = place.signed_in("administrator").await;
    let form = |body: Body| {
        let request = Request::post("/api/sign-in").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.header("accept", "application/json").body(body).expect("a request")
    };
    let upload = |body: Body| {
        let request = Request::post("/api/imports").header(CONTENT_TYPE, "multipart/form-data; boundary=limit");
        request.header("accept", "application/json").header(COOKIE, &administrator).body(body).expect("a request")
    };
    let began = "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nzip";

    // Size, announced and not.
    let mut announced = form(Body::from(vec![b'a'; 64 * 1024 + 1]));
    announced.headers_mut().insert(CONTENT_LENGTH, (64 * 1024 + 1).into());
    let announced = place.ask(announced).await;
    assert_eq!(announced.status, 413, "{}", announced.body);
    let chunks = stream::iter(std::iter::repeat_n(Ok::<_, Infallible>(vec![b'a'; 1024]), 65));
    let streamed = place.ask(form(Body::from_stream(chunks))).await;
    assert!(streamed.status.is_client_error(), "{} {}", streamed.status, streamed.body);

    // Time: altogether, and standing still.
    place.serve_on(Terms { patience: Duration::from_millis(300), ..Terms::default() });
    let slow = place.ask(form(trickle("email=", "a", Duration::from_millis(5)))).await;
    assert_eq!(slow.status, 503, "{}", slow.body);
    place.serve_on(Terms { standstill: Duration::from_millis(200), ..Terms::default() });
    let still = place.ask(form(standing("email=a"))).await;
    assert!(still.status.is_client_error(), "{} {}", still.status, still.body);
    let still = place.ask(upload(standing(began))).await;
    assert_eq!(still.status, 400, "{}", still.body);
    assert!(still.body.contains("did not arrive whole"), "{}", still.body);
    assert_eq!(std::fs::read_dir(place.databases.folder().uploads()).expect("a folder").count(), 0, "nothing of it was kept");

    // An upload that goes on and on may take longer than other requests.
    place.serve_on(Terms { patience: Duration::from_millis(100), ..Terms::default() });
    let rest = "\n00601,18.18,-66.75,Adjuntas,PR,100\n\r\n--limit--\r\n";
    let pieces = [began, ",lat,lng", ",city", ",state_id", ",population", rest];
    let pieces = stream::iter(pieces).then(|piece| async move {
        tokio::time::sleep(Duration::from_millis(40)).await;
        Ok::<_, Infallible>(piece)
    });
    let taken = place.ask(upload(Body::from_stream(pieces))).await;
    assert_eq!(taken.status, 202, "{}", taken.body);
    place.end().await;
}

/// What answers without PRIMARY, and with what: it needs nothing of it.
const WITHOUT_PRIMARY: &[&str] = &["/sign-in", "/api/theme", "/api/current-user"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_primary_is_away_everything_says_so_and_recovers_by_itself() {
    let place = Place::new().await;
    let administrator = place.signed_in("administrator").await;
    let warm = place.get_as(&administrator, "/imports").await;
    assert_eq!(warm.status, 200);
    let note = std::fs::read_to_string(place.databases.folder().path().join("postgres/postmaster.pid")).expect("a running PostgreSQL");
    let postmaster = note.lines().next().expect("its number").trim().to_owned();
    assert!(std::process::Command::new("kill").args(["-9", &postmaster]).status().expect("kill").success());

    let asked = operations().into_iter().filter(|operation| !operation.path.ends_with("/sign-out")).map(|operation| {
        let (place, administrator) = (&place, &administrator);
        async move {
            let answer = place.try_to_ask(request(&operation, administrator)).await;
            (operation, answer)
        }
    });
    for (operation, answer) in futures::future::join_all(asked).await {
        let Ok(answer) = answer else {
            // A file whose rows could not be had any more: cut off, so that nobody takes a part for the whole.
            assert!(operation.path.starts_with("/api/runs.") || operation.path.starts_with("/api/tables/"), "{}", operation.path);
            continue;
        };
        let what = format!("{} {}: {} {}", operation.method, operation.path, answer.status, answer.body);
        assert_protected(&what, &answer);
        // Without PRIMARY, too, what makes no sense is refused, and what needs nothing of it is answered.
        let useful = answer.status.as_u16() < 500 && !answer.body.is_empty() || answer.status.is_redirection();
        assert!(answer.status == 503 || useful, "{what}");
        if WITHOUT_PRIMARY.contains(&operation.path.as_str()) {
            assert!(answer.status.as_u16() < 500, "{what}");
        }
        if answer.header(CONTENT_TYPE).starts_with("text/html") && answer.status == 503 {
            assert!(answer.body.contains("</html>") && answer.body.contains("reference"), "{what}");
        }
        if answer.header(CONTENT_TYPE).starts_with("application/json") && answer.status == 503 && operation.path != "/api/health" {
            assert!(answer.body.contains("reference"), "{what}");
        }
        // No text of a database's or of the machine's reaches a browser.
        for word in ["postgres://", "Connection refused", "os error", "sqlx"] {
            assert!(!answer.body.contains(word), "{what}");
        }
    }

    let stop = CancellationToken::new();
    let supervision = place.databases.supervise(stop.clone()).expect("a private PostgreSQL");
    let recovered = async {
        while place.get_as(&administrator, "/imports").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), recovered).await.expect("it recovers");
    assert_eq!(place.get_as(&administrator, "/api/overview").await.status, 200);
    stop.cancel();
    supervision.await.expect("ended");
    place.end().await;
}
