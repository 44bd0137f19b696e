//! The delivery matrix: value by value what one plain SQL statement says, and published only when it passes its checks.

use demo::{Chart, Country, Text};
use model::preview::ImportOptions;
use model::run::{RunDetail, RunState};
use model::transformation::{Freshness, Wanted};
use platform::{ZoneDaysChange, permit};

use crate::installation::{Installation, Mode, ask};

/// What the matrix must be, in one statement.
const PLAIN: &str = include_str!("delivery_matrix.sql");
const COLUMNS: &str = "origin, destination, carrier, service, transit_days, zone, delivery_score, source";
const CHECKSUM: &str = "SELECT md5(coalesce(string_agg(m::text, E'\n' ORDER BY origin, destination, carrier, service), ''))
                        FROM reference.delivery_matrix m";

/// Files of every kind of a small country: two charts, measured days from one ZIP, and population for the grids.
pub fn files(country: &Country) -> Vec<(String, Vec<u8>)> {
    let files = [
        ("3D_Base_Service_Standard_Directory_03012025.csv".to_owned(), demo::usps_3d(country, &Text::usps_3d())),
        ("005.xlsx".to_owned(), demo::zone_chart(country, "005", &Chart::default()).expect("a chart")),
        ("010.xlsx".to_owned(), demo::zone_chart(country, "010", &Chart::default()).expect("a chart")),
        ground(country),
        ("uszips.csv".to_owned(), demo::us_zips(country, &Text::us_zips())),
    ];
    files.into()
}

/// Measured days from the largest place of an area.
fn ground(country: &Country) -> (String, Vec<u8>) {
    let origin = country.area("010").and_then(|area| country.main_place(area)).expect("a place");
    (format!("{}.csv", origin.zip), demo::ups_ground(country, &origin.zip, &Text::ups_ground(1)).expect("a file"))
}

pub async fn import_country(installation: &Installation) {
    let files = files(&Country::tiny());
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, content)| (name.as_str(), content.clone())).collect();
    let runs = installation.import_all(&files, None, ImportOptions::default()).await;
    assert!(runs.iter().all(|run| run.run.failure.is_none()), "{runs:?}");
}

/// Asserts that the published matrix is what the plain statement says; answers how many values it has.
async fn equals_plain(installation: &Installation) -> i64 {
    let difference = format!(
        "WITH plain AS MATERIALIZED ({PLAIN}), made AS MATERIALIZED (SELECT {COLUMNS} FROM reference.delivery_matrix)
         SELECT coalesce(string_agg(which || ' ' || d::text, E'\n'), '') FROM (
             (SELECT 'only plain' AS which, * FROM (SELECT * FROM plain EXCEPT ALL SELECT * FROM made) p LIMIT 5)
             UNION ALL
             (SELECT 'only made' AS which, * FROM (SELECT * FROM made EXCEPT ALL SELECT * FROM plain) m LIMIT 5)) d"
    );
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    let different: String = sqlx::query_scalar(sqlx::AssertSqlSafe(difference)).fetch_one(&mut transaction).await.expect("compares");
    assert_eq!(different, "");
    ask(installation.data(), "SELECT count(*) FROM reference.delivery_matrix").await
}

fn assert_passed(run: &RunDetail) {
    assert_eq!((run.run.failure.as_deref(), run.run.state), (None, RunState::Succeeded), "{:?}", run.checks);
    assert!(!run.checks.is_empty() && run.checks.iter().all(|check| check.passed), "{:?}", run.checks);
}

async fn freshness(installation: &Installation, name: &str) -> (Freshness, Vec<String>) {
    let states = installation.system::<permit::TransformationsRead>().await.transformations().await.expect("a list");
    let state = states.into_iter().find(|state| state.name == name).expect("is known");
    (state.freshness, state.stale_by.into_iter().map(|cause| cause.relation).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_is_what_the_plain_statement_says() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        import_country(&installation).await;
        let run = installation.transform("delivery-matrix").await;
        assert_passed(&run);
        let values = equals_plain(&installation).await;
        assert!(values > 500, "{values}");
        let change = &run.changes.iter().find(|change| change.relation == "reference.delivery_matrix").expect("a change");
        assert_eq!((change.rows, change.added, change.changed, change.removed), (values.cast_unsigned(), values.cast_unsigned(), 0, 0));
        let sources: String =
            ask(installation.data(), "SELECT string_agg(DISTINCT source, ' ' ORDER BY source) FROM reference.delivery_matrix").await;
        assert_eq!(sources, "estimated measured standard");

        // Other days for a zone change its values and nothing else.
        let change = ZoneDaysChange {
            carrier: "UPS".to_owned(),
            service: "GND".to_owned(),
            zone: "007".to_owned(),
            expected: Some(4),
            days: Some(5),
        };
        let copying = installation.system::<permit::TransformationsEdit>().await.set_zone_days(&change).await.expect("is set");
        installation.work_off(&copying.runs[0].1).await;
        assert_eq!(freshness(&installation, "delivery-matrix").await, (Freshness::Stale, vec!["reference.zone_transit_days".to_owned()]));
        let again = installation.transform("delivery-matrix").await;
        assert_passed(&again);
        assert_eq!(equals_plain(&installation).await, values);
        let change = &again.changes.iter().find(|change| change.relation == "reference.delivery_matrix").expect("a change");
        assert!(change.changed > 0 && change.added == 0 && change.removed == 0, "{change:?}");
        assert!(change.samples.iter().all(|sample| sample.cells[0].after.as_deref() == Some("5")), "{:?}", change.samples);
        assert_eq!(freshness(&installation, "delivery-matrix").await.0, Freshness::Current);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_carrier_is_enough() {
    let installation = Installation::new(Mode::Split).await;
    let nothing = installation.transform("delivery-matrix").await;
    assert!(nothing.run.failure.expect("is refused").starts_with("There is nothing to work on"));
    let country = Country::tiny();
    installation.import("3D_Base_Service_Standard_Directory_03012025.csv", &demo::usps_3d(&country, &Text::usps_3d()), None).await;
    let run = installation.transform("delivery-matrix").await;
    assert_passed(&run);
    assert!(run.run.notes[0].starts_with("UPS has no part in it"), "{:?}", run.run.notes);
    equals_plain(&installation).await;
    let (name, content) = ground(&country);
    installation.import(&name, &content, None).await;
    assert_passed(&installation.transform("delivery-matrix").await);
    equals_plain(&installation).await;
}

/// Changes imported rows as no import would, runs the transformation and answers its failure.
async fn run_on_bad_rows(installation: &Installation, spoil: &str) -> RunDetail {
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    transaction.run_script(spoil).await.expect(spoil);
    transaction.commit().await.expect("commits");
    installation.transform("delivery-matrix").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_its_checks_is_not_published() {
    let installation = Installation::new(Mode::Split).await;
    import_country(&installation).await;
    assert_passed(&installation.transform("delivery-matrix").await);
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    let script = "CREATE VIEW public.quick AS SELECT count(*) AS n FROM reference.delivery_matrix WHERE transit_days = 1;
                  GRANT SELECT ON public.quick TO PUBLIC;";
    transaction.run_script(script).await.expect("a view");
    transaction.commit().await.expect("commits");
    let before: (String, i64) = (ask(installation.data(), CHECKSUM).await, ask(installation.data(), "SELECT n FROM public.quick").await);
    let table: String = ask(
        installation.data(),
        "SELECT c.relname::text FROM workspace.live l JOIN pg_class c ON c.relname = 'usps_3d_' || l.publication WHERE l.relation = 'workspace.usps_3d'",
    )
    .await;

    let key = format!("ALTER TABLE workspace.{table} DROP CONSTRAINT {table}_pkey");
    for (spoil, mend, finding) in [
        (
            format!("UPDATE workspace.{table} SET pri = -2 WHERE origin = '006' AND destination = '010'"),
            format!("UPDATE workspace.{table} SET pri = 2 WHERE origin = '006' AND destination = '010'"),
            "USPS's days are from 1 to 10, of letters and marketing mail to 30: 1 is not, the first -2 days of PRI from 006 to 010",
        ),
        (
            format!("CREATE TABLE public.gone AS DELETE FROM workspace.{table} WHERE origin = '006' AND destination = '010' RETURNING *")
                .replace(
                    "CREATE TABLE public.gone AS DELETE",
                    &format!(
                        "CREATE TABLE public.gone AS SELECT * FROM workspace.{table} WHERE origin = '006' AND destination = '010'; DELETE"
                    ),
                )
                .replace(" RETURNING *", ""),
            format!("INSERT INTO workspace.{table} SELECT * FROM public.gone"),
            "1 is missing, the first 006 to 010",
        ),
        (
            format!("{key}; INSERT INTO workspace.{table} SELECT * FROM workspace.{table} WHERE origin = '006' AND destination = '010'"),
            format!(
                "DELETE FROM workspace.{table} a USING workspace.{table} b WHERE a.origin = b.origin AND a.destination = b.destination AND a.ctid > b.ctid"
            ),
            "No pair twice in workspace.usps_3d: 006 to 010 is there more than once",
        ),
    ] {
        let run = run_on_bad_rows(&installation, &spoil).await;
        let failure = run.run.failure.clone().unwrap_or_default();
        assert!(failure.contains(finding), "{failure}");
        assert!(failure.starts_with("What was made did not pass its checks, so what is published stays."), "{failure}");
        assert!(run.checks.iter().any(|check| !check.passed) && run.run.published.is_empty(), "{:?}", run.checks);
        let after: (String, i64) = (ask(installation.data(), CHECKSUM).await, ask(installation.data(), "SELECT n FROM public.quick").await);
        assert_eq!(after, before);
        let mut transaction = installation.data().pool().begin().await.expect("a transaction");
        transaction.run_script(&mend).await.expect("mends");
        transaction.commit().await.expect("commits");
    }
    assert_passed(&installation.transform("delivery-matrix").await);
    assert_eq!(ask::<String>(installation.data(), CHECKSUM).await, before.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stale_says_by_which_run_and_exactly_that_is_run() {
    let installation = Installation::new(Mode::Split).await;
    import_country(&installation).await;
    let runner = installation.system::<permit::TransformationsRun>().await;
    let names = |runs: &[RunDetail]| runs.iter().filter_map(|run| run.run.subject.clone()).collect::<Vec<_>>();
    let first = runner.request_and_wait(&Wanted::Stale).await.expect("runs");
    assert_eq!(names(&first), ["zone-transit-days", "zip3", "delivery-matrix"]);
    assert!(runner.request_and_wait(&Wanted::Stale).await.expect("runs").is_empty(), "everything is up to date");

    let standards = demo::usps_3d(&Country::tiny(), &Text::usps_3d());
    let newer = installation.import("3D_Base_Service_Standard_Directory_04012025.csv", &[standards, b"\n".to_vec()].concat(), None).await;
    assert_eq!(newer.run.failure, None);
    let reader = installation.system::<permit::TransformationsRead>().await;
    let states = reader.transformations().await.expect("a list");
    let causes: Vec<_> =
        states.iter().flat_map(|state| state.stale_by.iter().map(|cause| (state.name.as_str(), cause.run_id.clone()))).collect();
    assert_eq!(causes, [("delivery-matrix", Some(newer.run.id.clone()))]);
    let again = runner.request_and_wait(&Wanted::Stale).await.expect("runs");
    assert_eq!(names(&again), ["delivery-matrix"]);

    // Undoing is a change as well, and it is the undoing run that made it.
    let undone = installation.system::<permit::ImportsRun>().await.undo_and_wait(&newer.run.id).await.expect("is undone");
    let lineage = reader.lineage().await.expect("a lineage");
    let matrix = lineage.nodes.iter().find(|node| node.name == "reference.delivery_matrix").expect("a node");
    assert_eq!((matrix.freshness, matrix.stale_by[0].run_id.as_ref()), (Freshness::Stale, Some(&undone.run.id)));
    assert!(lineage.edges.iter().all(|(from, to)| from != to) && !lineage.edges.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_publishers_real_charts_pass_the_checks() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let names = ["uszips.csv", "005.xlsx", "010.xlsx", "011.xlsx", "012.xlsx", "013.xlsx"];
    if names.iter().any(|name| !folder.join(name).exists()) {
        eprintln!("skipped: the publishers' files are not here; the same paths are covered with files that the tests make");
        return;
    }
    let installation = Installation::new(Mode::Split).await;
    let files: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (*name, std::fs::read(folder.join(name)).expect("a file"))).collect();
    let runs = installation.import_all(&files, None, ImportOptions::default()).await;
    assert!(runs.iter().all(|run| run.run.failure.is_none()), "{runs:?}");
    assert_passed(&installation.transform("delivery-matrix").await);
    let values = equals_plain(&installation).await;
    assert!(values > 5 * 906 * 5, "{values}");
    let islands: i64 = ask(
        installation.data(),
        "SELECT count(DISTINCT destination) FROM reference.delivery_matrix WHERE destination IN ('967', '968', '995', '996', '997', '998', '999')",
    )
    .await;
    assert_eq!(islands, 7, "the grid of ZIPs is their only source");
}
