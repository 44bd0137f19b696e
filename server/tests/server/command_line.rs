//! The real program on data folders of its own: the whole slice by commands alone, failures as one sentence, and a server's life.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::{Place, Server, ask, text};

const ZIPS: &str = "zip,lat,lng,city,state_id,population\n00601,18.18,-66.75,Adjuntas,PR,100\n00602,18.36,-67.18,Aguada,PR,300\n\
                    10001,40.75,-73.99,New York,NY,27004\n";
const GAZETTEER: &str = "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG     \n\
                         00601\t166659789\t799296\t64.348\t0.309\t 18.180555\t -66.749961     \n\
                         00602\t79288158\t4446273\t30.613\t1.717\t 18.362268\t -67.176130     \n\
                         10001\t1613167\t0\t0.623\t0.\t 40.750633\t -73.997177     \n";

/// What the audit says of migrations: who, of which database, and how many versions.
const MIGRATIONS: &str =
    "SELECT coalesce(string_agg(resource_id || ' ' || jsonb_array_length(after::jsonb -> 'versions'), ', ' ORDER BY id), ''),
    coalesce(bool_and(actor LIKE 'system:_%' AND resource = 'database'), true) FROM config.audit WHERE action = 'migrate'";

#[test]
fn the_whole_slice_by_commands_alone_in_one_database_and_in_two() {
    let mut exports = Vec::new();
    for split in ["true", "false"] {
        let place = Place::new();
        let (zips, gazetteer) = (place.file("zips.csv", ZIPS), place.file("gaz.txt", GAZETTEER));
        place.file("handled.env", &format!("SPLIT_DB_MODE={split}\n"));
        let imported = place.well(&["import", "us-zips", &zips]);
        assert!(imported.contains("3 rows in workspace.us_zips, 0 rows rejected"), "{imported}");
        assert!(!place.runs_postgres(), "a command starts PostgreSQL for its own duration");
        let imported: serde_json::Value = serde_json::from_str(&place.well(&["import", "gaz-zcta", &gazetteer, "--json"])).expect("json");
        assert_eq!((imported[0]["rows"].as_u64(), imported[0]["failure"].as_str()), (Some(3), None));
        let transformed = place.well(&["transform", "run"]);
        assert!(
            transformed.contains("zip3: succeeded") && transformed.contains("2 rows in reference.zip3_demographics: 2 added"),
            "{transformed}"
        );
        assert_eq!(place.well(&["transform", "run"]), "Everything is up to date.\n");
        place.well(&["export", "zip3-reference", "-o", "out.json"]);
        let export = std::fs::read_to_string(place.outer.path().join("out.json")).expect("the export");
        assert_eq!(place.well(&["export", "zip3-reference.json", "-o", "-"]), export);
        assert!(export.starts_with(r#"{"006":{"lat":"#), "{export}");
        let beside = || {
            let text = std::fs::read_to_string(place.outer.path().join("out.json.sources.json")).expect("what lies beside it");
            serde_json::from_str::<serde_json::Value>(&text).expect("json")
        };
        assert_eq!((beside()["bytes"].as_u64(), &beside()["stale"]), (Some(export.len() as u64), &false.into()));
        // Made from older rows than there are.
        place.well(&["import", "us-zips", &zips, "--same-bytes"]);
        let refused = place.refused(&["export", "zip3-reference", "-o", "out.json"], &[], 1);
        assert!(
            refused.contains("zip3-reference.json would hold older rows than there are: ") && refused.contains("--accept-stale"),
            "{refused}"
        );
        let accepted = place.well(&["export", "zip3-reference", "-o", "out.json", "--accept-stale"]);
        assert!(accepted.contains("It holds older rows than there are: workspace.us_zips (by the run "), "{accepted}");
        assert_eq!((&beside()["stale"], &beside()["sources"][0]["relation"]), (&true.into(), &"reference.zip3_demographics".into()));
        exports.push(export);
        assert!(
            place
                .refused(&["export", "zip3-reference", "-o", "none/x.json", "--accept-stale"], &[], 1)
                .contains("none/x.json cannot be written")
        );
        let status = place.well(&["db", "status"]);
        assert!(status.contains("primary (config): ") && status.contains("data (workspace): ") && !status.contains("pending"), "{status}");
        assert_eq!(place.well(&["db", "migrate"]), "primary: nothing to do\ndata: nothing to do\n");
    }
    assert_eq!(exports[0], exports[1], "the same bytes in one database and in two");
}

#[test]
fn failures_are_one_sentence_and_an_exit_code() {
    let place = Place::new();
    // Refused before any database is started.
    assert!(place.refused(&["db", "status"], &[("PORT", "x")], 1).contains("PORT is \"x\" (in the environment); it takes a number"));
    assert!(
        place
            .refused(&["transform", "run", "zip4"], &[], 1)
            .contains("There is no transformation \"zip4\"; there are: zone-transit-days, zip3, delivery-matrix.")
    );
    assert!(place.refused(&["export", "zip4", "-o", "x"], &[], 1).contains("There is no export \"zip4\""));
    assert!(place.refused(&["--env-file", "own.env", "db", "status"], &[], 1).contains("The env file own.env cannot be read"));
    let user = ["user", "create", "--email", "ana@example.com", "--name", "Ana", "--role"];
    let nobody = ["user", "create", "--email", "nobody", "--name", "Ana", "--role", "viewer"];
    assert!(place.refused(&nobody, &[], 1).contains("Enter an e-mail address such as name@example.com."));
    assert!(!place.outer.path().join(".handled").exists(), "nothing was made");

    // A database that is not there.
    let nowhere = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let url = format!("postgres://app:hush@{nowhere}/none?sslmode=disable");
    let given = [("PRIMARY_DATABASE_URL", url.as_str()), ("SPLIT_DB_MODE", "false")];
    let sentence = place.refused(&["db", "status", "primary"], &given, 4);
    assert!(sentence.contains("primary: connecting failed") && !sentence.contains("hush"), "{sentence}");
    assert!(place.refused(&["import", "us-zips", "x"], &given, 1).contains("primary: connecting failed"));

    // With databases.
    let pending = place.run(&["db", "status", "--json"], &[]);
    assert_eq!(pending.status.code(), Some(2));
    let status: serde_json::Value = serde_json::from_slice(&pending.stdout).expect("json");
    assert_eq!((status[0]["database"].as_str(), status[1]["clean"].as_bool()), (Some("primary"), Some(false)));
    let created = place.well(&[&user[..], &["viewer"]].concat());
    assert!(created.contains("Created ana@example.com as Viewer.") && created.contains("Password, shown this once: "), "{created}");
    assert!(place.refused(&[&user[..], &["viewer"]].concat(), &[], 1).contains("ana@example.com"));
    assert!(
        place
            .refused(&[&user[..], &["king"]].concat(), &[], 1)
            .contains("There is no role \"king\"; there are: Administrator, Data analyst, Operations manager, Viewer, Warehouse staff.")
    );
    let bad = place.file("bad.csv", "nothing of use\n1,2\n");
    assert!(place.refused(&["import", "us-zips", &bad], &[], 1).contains("bad.csv was not imported: "));
    assert!(place.refused(&["import", "us-zips", "none.csv"], &[], 1).contains("none.csv was not imported: "));
    let several = place.run(&["import", "us-zips", &bad, &place.file("zips.csv", ZIPS), "none.csv"], &[]);
    assert_eq!((several.status.code(), text(&several.stderr).as_str()), (Some(1), "handled: 2 of 3 files were not imported.\n"));
    assert!(text(&several.stdout).contains("zips.csv: 3 rows in workspace.us_zips"), "{}", text(&several.stdout));
    assert!(!place.runs_postgres());
}

#[test]
fn a_server_greets_once_serves_shares_and_leaves_nothing_running() {
    let place = Place::new();
    let mut first = Server::start(&place);
    assert!(first.welcome.contains("E-mail") && first.welcome.contains("Password"), "{}", first.welcome);
    assert!(first.welcome.contains(&format!("http://{}/sign-in", first.address)), "{}", first.welcome);
    assert!(first.get("/api/health").expect("an answer").contains("\"healthy\""));
    assert!(first.get("/sign-in").expect("an answer").starts_with("HTTP/1.1 200 "));

    // A command beside it uses its PostgreSQL and leaves it running; a second server wants another port.
    let note = place.outer.path().join(".handled/postgres/postmaster.pid");
    let before = std::fs::read_to_string(&note).expect("running");
    place.well(&["db", "status"]);
    assert_eq!(std::fs::read_to_string(&note).expect("running"), before);
    let port = first.address.rsplit(':').next().expect("a port");
    let sentence = place.refused(&["serve"], &[("PORT", port)], 1);
    assert!(sentence.contains(&format!("Port {port} on 127.0.0.1 is taken by another program")), "{sentence}");

    first.signal("-TERM");
    assert_eq!(first.ended(), Some(0));
    assert!(!note.exists(), "PostgreSQL is stopped");
    let mut second = Server::start(&place);
    assert!(!second.welcome.contains("Password"), "the password is shown once: {}", second.welcome);
    second.signal("-HUP");
    assert_eq!(second.ended(), Some(0));

    // A killed server leaves PostgreSQL running; the next start recovers it.
    let mut third = Server::start(&place);
    let orphaned = std::fs::read_to_string(&note).expect("running");
    third.signal("-KILL");
    assert_eq!(third.ended(), None);
    assert!(note.exists());
    let mut fourth = Server::start(&place);
    assert_ne!(std::fs::read_to_string(&note).expect("running"), orphaned);
    assert!(fourth.get("/api/health").expect("an answer").contains("\"healthy\""));
    fourth.signal("-TERM");
    assert_eq!(fourth.ended(), Some(0));
    assert!(!note.exists());
}

#[test]
fn a_server_without_its_site_says_what_to_do() {
    let place = Place::new();
    let sentence = place.refused(&["serve"], &[("LEPTOS_SITE_ROOT", "nowhere")], 1);
    assert!(sentence.contains("There is no site folder") && sentence.contains("make build"), "{sentence}");
    let empty: PathBuf = place.outer.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    let sentence = place.refused(&["serve"], &[("LEPTOS_SITE_ROOT", "empty")], 1);
    assert!(sentence.contains("does not hold pkg/handled.js"), "{sentence}");
}

#[test]
fn databases_of_somebody_else_are_migrated_only_when_told_to() {
    // Somebody else's server: another data folder's.
    let theirs = Place::new();
    let mut server = Server::start(&theirs);
    let url = |role: &str, database: &str| theirs.url(role, database);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        use sqlx::Connection;
        let url: database_connection::DatabaseUrl = url("postgres", "postgres").parse().expect("a URL");
        let mut connection = sqlx::PgConnection::connect_with(&url.connect_options()).await.expect("connected");
        for statement in ["CREATE DATABASE one OWNER handled_owner", "CREATE DATABASE other OWNER handled_owner"] {
            sqlx::raw_sql(statement).execute(&mut connection).await.expect(statement);
        }
    });

    let place = Place::new();
    let (primary, data) = (url("handled_app", "one"), url("handled_app", "other"));
    let (primary_owner, data_owner) = (url("handled_owner", "one"), url("handled_owner", "other"));
    let given = [
        ("PRIMARY_DATABASE_URL", primary.as_str()),
        ("DATA_DATABASE_URL", &data),
        ("PRIMARY_OWNER_URL", &primary_owner),
        ("DATA_OWNER_URL", &data_owner),
    ];
    let zips = place.file("zips.csv", ZIPS);
    for command in [&["serve"][..], &["import", "us-zips", &zips]] {
        let sentence = place.refused(command, &given, 1);
        assert!(sentence.contains("The database primary lacks ") && sentence.contains("run `handled db migrate primary`"), "{sentence}");
    }
    // DATA alone, while PRIMARY has no audit yet: a warning, and it is done.
    let first = place.run(&["db", "migrate", "data", "--json"], &given);
    let warning = text(&first.stderr);
    assert!(first.status.success() && warning.trim_end().lines().count() == 1, "{warning}");
    assert!(
        warning.starts_with("handled: The migrations of data were applied, but PRIMARY's audit could not take the record"),
        "{warning}"
    );
    let migrated = place.well_with(&["db", "migrate", "primary"], &given);
    assert!(migrated.contains("primary: applied 0001 accounts") && !migrated.contains("data"), "{migrated}");
    let count = |text: &str| text.lines().filter(|line| line.contains(": applied ")).count();
    let expected = (format!("primary {}", count(&migrated)), true);
    assert_eq!(ask::<(String, bool)>(&primary, MIGRATIONS).expect("the audit"), expected);
    assert_eq!(place.well_with(&["db", "migrate"], &given), "primary: nothing to do\ndata: nothing to do\n");
    assert_eq!(ask::<(String, bool)>(&primary, MIGRATIONS).expect("the audit"), expected, "nothing done, nothing recorded");
    // The private PostgreSQL's own migrations, by the server itself.
    let (own, _) = ask::<(String, bool)>(&url("handled_app", "handled_primary"), MIGRATIONS).expect("the audit");
    assert!(own.starts_with("primary ") && own.contains(", data "), "{own}");
    assert!(place.well_with(&["import", "us-zips", &zips], &given).contains("3 rows in workspace.us_zips"));
    assert!(!place.runs_postgres() && !place.outer.path().join(".handled/postgres").exists(), "no private PostgreSQL is made");
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(0));
}

/// An import of several files is interrupted during the first: nothing of the others is left for anybody to do, and what became of each
/// is printed.
#[test]
fn an_interrupted_import_leaves_nothing_to_do_and_says_what_became_of_each_file() {
    let place = Place::new();
    place.well(&["db", "migrate"]);
    let files: Vec<String> = (1..=4)
        .map(|file| {
            let rows = (0..90_000).map(|zip| format!("{zip:05},40.5,-90.25,City,IL,{file}\n"));
            place.file(&format!("zips-{file}.csv"), &format!("zip,lat,lng,city,state_id,population\n{}", rows.collect::<String>()))
        })
        .collect();
    let arguments: Vec<&str> = ["import", "us-zips", "--json"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let child = place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let begun = Instant::now();
    let working = "SELECT count(*) FROM config.integration_runs WHERE state = 'running'";
    while !place.runs_postgres() || !matches!(ask::<(i64,)>(&place.url("handled_app", "handled_primary"), working), Ok((1..,))) {
        assert!(begun.elapsed() < Duration::from_secs(60), "no run began");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    let output = child.wait_with_output().expect("ended");
    let sentence = text(&output.stderr);
    println!("{sentence}");
    let outcomes: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json all the same");
    let outcomes = outcomes.as_array().expect("a list");
    let imported = outcomes.iter().filter(|outcome| outcome["failure"].is_null()).count();
    assert!(outcomes.len() == 4 && imported < 4, "{outcomes:?}");
    assert_eq!(output.status.code(), Some(130), "{sentence}");
    assert_eq!(sentence, format!("handled: Interrupted: {imported} of 4 files were imported; the others changed nothing.\n"));

    let mut server = Server::start(&place);
    let ended = "SELECT count(*), count(*) FILTER (WHERE state IN ('succeeded', 'failed', 'cancelled')),
                        count(*) FILTER (WHERE state = 'succeeded') FROM config.integration_runs WHERE operation = 'import'";
    let ended: (i64, i64, i64) = ask(&place.url("handled_app", "handled_primary"), ended).expect("the runs");
    assert_eq!(ended, (4, 4, i64::try_from(imported).expect("few")));
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(0));
}
