//! The walk over every operation: each page, server function and route, asked by a stranger and by every seeded role, compared with
//! `docs/permissions.md`. An operation that the walk does not know fails it.
//!
//! `HANDLED_WRITE_DOCS=1` writes the file anew.

use std::fmt::Write;
use std::path::Path;

use axum::body::Body;
use http::Request;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use model::{Permission, Role};

use crate::http::Place;

/// How each server function is called so that its arguments are understood. What it answers to who may is not looked at here.
const ARGUMENTS: &[(&str, &str)] = &[
    ("/api/account/end-other-sessions", ""),
    ("/api/account/end-session", "session=none"),
    ("/api/account/get", ""),
    ("/api/account/password", "present=wrong&password=none"),
    ("/api/account/second-factor/begin", "password=wrong"),
    ("/api/account/second-factor/codes", "password=wrong&code=none"),
    ("/api/account/second-factor/confirm", "code=none"),
    ("/api/account/second-factor/remove", "password=wrong&code=none"),
    ("/api/audit/list", "query[page]=1"),
    ("/api/audit/timeline", "resource=run&id=none"),
    ("/api/current-user", ""),
    ("/api/databases", ""),
    ("/api/exports/list", ""),
    ("/api/imports/cancel", "id=none"),
    ("/api/imports/confirm", "id=none&leading_zeros=false&older_release=false"),
    ("/api/imports/start-again", "id=none&same_bytes=false&preview=false"),
    ("/api/imports/undo", "id=none"),
    ("/api/link-holder", "token=none"),
    ("/api/overview", ""),
    ("/api/roles/matrix", ""),
    ("/api/roles/page", ""),
    ("/api/roles/preview", "id=none&version=1&name=none"),
    ("/api/roles/restore", "id=none"),
    ("/api/roles/retire", "id=none"),
    ("/api/roles/save", "id=none&version=1&name=none"),
    ("/api/runs/get", "operation=import&id=none"),
    ("/api/runs/list", "query[sort]=-started&query[page]=1"),
    ("/api/runs/work", ""),
    ("/api/set-password", "token=none&password=none"),
    ("/api/sign-in", "email=nobody%40example.com&password=wrong"),
    ("/api/sign-out", ""),
    ("/api/stop-impersonating", ""),
    ("/api/tables/list", ""),
    ("/api/tables/rows", "query[table]=us_zips&query[page]=1"),
    ("/api/theme", "theme=dark"),
    ("/api/transformations/cancel", "id=none"),
    ("/api/transformations/lineage", ""),
    ("/api/transformations/list", ""),
    ("/api/transformations/page", ""),
    ("/api/transformations/start", "name=none"),
    ("/api/transit", "from=94105&to=10001"),
    ("/api/transit/matrix", ""),
    ("/api/users/create", "email=none&name="),
    ("/api/users/delete", "id=none"),
    ("/api/users/disable", "id=none"),
    ("/api/users/edit", "id=none&version=1&email=none&name="),
    ("/api/users/enable", "id=none"),
    ("/api/users/end-session", "id=none&session=none"),
    ("/api/users/end-sessions", "id=none"),
    ("/api/users/get", "id=none"),
    ("/api/users/impersonate", "id=none"),
    ("/api/users/list", "query[sort]=name&query[page]=1"),
    ("/api/users/offered-roles", ""),
    ("/api/users/password-link", "id=none"),
    ("/api/users/remove-second-factor", "id=none"),
    ("/api/users/unlock", "id=none"),
    ("/api/zone-days/add", "service=GND&zone=none"),
    ("/api/zone-days/list", ""),
    ("/api/zone-days/set", "carrier=UPS&service=GND&zone=none"),
];

/// The routes that are no server functions and no pages.
const ROUTES: &[(&str, &str)] = &[
    ("GET", "/api/health"),
    ("POST", "/api/imports"),
    ("GET", "/api/imports/{run}/files/{ordinal}"),
    ("GET", "/api/imports/{run}/rejects.csv"),
    ("GET", "/api/exports/zip3-reference.json"),
    ("GET", "/api/exports/zip3-reference.json/sources"),
    ("GET", "/api/audit.csv"),
    ("GET", "/api/runs.csv"),
    ("GET", "/api/runs.jsonl"),
    ("GET", "/api/runs.parquet"),
    ("GET", "/api/runs.xlsx"),
    ("GET", "/api/tables/{table}.csv"),
    ("GET", "/api/tables/{table}.jsonl"),
    ("GET", "/api/tables/{table}.parquet"),
    ("GET", "/api/tables/{table}.xlsx"),
    ("GET", "/metrics"),
];

/// What stands for the variable parts of addresses.
const VARIABLES: &[(&str, &str)] = &[("{id}", "none"), ("{run}", "none"), ("{ordinal}", "1"), ("{table}", "us_zips")];

pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) arguments: &'static str,
}

/// Everything that can be asked for, from the registries that the server itself serves from.
pub(crate) fn operations() -> Vec<Operation> {
    let mut operations: Vec<Operation> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            let known = ARGUMENTS.iter().find(|(known, _)| *known == path);
            let (_, arguments) = known.unwrap_or_else(|| panic!("the server function {path} is new: say in ARGUMENTS how it is called"));
            Operation { method: method.to_string(), path: path.to_owned(), arguments }
        })
        .collect();
    assert_eq!(operations.len(), ARGUMENTS.len(), "ARGUMENTS names a server function that is gone");
    operations.extend(ROUTES.iter().map(|(method, path)| Operation {
        method: (*method).to_owned(),
        path: (*path).to_owned(),
        arguments: "",
    }));
    let pages = server::http::pages();
    operations.extend(pages.iter().map(|page| Operation { method: "GET".to_owned(), path: page.path().to_owned(), arguments: "" }));
    operations.sort_by(|one, other| (&one.path, &one.method).cmp(&(&other.path, &other.method)));
    operations
}

/// The request that asks for the operation.
pub(crate) fn request(Operation { method, path, arguments }: &Operation, cookie: &str) -> Request<Body> {
    let address = VARIABLES.iter().fold(path.clone(), |address, (name, value)| address.replace(name, value));
    assert!(!address.contains('{'), "say in VARIABLES what stands for the variable part of {address}");
    let address = if method == "GET" && !arguments.is_empty() {
        format!("{address}?{}", arguments.replace('[', "%5B").replace(']', "%5D"))
    } else {
        address
    };
    let mut request = Request::builder().method(method.as_str()).uri(&address).header(COOKIE, cookie);
    let body = if method == "POST" && path == "/api/imports" {
        request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=limit").header("accept", "application/json");
        "--limit--\r\n".to_owned()
    } else if method == "POST" {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header("accept", "application/json");
        (*arguments).to_owned()
    } else {
        String::new()
    };
    request.body(Body::from(body)).expect("a request")
}

/// What somebody may do, as the answer to trying it shows.
async fn verdict(place: &Place, operation: &Operation, cookie: &str) -> &'static str {
    let Operation { method, path, .. } = operation;
    let answer = place.ask(request(operation, cookie)).await;
    match answer.status.as_u16() {
        401 => "–",
        302 if answer.header(LOCATION).starts_with("/sign-in") && path != "/api/sign-out" => "–",
        403 => "no",
        500.. => panic!("{method} {path}: {} {}", answer.status, answer.body),
        _ => "yes",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_operation_allows_exactly_what_the_committed_table_says() {
    let place = Place::new().await;
    let mut roles = Vec::new();
    for role in Role::ALL {
        roles.push((role.id(), place.signed_in(role.id()).await));
    }
    let mut table = String::from(
        "# Who may do what\n\n\
         Made by the test that asks for every page, server function and route as a stranger and as every seeded role (`make permissions`); the\n\
         tests fail where the product and this file differ. *yes*: allowed; *no*: refused with 403 and the permission's name; *–*: refused until\n\
         somebody signs in. A role that may open a page sees on it only what its permissions allow.\n\n## Operations\n\n| operation | stranger |",
    );
    for (role, _) in &roles {
        write!(table, " {role} |").expect("writes");
    }
    table.push_str("\n| --- | --- |");
    table.push_str(&" --- |".repeat(roles.len()));
    table.push('\n');
    for operation in operations() {
        // Signing out ends the session that asks: everybody may, and nobody's session is spent on it here.
        let spent = operation.path == "/api/sign-out";
        write!(table, "| `{} {}` | {} |", operation.method, operation.path, verdict(&place, &operation, "").await).expect("writes");
        for (role, cookie) in &roles {
            let verdict = if spent { "yes" } else { verdict(&place, &operation, cookie).await };
            assert_ne!(verdict, "–", "{role} is signed in: {} {}", operation.method, operation.path);
            write!(table, " {verdict} |").expect("writes");
        }
        table.push('\n');
    }
    table.push_str("\nA command on the machine itself acts as `system:<OS user>`, may do everything, and is audited under that name.\n\n## Permissions\n\n| permission | allows |");
    for (role, _) in &roles {
        write!(table, " {role} |").expect("writes");
    }
    table.push_str("\n| --- | --- |");
    table.push_str(&" --- |".repeat(roles.len()));
    table.push('\n');
    for permission in Permission::ALL {
        write!(table, "| `{permission}` | {} |", permission.sentence()).expect("writes");
        for role in Role::ALL {
            write!(table, " {} |", if role.permissions().contains(permission) { "yes" } else { "no" }).expect("writes");
        }
        table.push('\n');
    }
    place.end().await;

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/permissions.md");
    if std::env::var_os("HANDLED_WRITE_DOCS").is_some() {
        std::fs::write(&path, &table).expect("writes");
    }
    let committed = std::fs::read_to_string(&path).expect("docs/permissions.md");
    assert_eq!(table, committed, "docs/permissions.md is not what the product does; look at the difference, then `make permissions`");
}
