//! Who may import some kinds of files and not others, over HTTP; and where those arrive who may not see the overview.

use axum::body::Body;
use database_connection::{Pool, PoolSettings};
use demo::{Country, Text};
use http::Request;
use http::header::{COOKIE, LOCATION};
use serde_json::{Value, json};
use server::databases::Target;

use crate::http::{Answer, Place};

const ZIPS: &str = "zip,lat,lng,city,state_id,population\n00601,18.18,-66.75,Adjuntas,PR,100\n";

/// Changes what the seeded roles allow, before anybody signs in.
async fn change_roles(place: &Place, sql: &'static str) {
    let owner = place.databases.addresses(Target::Primary).owner.expect("an owner");
    let mut transaction = Pool::new(&owner, PoolSettings::default()).begin().await.expect("a transaction");
    transaction.run_script(sql).await.expect(sql);
    transaction.commit().await.expect(sql);
}

async fn page(place: &Place, cookie: &str, path: &str) -> Answer {
    place.ask(Request::get(path).header(COOKIE, cookie).header("accept", "text/html").body(Body::empty()).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_of_kinds_that_may_not_be_imported_is_refused() {
    let place = Place::new().await;
    change_roles(&place, "INSERT INTO config.role_permissions (role_id, permission) VALUES ('viewer', 'imports:usps')").await;
    let viewer = place.signed_in("viewer").await;
    let standards = String::from_utf8(demo::usps_3d(&Country::tiny(), &Text::usps_3d())).expect("UTF-8");
    let (zips, standards) = (("file", Some("zips.csv"), ZIPS), ("file", Some("standards.csv"), standards.as_str()));

    for (parts, permission) in [(vec![zips], "imports:areas"), (vec![("kind", None, "ups-zones"), standards], "imports:ups")] {
        let refused = place.upload(&viewer, "application/json", &parts).await;
        let value: Value = serde_json::from_str(&refused.body).expect("json");
        assert_eq!((refused.status.as_u16(), &value["error"], &value["permission"]), (403, &json!("forbidden"), &json!(permission)));
        let refused = place.upload(&viewer, "text/html", &parts).await;
        assert!(refused.header(LOCATION).starts_with("/imports?error=You+need+the+permission"), "{}", refused.header(LOCATION));
    }
    let taken = place.upload(&viewer, "application/json", &[zips, standards]).await;
    let value: Value = serde_json::from_str(&taken.body).expect("json");
    assert_eq!((taken.status.as_u16(), &value["runs"][0]["kind"], &value["runs"][1]["kind"]), (202, &Value::Null, &json!("usps-3d")));
    let run = page(&place, &viewer, &format!("/imports/runs/{}", value["runs"][0]["id"].as_str().expect("a run"))).await;
    assert!(run.body.contains("You need the permission imports:areas to import US ZIPs."), "{}", run.body);

    let imports = page(&place, &viewer, "/imports").await;
    assert!(imports.body.contains("You may import USPS service standards. Files of other kinds are refused."), "{}", imports.body);
    assert_eq!(imports.body.matches("You may not import these").count(), 4, "every other kind says so");
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_arrives_at_a_page_that_they_may_open() {
    let place = Place::new().await;
    place.import("zips.csv", ZIPS.as_bytes()).await;
    change_roles(&place, "DELETE FROM config.role_permissions WHERE role_id = 'viewer' AND permission = 'databases:read'").await;
    let (viewer, staff) = (place.signed_in("viewer").await, place.signed_in("warehouse_staff").await);
    let led = page(&place, &viewer, "/").await;
    assert_eq!((led.status.as_u16(), led.header(LOCATION)), (302, "/imports"), "{}", led.body);
    assert_eq!(page(&place, &viewer, led.header(LOCATION)).await.status, 200);

    // Who may see the overview and neither tables nor imports sees what is there, and no link that would be refused.
    let overview = page(&place, &staff, "/").await;
    assert_eq!(overview.status, 200);
    assert!(overview.body.contains("workspace.us_zips") && overview.body.contains("href=\"/transit\""), "{}", overview.body);
    for refused in ["href=\"/tables", "href=\"/imports", "href=\"/transformations"] {
        assert!(!overview.body.contains(refused), "{refused}");
    }
    place.end().await;
}
