//! Imports by commands alone: previews that leave nothing, questions, limits, folders, and what can be done with runs afterwards.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::place::{Place, Server, text};

const HEADER: &str = "zip,lat,lng,city,state_id,population\n";

fn zips(first: u32, rows: u32) -> String {
    let rows = (first..first + rows).map(|zip| format!("{zip:05},40.5,-90.25,City,IL,{zip}\n"));
    HEADER.to_owned() + &rows.collect::<String>()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What a run left in DATA: rows of the table, tables that some run made, and rows that say that one is being made.
fn traces(place: &Place) -> (i64, i64, i64) {
    let mut server = Server::start(place);
    let traces = place.ask_data(
        "SELECT (SELECT count(*) FROM workspace.us_zips),
                (SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'workspace' AND tablename ~ '^us_zips_[0-9]+$'),
                (SELECT count(*) FROM workspace.stagings)",
    );
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(0));
    traces
}

#[test]
fn a_dry_run_tells_what_would_change_and_leaves_nothing() {
    let place = Place::new();
    let old = place.file("old.csv", &zips(1_001, 300));
    place.well(&["import", &old]);
    let before = traces(&place);
    assert_eq!(before.0, 300);
    // One row goes, three come, one changes, one is of no use.
    let new = zips(1_002, 302).replace("01005,40.5,-90.25,City", "01005,40.5,-90.25,Town") + "01999,400,-90.25,City,IL,1\n";
    let new = place.file("new.csv", &new);
    let shown = place.well(&["import", &new, "--dry-run"]);
    println!("{shown}");
    assert!(shown.starts_with("new.csv (us-zips), not imported, as it would be:\n  302 rows, in place of 300 rows, imported "), "{shown}");
    for part in ["  3 added, 1 removed, 1 changed, 298 unchanged\n", "~ 01005: city City -> Town", "line 304, lat: ", "  1 row rejected\n"]
    {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert_eq!(traces(&place), before);
    let preview = json(&place.well(&["import", &new, "--dry-run", "--json"]));
    assert_eq!((&preview[0]["preview"]["added"], &preview[0]["failure"], &preview[0]["rows"]), (&3.into(), &Value::Null, &0.into()));
    let runs = json(&place.well(&["runs", "list", "--json"]));
    let states: Vec<&str> = runs.as_array().expect("runs").iter().filter_map(|run| run["state"].as_str()).collect();
    assert_eq!(states, ["cancelled", "cancelled", "succeeded"]);
    // A file that would be refused is refused here too.
    let bad = place.file("bad.csv", "<!DOCTYPE html><html><body>Not found</body></html>");
    assert!(place.refused(&["import", &bad, "--dry-run"], &[], 1).contains("bad.csv was not imported: "));
}

#[test]
fn what_must_be_agreed_to_is_named_with_its_flag() {
    let place = Place::new();
    let lost = place.file("lost.csv", &(zips(10_001, 200) + "601,18.18,-66.75,Adjuntas,PR,5\n"));
    let sentence = place.refused(&["import", &lost], &[], 1);
    println!("{sentence}");
    assert!(sentence.contains("lost.csv was not imported: ") && sentence.contains("--repair-leading-zeros"), "{sentence}");
    let imported = place.well(&["import", &lost, "--repair-leading-zeros"]);
    assert!(imported.starts_with("lost.csv: 201 rows in workspace.us_zips"), "{imported}");
    let again = place.refused(&["import", &lost, "--repair-leading-zeros"], &[], 1);
    println!("{again}");
    assert!(again.contains("--same-bytes"), "{again}");
    place.well(&["import", &lost, "--repair-leading-zeros", "--same-bytes"]);

    let standards = "Origin_ZIP_Code,Destination_ZIP_Code,PRI_Service_Standard,GAL_Service_Standard,MKT_Service_Standard,\
                     PER_Service_Standard,PKG_Service_Standard,FCM_Service_Standard,GAH_Service_Standard,PFC_Service_Standard\n";
    let of = |day: &str, days: u8| {
        place.file(&format!("3D_Base_Service_Standard_Directory_{day}.csv"), &format!("{standards}010,006,{days},5,10,9,6,5,6,4\n"))
    };
    place.well(&["import", &of("03012025", 3)]);
    let older = of("03012024", 4);
    let sentence = place.refused(&["import", &older], &[], 1);
    println!("{sentence}");
    assert!(sentence.contains("--older-release"), "{sentence}");
    place.well(&["import", &older, "--older-release"]);
}

#[test]
fn limits_can_be_drawn_elsewhere() {
    let place = Place::new();
    let bad = place.file("bad.csv", &(zips(10_001, 50) + "99999,400,-90.25,City,IL,1\n99998,400,-90.25,City,IL,1\n"));
    assert!(place.refused(&["import", &bad], &[], 1).contains("bad.csv was not imported: "));
    assert!(place.refused(&["import", &bad, "--max-rejected-percent", "10", "--max-rejected-rows", "1"], &[], 1).contains("not imported"));
    let imported = place.well(&["import", &bad, "--max-rejected-percent", "10"]);
    assert!(imported.starts_with("bad.csv: 50 rows in workspace.us_zips, 2 rows rejected"), "{imported}");
    assert_eq!(place.run(&["import", &bad, "--max-rejected-percent", "101"], &[]).status.code(), Some(2));
}

#[test]
fn a_folder_of_demo_files_is_imported_looked_at_undone_exported_and_rebuilt() {
    let place = Place::new();
    let made = place.well(&["demo", "files", "demo-files"]);
    println!("{made}");
    assert!(made.contains("us-zips: 1 file, ") && made.contains("ups-zones: 12 files, ") && made.contains("import demo-files\n"), "{made}");
    let imported = place.well(&["import", "demo-files"]);
    println!("{imported}");
    let lines: Vec<&str> = imported.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(lines.len() <= 7, "a line for each run: {imported}");
    for table in ["us_zips", "gaz_zcta", "usps_3d", "ups_zones", "ups_ground"] {
        assert!(lines.iter().any(|line| line.contains(&format!(" in workspace.{table}"))), "{table}: {imported}");
    }

    // What can be done with a run.
    let list = place.well(&["runs", "list"]);
    assert_eq!(list.lines().count(), lines.len() + 1, "{list}");
    let zips = json(&place.well(&["runs", "list", "--kind", "us-zips", "--state", "succeeded", "--json"]));
    let id = zips[0]["id"].as_str().expect("an identifier");
    let shown = place.well(&["runs", "show", id]);
    println!("{shown}");
    assert!(shown.starts_with(&format!("Import {id}: succeeded\n")) && shown.contains("possible      undo, start-again"), "{shown}");
    assert!(place.refused(&["runs", "show", "none"], &[], 1).contains("There is no "));
    assert!(place.refused(&["runs", "confirm", id], &[], 1).starts_with("handled: "));
    let whole = exported(&place);
    place.well(&["runs", "undo", id]);
    assert_eq!(json(&place.well(&["runs", "show", id, "--json"]))["run"]["state"], "undone");
    place.well(&["table", "export", "us_zips", "-o", "none.csv"]);
    assert_eq!(std::fs::read_to_string(place.path("none.csv")).expect("a file").lines().count(), 1);
    place.well(&["import", "demo-files/uszips.csv"]);
    place.well(&["table", "export", "us_zips", "-o", "some.xlsx", "--search", "0", "--sort", "-population"]);
    assert!(std::fs::read(place.path("some.xlsx")).expect("a file").starts_with(b"PK"));

    // Everything again, from the originals alone.
    let rebuilt = place.well(&["rebuild"]);
    println!("{rebuilt}");
    assert_eq!(exported(&place), whole);
}

/// Every table without the runs that brought its rows.
fn exported(place: &Place) -> BTreeMap<&'static str, Vec<String>> {
    let tables = ["us_zips", "gaz_zcta", "usps_3d", "ups_zones", "ups_ground"];
    let rows = tables.map(|table| {
        place.well(&["table", "export", table, "-o", "all.csv"]);
        let content = text(&std::fs::read(place.path("all.csv")).expect("a file"));
        (table, content.lines().map(|line| line.rsplit_once(',').map_or_else(String::new, |(row, _)| row.to_owned())).collect())
    });
    BTreeMap::from(rows)
}

#[test]
fn a_waiting_run_is_confirmed_or_cancelled_and_rejects_are_mended_by_commands() {
    let place = Place::new();
    let file = place.file("zips.csv", &(zips(10_001, 200) + "99999,400,-90.25,City,IL,1\n"));
    let imported = json(&place.well(&["import", &file, "--json"]));
    let id = imported[0]["run"]["id"].as_str().expect("an identifier").to_owned();
    place.well(&["runs", "rejects", &id, "-o", "rejects.csv"]);
    let rejects = std::fs::read_to_string(place.path("rejects.csv")).expect("a file");
    assert!(rejects.contains("99999") && rejects.contains(&id), "{rejects}");
    std::fs::write(place.path("mended.csv"), rejects.replace("99999,400", "99999,40")).expect("a file");
    let merged = place.well(&["import", "mended.csv"]);
    println!("{merged}");
    assert_eq!(traces(&place).0, 201);
    let links = &json(&place.well(&["runs", "show", &id, "--json"]))["links"];
    assert_eq!(links[0]["kind"], "corrected_by", "{links}");
    // Once more, to be looked at first; the run waits until somebody has done so.
    let again = json(&place.well(&["runs", "start-again", &id, "--preview", "--same-bytes", "--json"]));
    assert_eq!((&again["run"]["state"], &again["preview"]["removed"]), (&"waiting".into(), &1.into()), "{again}");
    let again = again["run"]["id"].as_str().expect("an identifier").to_owned();
    assert_eq!(traces(&place).0, 201);
    place.well(&["runs", "confirm", &again]);
    assert!(place.refused(&["runs", "cancel", &again], &[], 1).starts_with("handled: "), "it has ended");
    assert_eq!(traces(&place).0, 200);
}

#[test]
fn what_is_derived_is_brought_up_to_date_looked_at_and_changed_by_commands() {
    let place = Place::new();
    place.well(&["demo", "files", "demo-files"]);
    place.well(&["import", "demo-files"]);
    let list = place.well(&["transform", "list"]);
    assert_eq!(list.lines().map(|line| line.split_whitespace().last()).collect::<Vec<_>>(), [Some("new"); 3], "{list}");
    let runs = json(&place.well(&["transform", "run", "--json"]));
    let names: Vec<&str> = runs.as_array().expect("runs").iter().filter_map(|run| run["name"].as_str()).collect();
    assert_eq!(names, ["zone-transit-days", "zip3", "delivery-matrix"]);
    let checks = runs[2]["checks"].as_array().expect("checks");
    assert!(checks.len() > 5 && checks.iter().all(|check| check["passed"] == true), "{checks:?}");
    assert_eq!(place.well(&["transform", "run"]), "Everything is up to date.\n");

    // Other days for a zone: the matrix is stale until it is run again, and then says what has changed.
    let zones = place.well(&["transform", "zone-days"]);
    assert!(zones.contains("UPS GND 008     4  right for 71 % of pairs, within one day for 99 %"), "{zones}");
    let set = place.well(&["transform", "zone-days", "--set", "GND/008=5"]);
    assert!(set.lines().any(|line| line.starts_with("UPS GND 008     5  set by system:")), "{set}");
    let refused = place.refused(&["transform", "zone-days", "--set", "GND/008=11"], &[], 1);
    assert!(refused.contains("The days must be from 1 to 10"), "{refused}");
    let list = place.well(&["transform", "list"]);
    assert!(list.contains("delivery-matrix      stale\n    reference.zone_transit_days has changed by the run "), "{list}");
    let run = place.well(&["transform", "run"]);
    assert!(run.starts_with("delivery-matrix: succeeded") && run.contains(": 0 added, 0 removed, "), "{run}");

    let history = place.well(&["transform", "runs", "delivery-matrix"]);
    assert_eq!(history.lines().count(), 2, "{history}");
    let id = history.split_whitespace().next().expect("an identifier");
    let shown = place.well(&["transform", "show", id]);
    assert!(shown.contains("passed Measured days come before estimated ones: "), "{shown}");
    place.well(&["transform", "cancel", id]);
    assert!(place.refused(&["transform", "show", "none"], &[], 1).contains("There is no "));
}
