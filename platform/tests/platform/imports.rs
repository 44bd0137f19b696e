//! Bad files: each is refused with its sentence, the table stays as it was, and the run says so.

use std::io::{Cursor, Write};
use std::time::Duration;

use demo::{Chart, Country};
use model::FileKind;
use model::integration::Limits;
use model::preview::ImportOptions;
use model::run::{RunDetail, RunState};

use zip::write::SimpleFileOptions;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

const CHECKSUM: &str = "SELECT md5(string_agg(z::text, E'\\n' ORDER BY zip)) FROM workspace.us_zips z";

async fn refused(installation: &Installation, name: &str, content: &[u8]) -> RunDetail {
    let before: String = ask(installation.data(), CHECKSUM).await;
    let detail = installation.import(name, content, Some(FileKind::UsZips)).await;
    assert_eq!(detail.run.state, RunState::Failed, "{name}");
    assert!(detail.run.published.is_empty() && detail.run.finished_at.is_some(), "{name}");
    assert_eq!(ask::<String>(installation.data(), CHECKSUM).await, before, "{name}");
    detail
}

async fn with_rows() -> Installation {
    let installation = Installation::new(Mode::Split).await;
    assert_eq!(installation.import("uszips.csv", &samples::few_zips(), None).await.run.failure, None);
    installation
}

#[tokio::test]
async fn files_that_are_not_what_their_name_says() {
    let installation = with_rows().await;
    let whole = samples::few_zips();
    let in_a_row = whole.len() - 30;
    for (name, content, sentence) in [
        (
            "cut.csv",
            &whole[..in_a_row],
            "cut.csv ends in the middle of a row: the row at line 5 has 13 of 14 fields and the quote of its last field is never closed. Either the file was cut off, or that row has a quote too many: get the file whole, or mend the row, and import it again.",
        ),
        (
            "picture.csv",
            b"GIF89a\x01\x00\x01\x00\x80\x00\x00".as_slice(),
            "picture.csv is a picture (GIF), not a table. Choose the file that holds the rows.",
        ),
        (
            "uszips.csv",
            b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>",
            "uszips.csv is an HTML page, not a table: the download answered with a web page. Open it in a browser to see what it says, and download the file again.",
        ),
        ("empty.csv", b"", "empty.csv is empty: it has 0 bytes. Download it again."),
        (
            "short.csv",
            b"zip,lat,lng,city,state_id\n00601,18.1,-66.7,Adjuntas,PR\n",
            "short.csv looks like a us-zips file, but line 1 has no column population. It has: zip, lat, lng, city, state_id. Get the file with these columns, or name them so.",
        ),
        (
            "none.csv",
            b"zip,lat,lng,city,state_id,population\n",
            "none.csv is a us-zips file with a header on line 1 and no rows below it. Download it again.",
        ),
    ] {
        let detail = refused(&installation, name, content).await;
        assert_eq!(detail.run.failure.as_deref(), Some(sentence));
    }
}

#[tokio::test]
async fn a_row_without_a_valid_key_refuses_the_file() {
    let installation = with_rows().await;
    let missing =
        refused(&installation, "no-key.csv", b"zip,lat,lng,city,state_id,population\n,18.1,-66.7,Adjuntas,PR,5\n01001,42,-72,Agawam,MA,\n")
            .await;
    assert_eq!(
        missing.run.failure.as_deref(),
        Some(
            "no-key.csv: 1 row has no valid zip (the first: line 2, zip is empty). Nothing was changed; mend the file and import it again."
        )
    );
    assert_eq!(missing.rejects.len(), 1);
    let twice =
        refused(&installation, "twice.csv", b"zip,lat,lng,city,state_id,population\n00601,18.1,-66.7,A,PR,5\n00601,42,-72,B,MA,\n").await;
    assert_eq!((twice.rejects[0].line, twice.rejects[0].value.as_str()), (3, "00601"));
    assert_eq!(twice.rejects[0].reason, "repeats the zip of line 2 with other values");
}

#[tokio::test]
async fn other_limits_than_the_kinds_can_be_given() {
    let installation = with_rows().await;
    let content = b"zip,lat,lng,city,state_id,population\n00601,18.1,-66.7,A,PR,5\n00602,99,-72,B,MA,\n";
    refused(&installation, "odd.csv", content).await;
    let limits = Some(Limits { missing_keys: 0, rejected_percent: 50.0, rejected_rows: None });
    let options = ImportOptions { limits, ..ImportOptions::default() };
    let run = installation.import_with("odd.csv", content, None, options).await.run;
    assert_eq!((run.failure, run.rows_rejected, run.published[0].rows), (None, 1, 1));
}

#[tokio::test]
async fn rows_that_break_a_rule_are_listed_and_too_many_refuse_the_file() {
    let installation = with_rows().await;
    let mut content = String::from_utf8(samples::many_zips(300)).expect("UTF-8");
    content.push_str("90001,91.5,-66.7,Up,CA,5\n90002,42,-72,Down,CA\n90003,42,-72,Left,CA,many\n");
    let imported = installation.import("odd.csv", content.as_bytes(), None).await;
    assert_eq!((imported.run.failure.as_deref(), imported.run.rows_rejected, imported.run.rows_published()), (None, 3, 300));
    let reasons: Vec<_> = imported.rejects.iter().map(|reject| (reject.line, reject.column.as_deref(), reject.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (302, Some("lat"), "is not between -90 and 90"),
            (303, None, "has 5 fields, the header 6"),
            (304, Some("population"), "is not a whole number"),
        ]
    );
    content.push_str("90004,42,-72,Right,California,1\n");
    let detail = refused(&installation, "odd.csv", content.as_bytes()).await;
    assert_eq!(
        detail.run.failure.as_deref(),
        Some("odd.csv: 4 of 304 rows break a rule, more than 1 %. Nothing was changed; the rows are listed with their reasons.")
    );
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_recognized_without_a_wish() {
    let installation = with_rows().await;
    let detail = refused(&installation, "gaz.txt", &samples::gazetteer()).await;
    assert_eq!(
        detail.run.failure.as_deref(),
        Some("gaz.txt is a gaz-zcta file, not us-zips. Import it as gaz-zcta, or choose a us-zips file.")
    );
    assert_eq!(installation.import("gaz.txt", &samples::gazetteer(), None).await.run.subject.as_deref(), Some("gaz-zcta"));
}

#[tokio::test]
async fn lines_that_a_stray_quote_swallows_are_all_counted_as_rejected() {
    let installation = with_rows().await;
    let mut lines: Vec<String> = String::from_utf8(samples::many_zips(6_000)).expect("UTF-8").lines().map(str::to_owned).collect();
    lines[100] = lines[100].replace("City", "\"City");
    lines[5_900] = lines[5_900].replace("City", "City\"");
    let detail = refused(&installation, "quotes.csv", lines.join("\n").as_bytes()).await;
    assert_eq!((detail.run.rows_read, detail.run.rows_rejected), (6_000, 5_801));
    assert!(detail.run.failure.expect("fails").contains("5,801 of 6,000 rows break a rule"));
    assert_eq!(detail.rejects[0].line, 101);
    assert_eq!(detail.rejects[0].reason, "a quote is opened here and closed only 5800 lines further down: those lines are lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_dies_in_the_middle_of_copying_fails_the_run_and_holds_nobody_up() {
    let installation = with_rows().await;
    let content = samples::many_zips(100_000);
    let cut = async {
        let terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                         WHERE datname = current_database() AND query LIKE 'COPY workspace.us_zips%' AND pid <> pg_backend_pid()";
        while ask::<i64>(installation.data(), terminate).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    let both = Box::pin(async { tokio::join!(installation.import("many.csv", &content, None), cut) });
    let (detail, ()) = tokio::time::timeout(Duration::from_secs(60), both).await.expect("the run ends");
    assert_eq!(detail.run.state, RunState::Failed);
    assert!(detail.run.failure.expect("fails").starts_with("The run stopped because of a fault in the server"));
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 4);
    let again = installation.import("many.csv", &content, None).await.run;
    assert_eq!((again.failure, again.published[0].rows), (None, 100_000));
}

#[tokio::test]
async fn an_archive_is_unpacked_and_its_files_are_recognized() {
    let installation = Installation::new(Mode::Split).await;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let chart = |origin| demo::zone_chart(&Country::tiny(), origin, &Chart::default()).expect("a chart");
    for (name, content) in [
        ("charts/005.xlsx", chart("005")),
        ("charts/010.xlsx", chart("010")),
        ("uszips.csv", samples::few_zips()),
        ("__MACOSX/._uszips.csv", b"rubbish".to_vec()),
        ("notes.txt", b"Dear all,\nhere are the files.\n".to_vec()),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).expect("a file");
        archive.write_all(&content).expect("writes");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    let runs = installation.import_all(&[("october.zip", bytes)], None, ImportOptions::default()).await;
    let told: Vec<_> = runs.iter().map(|run| (run.run.subject.as_deref(), run.run.state, run.run.files)).collect();
    assert_eq!(
        told,
        [(Some("ups-zones"), RunState::Succeeded, 2), (Some("us-zips"), RunState::Succeeded, 1), (None, RunState::Failed, 1)],
        "{runs:?}"
    );
    assert_eq!((runs[0].files[1].file.name.as_str(), runs[0].files[1].archive.as_deref()), ("010.xlsx", Some("october.zip")));
    assert!(runs[2].run.failure.as_deref().expect("is refused").starts_with("notes.txt is not recognized"), "{:?}", runs[2].run.failure);
    let empty = zip::ZipWriter::new(Cursor::new(Vec::new())).finish().expect("an archive").into_inner();
    let refused = installation.import("empty.zip", &empty, None).await;
    assert!(refused.run.failure.expect("is refused").starts_with("empty.zip "));
}
