//! Files of several kinds at once through the real router, and what can be downloaded of them: originals, rejected rows, tables.

use std::io::Cursor;
use std::time::{Duration, Instant};

use axum::body::Body;
use http::Request;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE};
use serde_json::Value;

use crate::http::{Answer, Place};

const JSON: &str = "application/json";

/// US ZIPs of which one of many rows is of no use, and one has a city that a spreadsheet would run.
fn zips() -> String {
    let mut text = String::from("zip,lat,lng,city,state_id,population\n");
    for zip in 601..1_000 {
        let (city, state) = match zip {
            601 => ("=HYPERLINK(1)", "PR"),
            700 => ("Nowhere", "Puerto Rico"),
            _ => ("Ciudad", "PR"),
        };
        text.push_str(&format!("00{zip},18.25,-66.5,{city},{state},{zip}\n"));
    }
    text
}

fn gazetteer() -> &'static str {
    "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG\n00601\t166659789\t799296\t64.348\t0.309\t18.180555\t-66.749961\n"
}

/// The run with this identifier, once the machine is done with it.
async fn ended(place: &Place, cookie: &str, id: &str) -> Value {
    let begun = Instant::now();
    loop {
        let answer = place.get_as(cookie, &format!("/api/runs/get?operation=import&id={id}")).await;
        let detail: Value = serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body));
        let state = detail["run"]["state"].as_str().unwrap_or_else(|| panic!("{detail}"));
        if !["queued", "running"].contains(&state) {
            return detail;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the run does not end: {detail}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn runs(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 202, "{}", answer.body);
    let body: Value = serde_json::from_str(&answer.body).expect("json");
    assert_eq!(body["errors"], Value::Array(Vec::new()));
    body["runs"].as_array().expect("runs").clone()
}

fn id(run: &Value) -> &str {
    run["id"].as_str().expect("an identifier")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_of_several_kinds_come_in_together_and_go_out_as_they_came_and_as_tables() {
    let place = Place::new().await;
    let (administrator, viewer) = (place.signed_in("administrator").await, place.signed_in("viewer").await);
    let zips = zips();
    let page = "<!DOCTYPE html><html><script>alert(1)</script></html>";
    let hostile = "2024_Gaz\u{202e}; Größe.html";
    let parts = [("file", Some("uszips.csv"), zips.as_str()), ("file", Some(hostile), gazetteer()), ("file", Some("page.html"), page)];
    let taken = runs(&place.upload(&administrator, JSON, &parts).await);
    let of = |name: &str| taken.iter().find(|run| run["file_name"].as_str().is_some_and(|file| file.starts_with(name))).expect(name);
    assert_eq!((taken.len(), &of("uszips")["kind"], &of("2024")["kind"]), (3, &"us-zips".into(), &"gaz-zcta".into()), "{taken:?}");
    assert_eq!((&of("page")["kind"], &of("page")["files"]), (&Value::Null, &1.into()));
    let imported = ended(&place, &administrator, id(of("uszips"))).await;
    assert_eq!((&imported["run"]["state"], &imported["run"]["rows_rejected"]), (&"succeeded".into(), &1.into()), "{imported}");
    assert_eq!(ended(&place, &administrator, id(of("2024"))).await["run"]["state"], "succeeded");
    let refused = ended(&place, &administrator, id(of("page"))).await;
    assert_eq!((&refused["run"]["state"], &refused["run"]["subject"]), (&"failed".into(), &Value::Null), "{refused}");

    // Originals: the very bytes, under the very name, and never a page.
    let original = place.get_as(&viewer, &format!("/api/imports/{}/files/1", id(of("uszips")))).await;
    assert_eq!((original.status.as_u16(), original.body == zips), (200, true), "{}", original.status);
    assert_eq!(original.header(CONTENT_DISPOSITION), "attachment; filename=\"uszips.csv\"");
    assert_eq!((original.header(CONTENT_LENGTH), original.header(CACHE_CONTROL)), (zips.len().to_string().as_str(), "private, no-cache"));
    let page = place.get_as(&viewer, &format!("/api/imports/{}/files/1", id(of("2024")))).await;
    assert_eq!((page.status.as_u16(), page.header(CONTENT_TYPE)), (200, "application/octet-stream"));
    let disposition = "attachment; filename=\"2024_Gaz; Gr__e.html\"; filename*=UTF-8''2024_Gaz%3B%20Gr%C3%B6%C3%9Fe.html";
    assert_eq!((page.header(CONTENT_DISPOSITION), page.header("x-content-type-options")), (disposition, "nosniff"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(
        place.get_as(&viewer, &format!("/api/imports/{}/files/1", id(of("page")))).await.status,
        404,
        "what is not recognised is not kept"
    );
    for path in [
        "/api/imports/none/files/1",
        &format!("/api/imports/{}/files/2", id(of("uszips"))),
        &format!("/api/imports/{}/files/x", id(of("uszips"))),
    ] {
        assert_eq!(place.get_as(&viewer, path).await.status, 404, "{path}");
    }
    assert_eq!(place.get_as("", &format!("/api/imports/{}/files/1", id(of("uszips")))).await.status, 401);

    // Rejected rows, which a spreadsheet opens.
    let rejects = place.get_as(&viewer, &format!("/api/imports/{}/rejects.csv", id(of("uszips")))).await;
    assert_eq!((rejects.status.as_u16(), rejects.body.contains("00700")), (200, true), "{}", rejects.body);
    assert!(rejects.header(CONTENT_DISPOSITION).starts_with("attachment; filename=\""), "{}", rejects.header(CONTENT_DISPOSITION));
    assert_eq!(place.get_as(&viewer, &format!("/api/imports/{}/rejects.csv", id(of("2024")))).await.status, 404);

    // The table, and the part of it that a page shows.
    let table = place.get_as(&viewer, "/api/tables/us_zips.csv").await;
    assert_eq!((table.status.as_u16(), table.header(CONTENT_TYPE)), (200, "text/csv; charset=utf-8"), "{}", table.body);
    let mut lines = table.body.lines();
    assert_eq!(lines.next(), Some("zip,lat,lng,city,state_id,state_name,population,density,county_name,timezone,run"));
    assert_eq!(lines.next(), Some(format!("00601,18.25,-66.5,'=HYPERLINK(1),PR,,601,,,,{}", id(of("uszips"))).as_str()));
    assert_eq!(lines.count(), 397);
    let part = place.get_as(&viewer, "/api/tables/us_zips.csv?search=009&sort=-population&filter.city=Ciudad&page=9").await;
    let found: Vec<&str> = part.body.lines().skip(1).map(|line| &line[..5]).collect();
    assert_eq!((found.len(), found[0], found[99]), (100, "00999", "00900"));
    let workbook =
        Request::get("/api/tables/us_zips.xlsx?filter.zip=00601").header(COOKIE, &viewer).body(Body::empty()).expect("a request");
    let workbook = place.bytes(workbook).await;
    assert!(workbook.starts_with(b"PK"));
    let mut sheets: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(workbook)).expect("a workbook");
    let rows = calamine::Reader::worksheet_range(&mut sheets, "us_zips").expect("its sheet");
    let row: Vec<String> = rows.rows().nth(1).expect("a row").iter().map(ToString::to_string).collect();
    assert_eq!((rows.height(), row[0].as_str(), row[1].as_str(), row[3].as_str()), (2, "00601", "18.25", "=HYPERLINK(1)"));
    for path in ["/api/tables/us_zips.pdf", "/api/tables/us_zips", "/api/tables/users.csv", "/api/tables/us_zips.csv?x=1&sort=none"] {
        let answer = place.get_as(&viewer, path).await;
        assert!([404, 422].contains(&answer.status.as_u16()), "{path}: {} {}", answer.status, answer.body);
    }
    let head = place.ask(Request::head("/api/tables/us_zips.xlsx").header(COOKIE, &viewer).body(Body::empty()).expect("a request")).await;
    assert_eq!((head.status.as_u16(), head.header(CONTENT_DISPOSITION)), (200, "attachment; filename=\"us_zips.xlsx\""));
    let stranger = Request::get("/api/tables/us_zips.csv").header("accept", "text/html,*/*").body(Body::empty()).expect("a request");
    assert_eq!(place.ask(stranger).await.header("location"), "/sign-in?next=%2Ftables");
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_that_is_to_be_looked_at_first_waits() {
    let place = Place::new().await;
    let administrator = place.signed_in("administrator").await;
    let file = ("file", Some("uszips.csv"), &*zips());
    let taken = runs(&place.upload(&administrator, JSON, &[("preview", None, "on"), file]).await);
    let detail = ended(&place, &administrator, id(&taken[0])).await;
    assert_eq!((&detail["run"]["state"], &detail["preview"]["added"]), (&"waiting".into(), &398.into()), "{detail}");
    assert!(place.get_as(&administrator, "/api/tables/us_zips.csv").await.body.lines().count() == 1, "nothing is there yet");
    let request =
        Request::post("/api/imports/confirm").header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(COOKIE, &administrator);
    let confirmed = place.ask(request.header("accept", JSON).body(format!("id={}", id(&taken[0])).into()).expect("a request")).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    assert_eq!(ended(&place, &administrator, id(&taken[0])).await["run"]["state"], "succeeded");
    // The same bytes again, first by mistake and then on purpose.
    let again = runs(&place.upload(&administrator, JSON, &[file]).await);
    let again = ended(&place, &administrator, id(&again[0])).await;
    assert_eq!((&again["run"]["state"], &again["links"][0]["kind"]), (&"failed".into(), &"same_bytes".into()), "{again}");
    let forced = runs(&place.upload(&administrator, JSON, &[("same_bytes", None, "on"), file]).await);
    assert_eq!(ended(&place, &administrator, id(&forced[0])).await["run"]["state"], "succeeded");
    place.end().await;
}
