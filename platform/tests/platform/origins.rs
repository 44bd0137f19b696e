//! Kinds that are replaced by origin: many files in one run, each judged for itself; other origins stay.

use demo::{Chart, Country, Format, Text};
use model::preview::{Consent, ImportOptions};
use model::run::{RunDetail, RunState};
use platform::permit;

use crate::installation::{Installation, Mode, ask};

fn chart(origin: &str, chart: Chart) -> Vec<u8> {
    demo::zone_chart(&Country::tiny(), origin, &chart).expect("a chart")
}

async fn import(installation: &Installation, files: &[(&str, Vec<u8>)]) -> RunDetail {
    let runs = installation.import_all(files, None, ImportOptions::default()).await;
    assert_eq!(runs.len(), 1, "one run for all");
    runs.into_iter().next().expect("a run")
}

async fn origins(installation: &Installation) -> Vec<String> {
    ask(installation.data(), "SELECT coalesce(array_agg(DISTINCT origin ORDER BY origin), '{}') FROM workspace.ups_zones").await
}

async fn rows(installation: &Installation, condition: &'static str) -> i64 {
    ask(installation.data(), condition).await
}

#[tokio::test]
async fn charts_of_every_format_become_one_run_and_replace_their_origins() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let plain = Chart::default();
        let files = [
            ("005.xls", chart("005", Chart { format: Format::Biff, ..plain })),
            ("010.xlsx", chart("010", plain)),
            ("286.xls", chart("286", Chart { format: Format::Html, ..plain })),
        ];
        let run = import(&installation, &files).await;
        assert_eq!((run.run.failure.as_deref(), run.run.files, run.files.len()), (None, 3, 3));
        assert_eq!(origins(&installation).await, ["005", "010", "286"]);
        assert!(rows(&installation, "SELECT count(*) FROM workspace.ups_zones WHERE length(destination) = 5 AND ground = '044'").await > 0);
        let per_origin: Vec<i64> =
            ask(installation.data(), "SELECT array_agg(n) FROM (SELECT count(*) AS n FROM workspace.ups_zones GROUP BY origin) g").await;
        assert!(per_origin.iter().all(|n| *n == per_origin[0]), "{per_origin:?}");

        let other = chart("005", Chart { grid: false, ..plain });
        let replaced = import(&installation, &[("005.xlsx", other)]).await;
        assert_eq!(replaced.run.failure, None);
        assert_eq!(origins(&installation).await, ["005", "010", "286"], "the others stay");
        assert_eq!(
            rows(&installation, "SELECT count(*) FROM workspace.ups_zones WHERE origin = '005' AND length(destination) = 5").await,
            0
        );

        // The first run can be undone although a later one has taken one of its origins: that one keeps it.
        let actor = installation.system::<permit::ImportsRun>().await;
        actor.undo_and_wait(&run.run.id).await.expect("is undone");
        assert_eq!(origins(&installation).await, ["005"]);
        actor.undo_and_wait(&replaced.run.id).await.expect("is undone");
        assert!(origins(&installation).await.is_empty());
    }
}

#[tokio::test]
async fn a_bad_file_is_left_out_and_the_others_are_imported() {
    let installation = Installation::new(Mode::Split).await;
    let good = chart("005", Chart::default());
    let twice = chart("005", Chart { grid: false, ..Chart::default() });
    let files = [("005.xlsx", good.clone()), ("copy.xlsx", good), ("other.xlsx", twice), ("010.xlsx", chart("010", Chart::default()))];
    let run = import(&installation, &files).await;
    assert_eq!(
        (run.run.state, run.run.notes[0].as_str()),
        (RunState::Succeeded, "2 of 4 files were left out; the list of files says why.")
    );
    let left_out: Vec<_> = run.files.iter().filter_map(|file| file.failure.as_deref()).collect();
    assert_eq!(
        left_out,
        [
            "copy.xlsx has the same bytes as another file of this import.",
            "other.xlsx holds the origin 005, which 005.xlsx of the same import holds too. Import the one that counts.",
        ]
    );
    assert_eq!(origins(&installation).await, ["005", "010"]);
    let again = import(&installation, &[("010.xlsx", chart("010", Chart::default())), ("286.xlsx", chart("286", Chart::default()))]).await;
    assert_eq!(again.files.iter().filter(|file| file.failure.is_some()).count(), 1, "what is live already is left out");
    assert_eq!(origins(&installation).await, ["005", "010", "286"]);
}

#[tokio::test]
async fn only_a_few_versions_of_an_origin_are_kept() {
    let installation = Installation::new(Mode::Split).await;
    let options = ImportOptions { consent: Consent { same_bytes: true, ..Consent::default() }, ..ImportOptions::default() };
    let content = chart("005", Chart::default());
    for _ in 0..6 {
        let runs = installation.import_all(&[("005.xlsx", content.clone())], None, options).await;
        assert_eq!(runs[0].run.failure, None);
    }
    let versions: i64 = ask(installation.data(), "SELECT count(DISTINCT version) FROM workspace.ups_zones_rows").await;
    assert_eq!((versions, rows(&installation, "SELECT count(*) FROM workspace.origin_versions").await), (4, 4));
}

#[tokio::test]
async fn time_in_transit_is_imported_without_a_header() {
    let installation = Installation::new(Mode::Split).await;
    let country = Country::tiny();
    let origin = country.places.iter().find(|place| place.zip.starts_with("286")).expect("a place").zip.clone();
    let content = demo::ups_ground(&country, &origin, &Text::ups_ground(1)).expect("a file");
    let run = import(&installation, &[(&format!("{origin}_Outbound.csv"), content)]).await;
    assert_eq!((run.run.failure.as_deref(), run.run.subject.as_deref()), (None, Some("ups-ground")));
    assert_eq!(rows(&installation, "SELECT count(*) FROM workspace.ups_ground").await, i64::try_from(run.run.rows_read).expect("few"));
}

#[tokio::test]
async fn service_standards_are_imported() {
    let installation = Installation::new(Mode::Split).await;
    let content = demo::usps_3d(&Country::tiny(), &Text::usps_3d());
    let run = import(&installation, &[("3D_Base_Service_Standard_Directory_03012025.csv", content)]).await;
    assert_eq!((run.run.failure.as_deref(), run.run.subject.as_deref()), (None, Some("usps-3d")));
    assert_eq!(run.files[0].release.as_ref().map(|release| release.as_str()), Some("2025-03-01"));
    assert_eq!(rows(&installation, "SELECT count(*) FROM workspace.usps_3d").await, i64::try_from(run.run.rows_read).expect("few"));
}
