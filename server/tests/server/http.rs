//! The real router on a real platform with a private PostgreSQL: who may do what, what answers look like, and what is refused.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use database_connection::{Pool, PoolSettings};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, ETAG, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use model::preview::{Consent, ImportOptions};
use model::transformation::Wanted;
use model::user::NewUser;
use platform::{Caller, Identity, Platform, permit};
use server::configuration::configuration;
use server::databases::{Databases, Target};
use server::http::{Site, Terms, UploadLimits, router, router_on};
use server::settings::{Databases as WhichDatabases, LogFormat, LogSettings, Settings};
use tower::ServiceExt;

use crate::wire::times;

pub const PASSWORD: &str = "a long enough password";
const ZIPS: &str = "zip,lat,lng,city,state_id,population\n00601,18.18,-66.75,Adjuntas,PR,100\n00602,18.36,-67.18,Aguada,PR,200\n";
const GAZETTEER: &str = "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG\n\
                         00601\t166659789\t799296\t64.348\t0.309\t18.180555\t-66.749961\n\
                         00602\t79288158\t4446273\t30.613\t1.717\t18.362268\t-67.17613\n";

/// The whole server in this process, on a private PostgreSQL of its own.
pub struct Place {
    outer: tempfile::TempDir,
    pub databases: Databases,
    pub platform: Platform,
    pub router: Router,
    site: Site,
}

/// What the router answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: impl http::header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Place {
    pub async fn new() -> Self {
        let outer = tempfile::Builder::new().prefix("handled-test-").tempdir_in("/tmp").expect("a folder");
        std::fs::set_permissions(outer.path(), std::fs::Permissions::from_mode(0o755)).expect("its mode");
        let site = outer.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).expect("a folder");
        for name in ["pkg/handled.js", "pkg/handled.wasm", "pkg/handled.css", "favicon.svg"] {
            std::fs::write(site.join(name), format!("the file {name}")).expect("a file");
        }
        let site = Site::at(&site, "").expect("a site");
        let settings = Settings {
            production: false,
            databases: WhichDatabases::Private,
            split: true,
            data_dir: Some(outer.path().join("data")),
            host: None,
            port: None,
            auth_secret: None,
            session_cache_ttl: Duration::from_secs(30),
            session_idle: Duration::from_secs(2 * 3600),
            session_length: Duration::from_secs(12 * 3600),
            audit_kept: Duration::from_secs(400 * 24 * 3600),
            trusted_proxies: server::settings::TrustedProxies::default(),
            metrics_token: None,
            store: None,
            originals_kept: Duration::from_secs(90 * 24 * 3600),
            transform_daily: None,
            export_daily: None,
            exports: None,
            log: LogSettings { level: None, format: LogFormat::Text, queries: false },
        };
        let databases = Databases::open(&settings).await.expect("databases");
        databases.ready(false).await.expect("migrated");
        let pools = databases.pools("test", 4, 4);
        let configuration = configuration(&settings, databases.folder(), true).expect("a store");
        let platform = Platform::new(pools.primary, pools.data, configuration);
        platform.start().await.expect("at work");
        let router = router(platform.clone(), &site);
        Self { outer, databases, platform, router, site }
    }

    /// A server on this place's platform, on other terms than the usual ones.
    pub fn router_on(&self, terms: Terms) -> Router {
        router_on(self.platform.clone(), &self.site, terms)
    }

    /// What the place's own server answers from now on.
    pub fn serve_on(&mut self, terms: Terms) {
        self.router = self.router_on(terms);
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        self.try_to_ask(request).await.expect("a body")
    }

    /// The answer, unless it is cut off in the middle.
    pub async fn try_to_ask(&self, request: Request<Body>) -> Result<Answer, axum::Error> {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20).await?;
        Ok(Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() })
    }

    /// The bytes of an answer that must be one.
    pub async fn bytes(&self, request: Request<Body>) -> Vec<u8> {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), 200);
        axum::body::to_bytes(response.into_body(), 16 << 20).await.expect("a body").to_vec()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        self.ask(Request::get(path).header(COOKIE, cookie).header("accept", "application/json").body(Body::empty()).expect("a request"))
            .await
    }

    pub async fn signed_in(&self, role: &str) -> String {
        let caller = Caller { identity: Identity::System("test".to_owned()), origin: model::audit::Origin::default() };
        let email = format!("{role}@example.com");
        let user = NewUser { email: email.clone(), name: role.to_owned(), roles: vec![role.to_owned()] };
        let permit = self.platform.authorize::<permit::UsersCreate>(&caller).await.expect("a permit");
        permit.create_user_with_password(user, PASSWORD.to_owned()).await.expect("a user");
        let form = format!("email={email}&password={}&next=", PASSWORD.replace(' ', "+"));
        let request = Request::post("/api/sign-in").header(CONTENT_TYPE, "application/x-www-form-urlencoded").header("accept", "text/html");
        let answer = self.ask(request.body(form.into()).expect("a request")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header(SET_COOKIE).split(';').next().expect("a cookie").to_owned()
    }

    pub async fn upload(&self, cookie: &str, accept: &str, parts: &[(&str, Option<&str>, &str)]) -> Answer {
        let mut body = String::new();
        for (name, file, content) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            body.push_str(&format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"));
        }
        body.push_str("--limit--\r\n");
        let request = Request::post("/api/imports").header(CONTENT_TYPE, "multipart/form-data; boundary=limit").header("accept", accept);
        self.ask(request.header(COOKIE, cookie).body(body.into()).expect("a request")).await
    }

    /// Fills the tables that the export is made from.
    async fn derive(&self) {
        for (name, content) in [("zips.csv", ZIPS), ("gazetteer.txt", GAZETTEER)] {
            self.import(name, content.as_bytes()).await;
        }
        self.transform("zip3").await;
    }

    /// Imports a file, also where it is live already.
    pub async fn import(&self, name: &str, content: &[u8]) {
        let caller = Caller { identity: Identity::System("test".to_owned()), origin: model::audit::Origin::default() };
        let imports = self.platform.authorize::<permit::ImportsRun>(&caller).await.expect("a permit");
        let path = self.outer.path().join(name);
        std::fs::write(&path, content).expect("a file");
        let upload = imports.local_file(&path).await.expect("readable");
        let consent = Consent { same_bytes: true, ..Consent::default() };
        let options = ImportOptions { consent, ..ImportOptions::default() };
        let runs = imports.import(vec![upload], None, options).await.expect("runs");
        assert_eq!((runs.len(), runs[0].run.failure.as_deref()), (1, None), "{name}");
    }

    /// Runs a transformation and what it needs first.
    pub async fn transform(&self, name: &str) {
        let caller = Caller { identity: Identity::System("test".to_owned()), origin: model::audit::Origin::default() };
        let transformations = self.platform.authorize::<permit::TransformationsRun>(&caller).await.expect("a permit");
        let runs = transformations.request_and_wait(&Wanted::One(name.to_owned())).await.expect("runs");
        assert!(runs.iter().all(|run| run.run.failure.is_none()), "{runs:?}");
    }

    /// A column from PRIMARY, as the application may read it.
    pub async fn ask_primary<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let pool = Pool::new(&self.databases.addresses(Target::Primary).app, PoolSettings::default());
        let mut transaction = pool.begin_read_only().await.expect("a transaction");
        let values = sqlx::query_scalar(sql).fetch_all(&mut transaction).await.expect(sql);
        transaction.commit().await.expect("read");
        pool.close().await;
        values
    }

    pub async fn end(self) {
        self.platform.stop(Duration::from_secs(10)).await;
        self.databases.close().await.expect("stopped");
        drop(self.outer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn answers_are_protected_and_name_their_request() {
    let place = Place::new().await;
    let page = place.get("/sign-in").await;
    assert_eq!((page.status.as_u16(), page.header(CACHE_CONTROL)), (200, "no-store"));
    assert!(page.header(CONTENT_SECURITY_POLICY).contains("'nonce-"), "the page's own policy stays");
    assert!(page.body.contains("/pkg/handled.js") && page.body.contains("<form"), "{}", page.body);

    for path in ["/sign-in", "/favicon.svg", "/api/health", "/api/nothing", "/nothing"] {
        let answer = place.get(path).await;
        for name in [
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "permissions-policy",
            "content-security-policy",
            "x-request-id",
        ] {
            assert!(answer.headers.contains_key(name), "{path} lacks {name}");
        }
    }
    let own = place.ask(Request::get("/api/health").header("x-request-id", "abc-1").body(Body::empty()).expect("a request")).await;
    assert_eq!(own.header("x-request-id"), "abc-1");

    let file = place.get("/favicon.svg").await;
    assert_eq!((file.status.as_u16(), file.header(CACHE_CONTROL), file.body.as_str()), (200, "no-cache", "the file favicon.svg"));
    let unknown = place.get("/nothing").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("There is no such page"), "{}", unknown.body);
    for path in ["/api/nothing", "/pkg/nothing.js"] {
        let answer = place.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header(CONTENT_TYPE)), (404, "application/json"), "{path}");
    }
    assert_eq!(place.get("/%2e%2e/data/secrets/postgres_app").await.status, 404, "nothing outside the site is served");
    assert_eq!(place.get("/..%2fdata%2fsecrets%2fpostgres_app").await.status, 404);
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_asked_for_by_other_sites_and_large_forms_are_refused() {
    let place = Place::new().await;
    let post = |headers: &[(&str, &str)], body: Vec<u8>| {
        let mut request =
            Request::post("/api/sign-in").header(CONTENT_TYPE, "application/x-www-form-urlencoded").header("host", "127.0.0.1:3000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body)).expect("a request")
    };
    let form = || b"email=a&password=b&next=".to_vec();
    for headers in
        [[("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")], [("origin", "https://evil.example")], [("origin", "null")]]
    {
        let answer = place.ask(post(&headers, form())).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.body.contains("another site's page"), "{}", answer.body);
    }
    let own = place.ask(post(&[("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-origin")], form())).await;
    assert_ne!(own.status, 403, "{}", own.body);
    assert_eq!(place.ask(post(&[("content-length", "70000")], vec![b'a'; 70_000])).await.status, 413);
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_come_in_and_exports_go_out_by_permission() {
    let place = Place::new().await;
    let (administrator, viewer) = (place.signed_in("administrator").await, place.signed_in("viewer").await);
    let file = [("kind", None, ""), ("file", Some("uszips.csv"), ZIPS)];

    // Nobody, somebody without and somebody with the permission.
    assert_eq!(place.upload("", "application/json", &file).await.status, 401);
    assert_eq!(place.upload("", "text/html", &file).await.header(LOCATION), "/sign-in?next=%2Fimports");
    assert_eq!(place.upload("__Host-session=forged", "application/json", &file).await.status, 401);
    assert_eq!(place.upload(&viewer, "application/json", &file).await.status, 403);
    assert!(place.upload(&viewer, "text/html", &file).await.header(LOCATION).starts_with("/imports?error=You+need+the+permission"));
    assert_eq!(std::fs::read_dir(place.databases.folder().uploads()).expect("a folder").count(), 0, "nothing of theirs was kept");
    let taken = place.upload(&administrator, "application/json", &file).await;
    assert_eq!(taken.status, 202, "{}", taken.body);
    let value: serde_json::Value = serde_json::from_str(&taken.body).expect("json");
    assert_eq!((&value["runs"][0]["file_name"], &value["runs"][0]["files"]), (&"uszips.csv".into(), &1.into()));
    assert!(value["runs"][0]["id"].is_string());
    let one = place.upload(&administrator, "text/html", &file).await;
    assert_eq!(one.status, 303);
    assert!(one.header(LOCATION).starts_with("/imports/runs/"), "{}", one.header(LOCATION));
    let two = place.upload(&administrator, "text/html", &[file[1], file[1]]).await;
    assert_eq!(two.header(LOCATION), "/imports");

    // What is no upload.
    for parts in [&[("kind", None, "us-zips")][..], &[("kind", None, "us-zipz"), file[1]], &[("file", Some(""), "")]] {
        let answer = place.upload(&administrator, "application/json", parts).await;
        assert_eq!(answer.status, 422, "{parts:?}: {}", answer.body);
        assert!(serde_json::from_str::<model::Error>(&answer.body).is_ok(), "{}", answer.body);
    }
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=\"",
        "\u{e9}",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let request = Request::post("/api/imports")
            .header(CONTENT_TYPE, kind)
            .header(COOKIE, &administrator)
            .body(Body::from("--limit"))
            .expect("a request");
        assert_eq!(place.ask(request).await.status, 400, "{kind}");
    }

    let huge = Request::post("/api/imports").header(CONTENT_TYPE, "multipart/form-data; boundary=x").header("content-length", "3000000000");
    let huge = place.ask(huge.header(COOKIE, &administrator).body(Body::from("--x")).expect("a request")).await;
    assert_eq!(huge.status, 413);
    assert!(huge.body.contains("more than 2 GiB"), "{}", huge.body);

    // Exports.
    place.derive().await;
    let export = "/api/exports/zip3-reference.json";
    assert_eq!(place.get(export).await.status, 401);
    let ask = |accept: &'static str, tag: &str| {
        Request::get(export)
            .header(COOKIE, &viewer)
            .header("accept", accept)
            .header("if-none-match", tag)
            .body(Body::empty())
            .expect("a request")
    };
    let file = place.ask(ask("*/*", "")).await;
    assert_eq!(file.status, 200, "{}", file.body);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"zip3-reference.json\"");
    assert_eq!(file.header(CACHE_CONTROL), "private, no-cache");
    // Asking what a download would be like is none, and is not recorded as one.
    let exports = async || place.get_as(&viewer, "/api/exports/list").await.body;
    let before = exports().await;
    let head = |path: &str, cookie: &str| Request::head(path).header(COOKIE, cookie).body(Body::empty()).expect("a request");
    let about = place.ask(head(export, &viewer)).await;
    assert_eq!((about.status.as_u16(), about.body.as_str()), (200, ""));
    for name in ["content-type", "content-disposition", "cache-control", "etag", "last-modified", "content-length", "x-handled-sources"] {
        assert!(about.headers.contains_key(name), "{name}: {:?}", about.headers);
        assert_eq!(about.header(name), file.header(name), "{name}");
    }
    assert_eq!(place.ask(head(export, "")).await.status, 401);
    assert_eq!(place.ask(head("/api/exports/nothing.json", &viewer)).await.status, 404);
    assert!(before.contains("\"latest\":{"), "{before}");
    assert_eq!(exports().await, before, "no run was recorded");
    let known = place.ask(ask("*/*", file.header(ETAG))).await;
    assert_eq!((known.status.as_u16(), known.body.as_str()), (304, ""));
    let page = place.ask(Request::get(export).header("accept", "text/html,*/*").body(Body::empty()).expect("a request")).await;
    assert_eq!(page.header(LOCATION), "/sign-in?next=%2Fexports");
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_end_at_their_limits_whether_or_not_their_length_is_announced() {
    let mut place = Place::new().await;
    let administrator = place.signed_in("administrator").await;
    place.router = place.router_on(Terms { uploads: UploadLimits { bytes: 20_000, files: 3 }, ..Terms::default() });
    let file = ("file", Some("uszips.csv"), ZIPS);

    let several = place.upload(&administrator, "application/json", &[file, file, file]).await;
    assert_eq!(several.status, 202, "{}", several.body);
    let more = place.upload(&administrator, "application/json", &[file, file, file, file]).await;
    assert_eq!(more.status, 413);
    assert!(more.body.contains("There are more than 3 files; send fewer at a time."), "{}", more.body);

    // In chunks, as a client sends what it does not know the length of.
    let streamed = |size: usize| {
        let chunks = std::iter::once(b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n".to_vec())
            .chain(std::iter::repeat_n(vec![b'x'; 1_000], size))
            .chain([b"\r\n--limit--\r\n".to_vec()]);
        let body = Body::from_stream(futures::stream::iter(chunks.map(Ok::<_, std::convert::Infallible>)));
        let request = Request::post("/api/imports").header(CONTENT_TYPE, "multipart/form-data; boundary=limit");
        request.header("accept", "application/json").header(COOKIE, &administrator).body(body).expect("a request")
    };
    assert_eq!(place.ask(streamed(10)).await.status, 202);
    let large = place.ask(streamed(30)).await;
    assert_eq!(large.status, 413, "{}", large.body);
    assert!(large.body.contains("more than 20,000 bytes together"), "{}", large.body);
    // More than any disk has room for is refused before it is read.
    place.router = place.router_on(Terms { uploads: UploadLimits { bytes: usize::MAX, files: 3 }, ..Terms::default() });
    let request =
        Request::post("/api/imports").header(CONTENT_TYPE, "multipart/form-data; boundary=limit").header("content-length", 1_u64 << 60);
    let full = place.ask(request.header(COOKIE, &administrator).body(Body::from("--limit")).expect("a request")).await;
    assert_eq!(full.status, 507, "{}", full.body);
    assert!(full.body.contains("no room"), "{}", full.body);
    place.platform.stop(Duration::from_secs(10)).await;
    assert_eq!(std::fs::read_dir(place.databases.folder().uploads()).expect("a folder").count(), 0, "nothing of the refused was kept");
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn health_tells_the_truth() {
    let place = Place::new().await;
    let up = place.get("/api/health").await;
    assert_eq!(up.status, 200);
    assert!(
        up.body.starts_with(r#"{"status":"healthy","databases":{"primary":"connected","data":"connected"},"timestamp":""#),
        "{}",
        up.body
    );
    place.databases.close().await.expect("stopped");
    let down = place.router.clone().oneshot(Request::get("/api/health").body(Body::empty()).expect("a request")).await.expect("infallible");
    assert_eq!(down.status(), 503);
    let body = axum::body::to_bytes(down.into_body(), 1 << 20).await.expect("a body");
    let body = String::from_utf8_lossy(&body);
    assert!(
        body.starts_with(r#"{"status":"unhealthy","databases":{"primary":"disconnected","data":"disconnected"},"timestamp":""#),
        "{body}"
    );
}

/// Pages that many ask for at once all come to their end: 1,000 by default, 20,000 in a soak.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_ends_however_many_are_rendered_at_once() {
    let place = Arc::new(Place::new().await);
    let cookie: Arc<str> = place.signed_in("administrator").await.into();
    let addresses: Arc<[String]> =
        // Without a link's secret there is nothing to set a password of.
        server::http::pages().iter().map(|page| page.path().to_owned()).filter(|path| !path.contains('{') && path != "/set-password").collect();
    let mut askers = tokio::task::JoinSet::new();
    for asker in 0..4 {
        let (place, cookie, addresses) = (Arc::clone(&place), Arc::clone(&cookie), Arc::clone(&addresses));
        askers.spawn(async move {
            for number in 0..times(250, 5_000) {
                let path = &addresses[(number + asker) % addresses.len()];
                let answer = tokio::time::timeout(Duration::from_secs(60), place.get_as(&cookie, path)).await;
                let answer = answer.unwrap_or_else(|_| panic!("{path} did not end"));
                assert!(answer.status.as_u16() < 400 && answer.body.contains("</html>"), "{path}: {} {}", answer.status, answer.body);
            }
        });
    }
    askers.join_all().await;
    Arc::into_inner(place).expect("nobody else has it").end().await;
}
