//! From files to the export, the same in every mode.

use std::path::Path;

use model::FileKind;
use model::run::{Published, RunState};

use crate::installation::{Installation, Mode, ask};
use crate::samples;

const EXPECTED: &str = concat!(
    r#"{"006":{"lat":18.315,"lng":-67.06875,"city":"Añasco","state":"PR","population":400},"#,
    r#""010":{"lat":42.0625,"lng":-72.625,"city":"Agawam","state":"MA","population":16088}}"#
);

async fn from_files_to_export(mode: Mode) {
    let installation = Installation::new(mode).await;
    let zips = installation.import("uszips.csv", &samples::few_zips(), Some(FileKind::UsZips)).await;
    assert_eq!((zips.run.state, zips.run.failure.as_deref()), (RunState::Succeeded, None));
    assert_eq!(zips.run.published, [Published { relation: "workspace.us_zips".to_owned(), rows: 4 }]);
    assert_eq!((zips.run.rows_read, zips.run.rows_rejected, zips.run.bytes_read), (4, 0, zips.run.file.expect("a file").bytes));
    assert_eq!(zips.run.actor, "system:tester");
    assert_eq!(zips.run.notes, ["Ignored columns: zcta, parent_zcta, county_fips, county_weights."]);

    let gazetteer = installation.import("gaz.txt", &samples::gazetteer(), None).await;
    assert_eq!((gazetteer.run.failure.as_deref(), gazetteer.run.rows_published()), (None, 3));
    assert_eq!(gazetteer.run.subject.as_deref(), Some("gaz-zcta"));

    let zip3 = installation.zip3().await;
    assert_eq!((zip3.run.failure.as_deref(), zip3.run.rows_published()), (None, 4));
    assert_eq!(String::from_utf8(installation.export().await).expect("UTF-8"), EXPECTED);

    let area: i64 = ask(installation.data(), "SELECT aland + awater FROM reference.zip3_centroids WHERE zip3 = '006'").await;
    assert_eq!(area, 166_659_745 + 799_293 + 79_307_535 + 4_428_428);
    let audit: Vec<String> = ask(&installation.primary, "SELECT array_agg(action ORDER BY id) FROM config.audit").await;
    assert_eq!(
        audit,
        ["import", "import-ended", "import", "import-ended", "transformation", "transformation-ended", "export", "export-ended"]
    );
}

#[tokio::test]
async fn split() {
    from_files_to_export(Mode::Split).await;
}

#[tokio::test]
async fn single() {
    from_files_to_export(Mode::Single).await;
}

#[tokio::test]
async fn single_behind_pgbouncer() {
    from_files_to_export(Mode::SingleBehindPgBouncer).await;
}

#[tokio::test]
async fn the_publishers_real_files_give_the_known_figures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let (zips, gazetteer) = (folder.join("uszips.csv"), folder.join("2017_Gaz_zcta_national.txt"));
    if !zips.exists() || !gazetteer.exists() {
        eprintln!("skipped: the publishers' files are not here; the same paths are covered with files that the tests make");
        return;
    }
    let installation = Installation::new(Mode::Split).await;
    let read = |path| std::fs::read(path).expect("a file");
    let run = installation.import("uszips.csv", &read(&zips), None).await.run;
    assert_eq!((run.failure, run.rows_rejected, run.published[0].rows), (None, 0, 33_783));
    let run = installation.import("2017_Gaz_zcta_national.txt", &read(&gazetteer), None).await.run;
    assert_eq!((run.failure, run.rows_rejected, run.published[0].rows), (None, 0, 33_144));
    let run = installation.zip3().await.run;
    assert_eq!((run.failure, run.published[0].rows), (None, 896));
    let population: i64 = ask(installation.data(), "SELECT sum(population)::bigint FROM reference.zip3_demographics").await;
    assert_eq!(population, 335_552_126);
    // The same weighted mean, computed by PostgreSQL from the imported rows with exact numbers.
    let difference: f64 = ask(
        installation.data(),
        "SELECT max(greatest(abs(d.lat - w.lat), abs(d.lng - w.lng)))::double precision FROM reference.zip3_demographics d JOIN (
             SELECT left(zip, 3) AS zip3, sum(lat::numeric * population) / sum(population) AS lat, sum(lng::numeric * population) / sum(population) AS lng
             FROM workspace.us_zips GROUP BY 1 HAVING sum(population) > 0) w USING (zip3)",
    )
    .await;
    assert!(difference < 1e-9, "{difference}");
    let first = installation.export().await;
    assert_eq!(first, installation.export().await, "the same data gives the same bytes");
}

#[tokio::test]
async fn without_the_gazetteer_demographics_are_published_and_it_says_so() {
    let installation = Installation::new(Mode::Split).await;
    let nothing = installation.zip3().await.run;
    assert!(nothing.failure.expect("fails").starts_with("There is nothing to work on: "));
    installation.import("uszips.csv", &samples::few_zips(), None).await;
    let run = installation.zip3().await.run;
    assert_eq!((run.state, run.published.len()), (RunState::Succeeded, 1));
    assert_eq!(run.notes, ["reference.zip3_centroids was left as it is: workspace.gaz_zcta is empty."]);
}

#[tokio::test]
async fn an_export_of_nothing_says_what_to_do() {
    let installation = Installation::new(Mode::Single).await;
    let exports = installation.system::<platform::permit::ExportsRead>().await;
    let refused = exports.export("zip3-reference", platform::Stale::Refused).await.expect_err("is refused");
    assert_eq!(refused.to_string(), "reference.zip3_demographics is empty: run the transformation that fills it first.");
    let unknown = exports.export("zip4", platform::Stale::Refused).await.expect_err("is refused");
    assert_eq!(
        unknown.to_string(),
        "There is no export zip4; there are: zip3-reference.json, zone-matrix.json, zone-matrix-ups.json, zone-matrix-usps.json."
    );
}
