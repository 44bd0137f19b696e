//! Exports and tables through the real router: what programs that read them get, and that tables go out and come in again unchanged.

use axum::body::Body;
use demo::{Chart, Country, Text};
use http::Request;
use http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, ETAG, LAST_MODIFIED, VARY};
use serde_json::Value;

use crate::http::{Answer, Place};

const MATRIX: &str = "/api/exports/zone-matrix.json";

async fn ask(place: &Place, cookie: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(Request::get(path).header(COOKIE, cookie), |request, (name, value)| request.header(*name, *value));
    place.ask(request.body(Body::empty()).expect("a request")).await
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

fn standards() -> Vec<u8> {
    demo::usps_3d(&Country::tiny(), &Text::usps_3d())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_program_that_asks_again_gets_nothing_and_what_is_stale_only_when_it_says_so() {
    let place = Place::new().await;
    let viewer = place.signed_in("viewer").await;
    assert_eq!(ask(&place, &viewer, MATRIX, &[]).await.status, 409);
    place.import("3D_Base_Service_Standard_Directory_03012025.csv", &standards()).await;
    place.transform("delivery-matrix").await;

    let plain = ask(&place, &viewer, MATRIX, &[]).await;
    assert_eq!((plain.status.as_u16(), plain.header(CONTENT_TYPE), plain.header(VARY)), (200, "application/json", "accept-encoding"));
    assert!(plain.body.starts_with(r#"{"origins":[""#) && !plain.headers.contains_key("x-handled-stale"), "{}", plain.body);
    assert_eq!(plain.header(CONTENT_LENGTH), plain.body.len().to_string());
    let sources = plain.header("x-handled-sources");
    assert!(sources.starts_with("reference.delivery_matrix;run=\"") && sources.contains(";imports=\""), "{sources}");
    for (accept, encoding, ending) in [("gzip, br", "br", "-br\""), ("gzip", "gzip", "-gz\"")] {
        let request = Request::get(MATRIX).header(COOKIE, &viewer).header("accept-encoding", accept);
        let bytes = place.bytes(request.body(Body::empty()).expect("a request")).await;
        let about = ask(&place, &viewer, MATRIX, &[("accept-encoding", accept)]).await;
        assert_eq!((about.header(CONTENT_ENCODING), about.header(CONTENT_LENGTH)), (encoding, bytes.len().to_string().as_str()));
        assert!(about.header(ETAG).ends_with(ending) && about.header(VARY) == "accept-encoding", "{:?}", about.headers);
        let known = ask(&place, &viewer, MATRIX, &[("if-none-match", about.header(ETAG))]).await;
        assert_eq!((known.status.as_u16(), known.body.as_str(), known.header(ETAG)), (304, "", plain.header(ETAG)));
    }
    let modified = ask(&place, &viewer, MATRIX, &[("if-modified-since", plain.header(LAST_MODIFIED))]).await;
    assert_eq!((modified.status.as_u16(), modified.header("x-handled-sources")), (304, sources));
    assert_eq!(ask(&place, &viewer, MATRIX, &[("if-none-match", "\"other\"")]).await.status, 200);
    let beside = ask(&place, &viewer, &format!("{MATRIX}/sources"), &[]).await;
    assert_eq!(beside.header(CONTENT_DISPOSITION), "attachment; filename=\"zone-matrix.json.sources.json\"");
    let beside = json(&beside);
    assert_eq!((&beside["bytes"], &beside["stale"]), (&plain.body.len().into(), &false.into()), "{beside}");
    assert_eq!(beside["sources"][0]["imports"][0]["relation"], "workspace.usps_3d");

    // Newer standards, and nobody has run the transformation since.
    place.import("3D_Base_Service_Standard_Directory_04012025.csv", &[standards(), b"\n".to_vec()].concat()).await;
    let refused = ask(&place, &viewer, MATRIX, &[("if-none-match", "*"), ("accept", "application/json")]).await;
    assert_eq!((refused.status.as_u16(), &json(&refused)["error"]), (409, &"conflict".into()));
    assert!(refused.body.contains("?stale=accept") && refused.body.contains("workspace.usps_3d (by the run "), "{}", refused.body);
    let head = Request::head(MATRIX).header(COOKIE, &viewer).body(Body::empty()).expect("a request");
    assert_eq!(place.ask(head).await.status, 409);
    let accepted = ask(&place, &viewer, &format!("{MATRIX}?stale=accept"), &[]).await;
    assert_eq!((accepted.status.as_u16(), &accepted.body, accepted.header(ETAG)), (200, &plain.body, plain.header(ETAG)));
    assert!(accepted.header("x-handled-stale").starts_with("workspace.usps_3d;run=\""), "{:?}", accepted.headers);
    let beside = json(&ask(&place, &viewer, &format!("{MATRIX}/sources"), &[]).await);
    assert_eq!((&beside["stale"], &beside["stale_by"][0]["relation"]), (&true.into(), &"workspace.usps_3d".into()));
    place.end().await;
}

/// The rows of a table as CSV, without the runs that brought them.
async fn rows(place: &Place, cookie: &str, table: &str) -> Vec<String> {
    let answer = place.get_as(cookie, &format!("/api/tables/{table}.csv")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.lines().map(|line| line.rsplit_once(',').map_or_else(String::new, |(row, _)| row.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tables_that_go_out_come_in_again_unchanged() {
    let place = Place::new().await;
    let viewer = place.signed_in("viewer").await;
    let country = Country::tiny();
    let zips = "zip,lat,lng,city,state_id,population\n00601,18.18,-66.75,=HYPERLINK(1),PR,601\n00602,18.36,-67.18,'=1+1,PR,\n\
                00603,18.4,-67.1,'s-Hertogenbosch,PR,7\n00604,18.4,-67.1,\"-Añasco, \"\"PR\"\"\",PR,7\n";
    place.import("uszips.csv", zips.as_bytes()).await;
    place.import("2024_Gaz.txt", &demo::gaz_zcta(&country, demo::Edition::Qualified, &Text::gaz_zcta_pipes())).await;
    place.import("3D_Base_Service_Standard_Directory_03012025.csv", &standards()).await;
    place.import("005.xlsx", &demo::zone_chart(&country, "005", &Chart::default()).expect("a chart")).await;
    place.import("28601.csv", b"28601,00501,NY,2,\n28601,99501,AK,7,\n").await;
    for table in ["us_zips", "gaz_zcta", "usps_3d", "ups_ground", "ups_zones"] {
        let before = rows(&place, &viewer, table).await;
        assert!(before.len() > 2, "{table}");
        for ending in ["csv", "xlsx"] {
            let request = Request::get(format!("/api/tables/{table}.{ending}")).header(COOKIE, &viewer);
            let file = place.bytes(request.body(Body::empty()).expect("a request")).await;
            place.import(&format!("{table}.{ending}"), &file).await;
            assert_eq!(rows(&place, &viewer, table).await, before, "{table}.{ending}");
        }
    }
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn derived_tables_and_the_history_are_files_too() {
    let place = Place::new().await;
    let viewer = place.signed_in("viewer").await;
    place.import("3D_Base_Service_Standard_Directory_03012025.csv", &standards()).await;
    place.transform("delivery-matrix").await;
    let lines = |answer: &Answer| answer.body.lines().map(str::to_owned).collect::<Vec<_>>();
    let carriers = place.get_as(&viewer, "/api/tables/carriers.csv").await;
    assert_eq!(lines(&carriers), ["carrier,name", "UPS,United Parcel Service", "USPS,United States Postal Service"]);
    let part = place.get_as(&viewer, "/api/tables/delivery_matrix.jsonl?filter.origin=010&filter.service=pri").await;
    assert_eq!((part.status.as_u16(), part.header(CONTENT_TYPE)), (200, "application/jsonl; charset=utf-8"), "{}", part.body);
    let first: Value = serde_json::from_str(&lines(&part)[0]).expect("json");
    assert_eq!((&first["origin"], &first["service"], &first["source"]), (&"010".into(), &"PRI".into(), &"standard".into()), "{first}");
    assert!(first["transit_days"].is_u64() && first["run"].is_string(), "{first}");
    let all = place.get_as(&viewer, "/api/tables/delivery_matrix.csv").await;
    let request = Request::get("/api/tables/delivery_matrix.parquet").header(COOKIE, &viewer).body(Body::empty()).expect("a request");
    let parquet = place.bytes(request).await;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1") && lines(&all).len() > 100);

    // What millions of rows are not asked.
    for query in ["search=0", "filter.service=PRI", "sort=-transit_days", "page=1001"] {
        let address = query.split_once('=').map(|(name, value)| match name {
            "page" => format!("query[table]=delivery_matrix&query[page]={value}"),
            "filter.service" => format!("query[table]=delivery_matrix&query[page]=1&query[filters][service]={value}"),
            name => format!("query[table]=delivery_matrix&query[page]=1&query[{name}]={value}"),
        });
        let address = address.expect("a query").replace('[', "%5B").replace(']', "%5D");
        let answer = place.get_as(&viewer, &format!("/api/tables/rows?{address}")).await;
        assert!(
            answer.status == 422 && answer.body.contains("filter by origin or destination"),
            "{query}: {} {}",
            answer.status,
            answer.body
        );
    }
    let page = place.get_as(&viewer, "/api/tables/rows?query%5Btable%5D=delivery_matrix&query%5Bpage%5D=2&query%5Bsort%5D=-origin").await;
    assert_eq!(json(&page)["page"]["total"], lines(&all).len() - 1);
    assert_eq!(place.get_as(&viewer, "/api/tables/delivery_matrix.csv?sort=zone").await.status, 422);

    let history = place.get_as(&viewer, "/api/runs.csv?kind=usps-3d&state=succeeded&page=9").await;
    assert_eq!((history.status.as_u16(), lines(&history).len()), (200, 2), "{}", history.body);
    assert!(lines(&history)[0].starts_with("run,operation,subject,state,actor,file,sha256,"), "{}", history.body);
    assert!(lines(&history)[1].contains(",import,usps-3d,succeeded,system:test,3D_Base_Service_Standard_Directory_03012025.csv,"));
    assert_eq!(lines(&place.get_as(&viewer, "/api/runs.jsonl?kind=us-zips").await).len(), 0);
    let request = Request::get("/api/runs.xlsx").header(COOKIE, &viewer).body(Body::empty()).expect("a request");
    assert!(place.bytes(request).await.starts_with(b"PK"));
    place.end().await;
}
