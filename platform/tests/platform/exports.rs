//! Exports: what they hold, made once, told apart by what they are made from, and stamped where that is not up to date.

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, Utc};
use demo::{Country, Text};
use futures::TryStreamExt;
use model::Error;
use model::export::{ExportSources, ExportState};
use model::table::RowsQuery;
use model::transformation::Freshness;
use platform::{Authorized, Clock, Encoding, Stale, Taken, permit};

use crate::corrections::{list, with_bad_rows};
use crate::installation::{Installation, Mode, ask, system};
use crate::matrix::import_country;

/// A zone matrix, in one statement.
const PLAIN: &str = "WITH ground AS MATERIALIZED (
    SELECT origin, destination, min(transit_days) AS days FROM reference.delivery_matrix
    WHERE (carrier, service) IN (('UPS', 'GND'), ('USPS', 'GAL'), ('USPS', 'GAH'), ('USPS', 'PKG')) AND (CARRIER IS NULL OR carrier = CARRIER)
    GROUP BY origin, destination),
  o AS (SELECT DISTINCT origin FROM ground), d AS (SELECT DISTINCT destination FROM ground),
  r AS (SELECT o.origin, string_agg(coalesce(g.days, 99)::text, ',' ORDER BY d.destination) AS cells
        FROM o CROSS JOIN d LEFT JOIN ground g USING (origin, destination) GROUP BY o.origin)
  SELECT '{\"origins\":[' || (SELECT string_agg('\"' || origin || '\"', ',' ORDER BY origin) FROM o)
      || '],\"destinations\":[' || (SELECT string_agg('\"' || destination || '\"', ',' ORDER BY destination) FROM d)
      || '],\"matrix\":[' || (SELECT string_agg('[' || cells || ']', ',' ORDER BY origin) FROM r) || ']}'";

async fn plain(installation: &Installation, carrier: &str) -> String {
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    let statement = PLAIN.replace("CARRIER", carrier);
    sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&mut transaction).await.expect("a matrix")
}

async fn reader(installation: &Installation) -> Authorized<permit::ExportsRead> {
    installation.system::<permit::ExportsRead>().await
}

async fn made(installation: &Installation) {
    import_country(installation).await;
    assert_eq!(installation.zip3().await.run.failure, None);
    assert_eq!(installation.transform("delivery-matrix").await.run.failure, None);
}

/// A newer edition of USPS's standards, which changes no day.
async fn newer_standards(installation: &Installation) -> model::RunId {
    let standards = [demo::usps_3d(&Country::tiny(), &Text::usps_3d()), b"\n".to_vec()].concat();
    let run = installation.import("3D_Base_Service_Standard_Directory_04012025.csv", &standards, None).await.run;
    assert_eq!(run.failure, None);
    run.id
}

async fn state(reader: &Authorized<permit::ExportsRead>, name: &str) -> ExportState {
    reader.exports().await.expect("a list").into_iter().find(|export| export.name == name).expect("is known")
}

#[tokio::test(flavor = "multi_thread")]
async fn zone_matrices_are_what_one_plain_statement_says() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        made(&installation).await;
        let reader = reader(&installation).await;
        for (name, carrier) in [("zone-matrix", "NULL::text"), ("zone-matrix-ups.json", "'UPS'"), ("zone-matrix-usps", "'USPS'")] {
            let file = reader.export(name, Stale::Refused).await.expect("an export");
            let text = String::from_utf8(file.bytes().to_vec()).expect("text");
            assert_eq!(text, plain(&installation, carrier).await, "{name}");
            assert!(text.len() > 100 && serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            assert_eq!(file.rows(), text.matches("],[").count() as u64 + 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_made_once_and_is_the_same_on_every_server_until_something_is_published() {
    let installation = Installation::new(Mode::Split).await;
    made(&installation).await;
    let reader = Arc::new(reader(&installation).await);
    let asking = (0..8).map(|_| {
        let reader = reader.clone();
        tokio::spawn(async move { reader.export("zone-matrix", Stale::Refused).await.expect("an export") })
    });
    let files = futures::future::join_all(asking).await.into_iter().map(|file| file.expect("is answered")).collect::<Vec<_>>();
    let first = &files[0];
    assert!(files.iter().all(|file| file.bytes().as_ptr() == first.bytes().as_ptr()), "the very same memory");
    for encoding in [Encoding::Gzip, Encoding::Brotli] {
        let (one, other) = (first.encoded(encoding).await.expect("compressed"), files[7].encoded(encoding).await.expect("compressed"));
        assert!(one.as_ptr() == other.as_ptr() && one.len() < first.bytes().len(), "{encoding:?}");
    }
    let runs: i64 = ask(
        &installation.primary,
        "SELECT count(*) FROM config.integration_runs WHERE operation = 'export' AND state = 'succeeded' AND subject = 'zone-matrix.json'",
    )
    .await;
    assert_eq!(runs, 8, "each is recorded");

    let other = installation.server(None).authorize::<permit::ExportsRead>(&system()).await.expect("a permit");
    let elsewhere = other.describe_export("zone-matrix.json", Stale::Refused).await.expect("a file");
    assert_eq!((&elsewhere.version.etag, elsewhere.bytes()), (&first.version.etag, first.bytes()));
    assert_ne!(elsewhere.version.etag, other.describe_export("zone-matrix-ups", Stale::Refused).await.expect("a file").version.etag);

    // Whoever has it gets nothing, which is recorded all the same.
    let etag = first.version.etag.clone();
    let taken = other.take_export("zone-matrix", Stale::Refused, |version| version.etag == etag).await.expect("is taken");
    assert!(matches!(taken, Taken::Unchanged(version) if version.last_modified == first.version.last_modified));
    let latest = state(&reader, "zone-matrix.json").await.latest.expect("a run");
    assert_eq!(latest.notes, ["Whoever asked had this version already."]);

    // The same rows once more are another publication, and the same bytes.
    newer_standards(&installation).await;
    installation.transform("delivery-matrix").await;
    let later = reader.export("zone-matrix", Stale::Refused).await.expect("an export");
    assert!(later.version.etag != etag && later.bytes() == first.bytes() && later.version.last_modified > first.version.last_modified);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stale_is_exported_only_by_agreement_and_says_so_and_what_it_was_made_from() {
    let installation = Installation::new(Mode::Split).await;
    made(&installation).await;
    let reader = reader(&installation).await;
    let before = reader.export("zone-matrix", Stale::Refused).await.expect("an export").sources();
    let imported = |sources: &ExportSources| {
        let relations = sources.sources[0].imports.iter().map(|import| import.relation.clone()).collect::<Vec<_>>();
        let runs = sources.sources[0].imports.iter().map(|import| import.run_id.clone()).collect::<Vec<_>>();
        (relations, runs)
    };
    let (relations, runs) = imported(&before);
    assert_eq!(relations, ["workspace.ups_ground", "workspace.ups_zones", "workspace.us_zips", "workspace.usps_3d"]);
    let usps = runs[3].clone();
    assert_eq!((before.stale, before.sources[0].relation.as_str(), before.bytes > 0), (false, "reference.delivery_matrix", true));

    let newer = newer_standards(&installation).await;
    let shown = state(&reader, "zone-matrix.json").await;
    assert_eq!((shown.freshness, shown.stale_by[0].run_id.as_ref()), (Freshness::Stale, Some(&newer)));
    assert_eq!(state(&reader, "zip3-reference.json").await.freshness, Freshness::Current);
    let refused = reader.export("zone-matrix", Stale::Refused).await.expect_err("is stale");
    let sentence = refused.to_string();
    assert!(matches!(refused, Error::Conflict { .. }) && sentence.contains("?stale=accept") && sentence.contains("--accept-stale"));
    assert!(sentence.contains(&format!("workspace.usps_3d (by the run {newer}) has changed since reference.delivery_matrix was made.")));
    assert!(reader.describe_export("zone-matrix", Stale::Refused).await.is_err());
    let stale = reader.export("zone-matrix", Stale::Accepted).await.expect("is accepted");
    let sources = stale.sources();
    assert_eq!((sources.stale, sources.stale_by[0].run_id.as_ref(), &imported(&sources).1), (true, Some(&newer), &runs));
    let latest = state(&reader, "zone-matrix.json").await.latest.expect("a run");
    assert!(latest.notes[0].starts_with("workspace.usps_3d (by the run "), "{:?}", latest.notes);

    // Made of the newer one, and that undone: it still says of which it was made.
    installation.transform("delivery-matrix").await;
    let made_of_newer = reader.export("zone-matrix", Stale::Refused).await.expect("an export").sources();
    assert_eq!(imported(&made_of_newer).1[3], newer);
    let undone = installation.system::<permit::ImportsRun>().await.undo_and_wait(&newer).await.expect("is undone").run.id;
    let stale = reader.export("zone-matrix", Stale::Accepted).await.expect("is accepted").sources();
    assert_eq!((imported(&stale).1[3].clone(), stale.stale_by[0].run_id.as_ref()), (newer, Some(&undone)));
    installation.transform("delivery-matrix").await;
    assert_eq!(imported(&reader.export("zone-matrix", Stale::Refused).await.expect("an export").sources()).1[3], usps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_that_is_taken_back_is_still_named_by_what_was_made_from_it() {
    let installation = Installation::new(Mode::Single).await;
    made(&installation).await;
    let chart = demo::zone_chart(&Country::tiny(), "005", &demo::Chart { release: Some("December 26, 2031"), ..demo::Chart::default() });
    let newer = installation.import("005.xlsx", &chart.expect("a chart"), None).await.run;
    assert_eq!(newer.failure, None);
    installation.transform("delivery-matrix").await;
    let reader = reader(&installation).await;
    let charts = async || {
        let sources = reader.export("zone-matrix-ups", Stale::Accepted).await.expect("an export").sources();
        let imports = sources.sources.into_iter().flat_map(|source| source.imports);
        imports.filter(|import| import.relation == "workspace.ups_zones").map(|import| import.run_id).collect::<Vec<_>>()
    };
    let both = charts().await;
    assert_eq!((both.len(), &both[1]), (2, &newer.id), "the other origin's chart is the first import's");
    installation.system::<permit::ImportsRun>().await.undo_and_wait(&newer.id).await.expect("is undone");
    assert_eq!(charts().await, both);
    installation.transform("delivery-matrix").await;
    assert_eq!(charts().await, both[..1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_matrix_as_a_file_is_what_its_view_shows_and_is_answered_by_origin_or_destination() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        made(&installation).await;
        let tables = installation.system::<permit::ImportsRead>().await;
        let query = |filters: &[(&str, &str)], sort: &str| RowsQuery {
            table: "delivery_matrix".to_owned(),
            filters: filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            sort: sort.to_owned(),
            ..RowsQuery::default()
        };
        let all = async |query: RowsQuery| {
            let rows = tables.all_rows(&query).await.expect("rows").rows;
            rows.try_collect::<Vec<_>>().await.expect("reads")
        };
        let whole = all(query(&[], "")).await;
        assert!(whole.len() > 500 && whole.iter().all(|(_, run)| run.is_some()), "{}", whole.len());
        // In this order, the view itself is asked.
        assert!(all(query(&[], "origin")).await == whole);
        let to = all(query(&[("destination", "010"), ("carrier", "ups")], "")).await;
        let expected: Vec<_> =
            whole.iter().filter(|(cells, _)| cells[1].as_deref() == Some("010") && cells[2].as_deref() == Some("UPS")).cloned().collect();
        assert!(!to.is_empty() && to == expected);

        let shown = tables.rows(&query(&[], "")).await.expect("a page");
        assert_eq!((shown.page.total, shown.page.rows.len(), shown.runs.len()), (whole.len() as u64, 50, 1));
        let narrowed = tables.rows(&query(&[("origin", "005"), ("source", "Measured")], "-transit_days")).await.expect("a page");
        let count = whole.iter().filter(|(cells, _)| cells[0].as_deref() == Some("005") && cells[7].as_deref() == Some("measured")).count();
        assert_eq!(narrowed.page.total, count as u64);
        for (filters, sort) in [(&[][..], "zone"), (&[("service", "GND")][..], ""), (&[("origin", "")][..], "")] {
            let refused = tables.rows(&query(filters, sort)).await.expect_err("is refused").to_string();
            assert!(refused.starts_with("reference.delivery_matrix has too many rows to be "), "{refused}");
        }
        let seeded = tables.tables().await.expect("a list");
        let rows = |name: &str| seeded.iter().find(|relation| relation.name == name).map(|relation| relation.rows);
        assert_eq!((rows("reference.carriers"), rows("reference.services")), (Some(2), Some(14)));
        assert_eq!(rows("reference.delivery_matrix"), Some(whole.len() as u64));
    }
}

#[tokio::test]
async fn an_import_whose_rows_were_corrected_is_named_with_its_correction() {
    let installation = Installation::new(Mode::Split).await;
    let first = installation.import("a.csv", &with_bad_rows(), None).await.run.id;
    let mended = list(&installation, &first).await.replace("91.5", "41.5").replace("California", "CA");
    let second = installation.import("a-rejected.csv", mended.as_bytes(), None).await.run.id;
    assert_eq!(installation.zip3().await.run.failure, None);
    let sources = reader(&installation).await.export("zip3-reference", Stale::Refused).await.expect("an export").sources();
    let imports: Vec<_> = sources.sources[0].imports.iter().map(|import| import.run_id.clone()).collect();
    assert_eq!(imports, [first, second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_says_what_to_do() {
    let installation = Installation::new(Mode::Split).await;
    let reader = reader(&installation).await;
    assert!(reader.exports().await.expect("a list").iter().all(|export| export.freshness == Freshness::Waiting));
    let empty = reader.export("zone-matrix", Stale::Refused).await.expect_err("there is nothing");
    assert_eq!(empty.to_string(), "reference.delivery_matrix is empty: run the transformation that fills it first.");
    let standards = demo::usps_3d(&Country::tiny(), &Text::usps_3d());
    installation.import("3D_Base_Service_Standard_Directory_03012025.csv", &standards, None).await;
    installation.transform("delivery-matrix").await;
    let empty = reader.export("zone-matrix-ups", Stale::Refused).await.expect_err("there is nothing");
    assert!(empty.to_string().starts_with("zone-matrix-ups.json would be empty: "), "{empty}");
    assert!(reader.export("zone-matrix-usps", Stale::Refused).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_written_to_the_store_once_a_day_by_one_of_several_servers() {
    let now: DateTime<Utc> = "2026-11-20T05:30:00Z".parse().expect("a time");
    let clock = Clock::from_fn(move || now);
    let installation = Installation::with_clock(Mode::Split, clock).await;
    made(&installation).await;
    newer_standards(&installation).await;
    let daily = NaiveTime::from_hms_opt(5, 0, 0).expect("a time");
    let servers = [installation.exporting_server(daily), installation.exporting_server(daily)];
    for server in &servers {
        server.start().await.expect("starts");
    }
    let runs = "SELECT count(*) FROM config.integration_runs WHERE operation = 'export'";
    installation.until(async || ask::<i64>(&installation.primary, runs).await >= 4).await;
    for server in &servers {
        server.stop(std::time::Duration::from_secs(10)).await;
    }
    let recorded: String = ask(
        &installation.primary,
        "SELECT string_agg(subject || ' ' || state, ', ' ORDER BY subject) FROM config.integration_runs
         WHERE operation = 'export' AND actor = 'system:scheduler'",
    )
    .await;
    let names = ["zip3-reference.json", "zone-matrix-ups.json", "zone-matrix-usps.json", "zone-matrix.json"];
    assert_eq!(recorded, names.map(|name| format!("{name} succeeded")).join(", "));
    assert_eq!(ask::<i64>(&installation.primary, runs).await, 4, "once");
    let reader = reader(&installation).await;
    for name in names {
        let folder = installation.exports();
        let bytes = std::fs::read(folder.join(name)).expect("the file");
        let sources = std::fs::read(folder.join(format!("{name}.sources.json"))).expect("its sources");
        let sources: ExportSources = serde_json::from_slice(&sources).expect("json");
        let file = reader.describe_export(name, Stale::Accepted).await.expect("a file");
        assert_eq!((bytes == file.bytes(), sources.bytes, sources.stale), (true, bytes.len() as u64, name != "zip3-reference.json"));
        assert_eq!(sources, file.sources());
    }
    let left = std::fs::read_dir(installation.exports()).expect("a folder").count();
    assert_eq!(left, 8, "nothing else lies there");
}
