//! The audit as a file, as a page and by commands.

use axum::body::Body;
use http::Request;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE};

use crate::http::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_audit_is_a_page_and_a_file_for_who_may_and_tells_that_it_was_taken() {
    let place = Place::new().await;
    let (administrator, manager, viewer) =
        (place.signed_in("administrator").await, place.signed_in("operations_manager").await, place.signed_in("viewer").await);
    let page = place.get_as(&manager, "/audit?action=sign-in&page=1").await;
    assert_eq!((page.status.as_u16(), page.body.contains("sign-in"), page.body.contains("/api/audit.csv")), (200, true, false));
    assert!(place.get_as(&administrator, "/audit").await.body.contains("Download as CSV"));
    assert_eq!(place.get_as(&viewer, "/audit").await.status, 403);
    for cookie in [&viewer, &manager] {
        assert_eq!(place.get_as(cookie, "/api/audit.csv").await.status, 403);
    }
    let head = Request::head("/api/audit.csv").header(COOKIE, &administrator).body(Body::empty()).expect("a request");
    assert_eq!(place.ask(head).await.status, 200);
    let file = place.get_as(&administrator, "/api/audit.csv?action=sign-in").await;
    assert_eq!((file.status.as_u16(), file.header(CONTENT_TYPE)), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.header(CONTENT_DISPOSITION), "attachment; filename=\"audit.csv\"");
    assert!(file.body.starts_with("row,at,user_id,actor,on_behalf_of,action,"), "{}", file.body);
    assert!(file.body.lines().skip(1).all(|line| line.contains(",sign-in,")) && file.body.lines().count() > 3, "{}", file.body);
    let taken: Vec<i64> = place.ask_primary("SELECT count(*) FROM config.audit WHERE action = 'download' AND resource = 'audit'").await;
    assert_eq!(taken, [1], "asking what it would be like makes no row");
    place.end().await;
}

#[test]
fn the_audit_is_listed_and_checked_by_commands() {
    let place = crate::place::Place::new();
    place.well(&["import", &place.file("zips.csv", "zip,lat,lng,city,state_id,population\n00601,18.25,-66.5,Adjuntas,PR,1\n")]);
    let listed = place.well(&["audit", "list", "--resource", "run", "--since", "2020-01-01"]);
    assert!(listed.starts_with("     ROW  WHEN (UTC)") && listed.contains("system:"), "{listed}");
    let listed: serde_json::Value = serde_json::from_str(&place.well(&["audit", "list", "--person", "system:", "--json"])).expect("JSON");
    assert!(listed.as_array().is_some_and(|rows| !rows.is_empty()), "{listed}");
    let checked = place.well(&["audit", "verify"]);
    assert!(checked.ends_with("Everything is as it was sealed.\n") && checked.contains("The latest seal is 1: "), "{checked}");
    let mut server = crate::place::Server::start(&place);
    let edit = "WITH edited AS (UPDATE config.audit SET actor = 'nobody' WHERE id = 1 RETURNING id) SELECT count(*) FROM edited";
    // As its owner: the application may not.
    let edited = crate::place::ask::<(i64,)>(&place.url("handled_owner", "handled_primary"), edit).expect("is edited").0;
    server.signal("-TERM");
    assert_eq!((server.ended(), edited), (Some(0), 1));
    let wrong = place.run(&["audit", "verify"], &[]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = crate::place::text(&wrong.stdout);
    assert!(said.contains("Row 1 of seal 1 has been edited since it was sealed."), "{said}");
}
