//! `handled db` where it looks and makes files: new, lint, size, connections.

use serde_json::Value;

use crate::place::{Place, text};

const WORKSPACE: &str = "[[database]]\nname = \"shop\"\nurl = \"SHOP_URL\"\nmigrations = \"migrations\"\n";
const UNREACHABLE: &str = "postgres://shop:s3cret@127.0.0.1:1/shop";

fn json(printed: &[u8]) -> Value {
    serde_json::from_slice(printed).unwrap_or_else(|error| panic!("{error}: {}", text(printed)))
}

#[test]
fn new_migrations_are_made_and_looked_through_without_a_database() {
    let place = Place::new();
    let refused = place.refused(&["db", "new", "data", "Index"], &[], 1);
    assert!(refused.contains("There is no databases.toml here"), "{refused}");
    place.file("databases.toml", WORKSPACE);
    assert!(place.refused(&["db", "new", "shops", "x"], &[], 1).contains("there is no database shops here; there are: shop"));
    let made = place.well(&["db", "new", "shop", "Drop", "the old", "table"]);
    assert_eq!(made, "migrations/0001_drop_the_old_table.up.sql\nmigrations/0001_drop_the_old_table.down.sql\n");
    assert_eq!(place.well(&["db", "lint", "--offline"]), "shop: 1 migration looked at, weighed by kind alone: nothing found\n");

    place.file("migrations/0001_drop_the_old_table.up.sql", "CREATE TABLE new ();\nDROP TABLE old;\n");
    let output = place.run(&["db", "lint", "--offline"], &[]);
    assert_eq!(output.status.code(), Some(3));
    let printed = text(&output.stdout);
    assert!(printed.starts_with("migrations/0001_drop_the_old_table.up.sql:2: error: old: its rows are lost"), "{printed}");
    assert!(printed.ends_with("[ban-drop-table]\nshop: 1 migration looked at, weighed by kind alone: 1 error\n"), "{printed}");

    // Of a folder's databases no address has to be there, and none has to answer.
    for environment in [&[][..], &[("SHOP_URL", UNREACHABLE)][..]] {
        let output = place.run(&["db", "--workspace", ".", "lint", "--json"], environment);
        let (lint, said) = (json(&output.stdout), text(&output.stderr));
        assert_eq!((output.status.code(), &lint[0]["weighed"]), (Some(3), &Value::Bool(false)), "{said}");
        assert_eq!(lint[0]["findings"][0]["rule"], "ban-drop-table");
        assert!(said.contains("SHOP_URL is not set") || said.contains("weighed by their kind alone"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    for looking in [&["size"][..], &["connections"][..]] {
        let output = place.run(&[&["db", "--workspace", ".", "--env-file", "shop.env"], looking].concat(), &[]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let sentence = place.refused(&[&["db", "--workspace", "."], looking].concat(), &[("SHOP_URL", UNREACHABLE)], 4);
        assert!(sentence.starts_with("handled: shop: ") && !sentence.contains("s3cret"), "{sentence}");
    }
    std::fs::remove_file(place.path("migrations/0001_drop_the_old_table.down.sql")).expect("is removed");
    let output = place.run(&["db", "lint", "--offline"], &[]);
    assert!(output.status.code() == Some(3) && text(&output.stdout).contains("0001_drop_the_old_table.down.sql is missing"));
}

#[test]
fn the_platforms_own_databases_are_looked_at_in_both_modes() {
    for split in ["true", "false"] {
        let place = Place::new();
        place.file("handled.env", &format!("SPLIT_DB_MODE={split}\n"));
        let fresh = place.well(&["db", "lint"]);
        assert!(fresh.contains(" migrations looked at, weighed by rows: ") && !fresh.contains("warning"), "{fresh}");
        place.well(&["db", "migrate"]);
        assert_eq!(
            place.well(&["db", "lint"]),
            "primary: 0 migrations looked at, weighed by rows: nothing found\ndata: 0 migrations looked at, weighed by rows: nothing found\n"
        );
        // Every migration again, on tables that are empty or small.
        assert!(place.well(&["db", "lint", "--all", "data"]).contains("(empty): "));
        assert_eq!(place.well(&["db", "refs", "check"]), "databases.toml declares no references here\n");

        let sizes = json(place.well(&["db", "size", "--json", "--tables", "3"]).as_bytes());
        let names = [&sizes[0]["answer"]["server_name"], &sizes[1]["answer"]["server_name"]];
        assert_eq!(names[0] != names[1], split == "true", "{sizes}");
        for (size, schemas) in [(&sizes[0], &["config."][..]), (&sizes[1], &["workspace.", "reference."][..])] {
            let tables = size["answer"]["largest"].as_array().expect("a list");
            let own = |table: &Value| schemas.iter().any(|schema| format!("{}.", table["schema"].as_str().unwrap_or_default()) == *schema);
            assert!(tables.len() == 3 && tables.iter().all(own), "{size}");
        }
        let printed = place.well(&["db", "connections", "primary"]);
        assert!(printed.starts_with("primary: 1 connection (1 active), the limit is 12; the server has "), "{printed}");
    }
}
