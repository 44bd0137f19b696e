//! What is kept: originals, rows by the run that brought them, and DATA made anew of the originals.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{TimeDelta, Utc};
use demo::{Chart, Country};
use futures::TryStreamExt;
use model::preview::ImportOptions;
use model::run::RunState;
use model::table::RowsQuery;
use platform::{Clock, permit};

use crate::installation::{Installation, Mode, ask};
use crate::samples;

#[tokio::test]
async fn originals_are_given_back_as_they_came() {
    let installation = Installation::new(Mode::Split).await;
    let run = installation.import("uszips.csv", &samples::few_zips(), None).await;
    let reader = installation.system::<permit::ImportsRead>().await;
    let download = reader.original(&run.run.id, 1).await.expect("is kept");
    assert_eq!((download.name.as_str(), download.media_type), ("uszips.csv", "application/octet-stream"));
    let bytes: Vec<_> = download.content.try_collect().await.expect("reads");
    assert_eq!(bytes.concat(), samples::few_zips());
    assert!(reader.original(&run.run.id, 2).await.is_err() && reader.rejects(&run.run.id).await.is_err());
}

#[tokio::test]
async fn old_originals_go_unless_they_are_live_or_can_come_back() {
    let days = Arc::new(AtomicI64::new(0));
    let later = days.clone();
    #[expect(clippy::disallowed_methods, reason = "a clock of the test's own needs somewhere to begin")]
    let now = Utc::now();
    let clock = Clock::from_fn(move || now + TimeDelta::days(later.load(Ordering::Relaxed)));
    let installation = Installation::with_clock(Mode::Split, clock).await;
    let mut runs = Vec::new();
    for rows in 1..=6 {
        runs.push(installation.import("a.csv", &samples::many_zips(rows), None).await);
    }
    days.store(200, Ordering::Relaxed);
    installation.supervise().await;
    let reader = installation.system::<permit::ImportsRead>().await;
    installation.until(async || reader.original(&runs[0].run.id, 1).await.is_err()).await;
    let mut kept = Vec::new();
    for run in &runs {
        kept.push(reader.original(&run.run.id, 1).await.is_ok());
    }
    assert_eq!(kept, [false, false, true, true, true, true], "what is live and the three before it");
}

#[tokio::test]
async fn data_is_made_anew_from_the_originals() {
    let installation = Installation::new(Mode::Split).await;
    installation.import("old.csv", &samples::few_zips(), None).await;
    let mut content = String::from_utf8(samples::many_zips(300)).expect("UTF-8");
    content.push_str("90001,91.5,-66.7,Up,CA,5\n");
    let base = installation.import("new.csv", content.as_bytes(), None).await;
    let list = installation.system::<permit::ImportsRead>().await.rejects(&base.run.id).await.expect("a list");
    let list: Vec<_> = list.content.try_collect().await.expect("reads");
    let mended = String::from_utf8(list.concat()).expect("UTF-8").replace("91.5", "41.5");
    installation.import("mended.csv", mended.as_bytes(), None).await;
    let charts: Vec<(&str, Vec<u8>)> =
        ["005", "010"].map(|origin| (origin, demo::zone_chart(&Country::tiny(), origin, &Chart::default()).expect("a chart"))).to_vec();
    installation.import_all(&charts, None, ImportOptions::default()).await;
    let zips =
        "SELECT md5(string_agg(concat_ws('|', zip, lat, lng, city, state_id, population), E'\\n' ORDER BY zip)) FROM workspace.us_zips";
    let zones = "SELECT md5(string_agg(concat_ws('|', origin, destination, ground, next_day_air), E'\\n' ORDER BY origin, destination))
                 FROM workspace.ups_zones";
    let before = (ask::<String>(installation.data(), zips).await, ask::<String>(installation.data(), zones).await);

    // DATA is lost.
    let migrator = database_data::migrator(Some("handled_app".to_owned())).expect("migrations in order");
    let pool = installation.data().owner_pool();
    let all = migrator.migrations.list().len();
    migrator.rollback(&pool, all).await.expect("goes down");
    migrator.migrate(&pool).await.expect("goes up again");
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 0);

    let runs = installation.system::<permit::ImportsRun>().await.rebuild().await.expect("is made anew");
    assert!(runs.iter().all(|run| run.run.state == RunState::Succeeded), "{runs:?}");
    assert_eq!(runs.len(), 3, "what was replaced as a whole is not needed");
    assert_eq!((ask::<String>(installation.data(), zips).await, ask::<String>(installation.data(), zones).await), before);
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 301);
}

#[tokio::test]
async fn tables_are_searched_filtered_and_sorted_and_rows_say_who_brought_them() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let run = installation.import("a.csv", &samples::few_zips(), None).await;
        let reader = installation.system::<permit::ImportsRead>().await;
        let query = |search: &str, filters: &[(&str, &str)], sort: &str| RowsQuery {
            table: "us_zips".to_owned(),
            search: search.to_owned(),
            filters: filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>(),
            sort: sort.to_owned(),
            page: 1,
        };
        let zips = async |query: RowsQuery| {
            let rows = reader.rows(&query).await.expect("rows");
            rows.page.rows.into_iter().map(|row| row.cells[0].clone().expect("a key")).collect::<Vec<_>>()
        };
        assert_eq!(zips(query("", &[], "")).await, ["00601", "00602", "00603", "01001"]);
        assert_eq!(zips(query("006", &[], "-lat")).await, ["00603", "00602", "00601"]);
        assert_eq!(zips(query("", &[], "-population")).await, ["01001", "00602", "00601", "00603"], "16088, 300, 100, nothing");
        assert_eq!(zips(query("aGUAD", &[], "")).await, ["00603"]);
        assert_eq!(zips(query("%", &[], "")).await, [""; 0]);
        assert_eq!(zips(query("", &[("state_id", "ma")], "")).await, ["01001"]);
        assert_eq!(zips(query("", &[("population", "")], "")).await, ["00603"]);
        assert_eq!(zips(query("", &[("population", "many")], "")).await, [""; 0]);
        let rows = reader.rows(&query("", &[], "")).await.expect("rows");
        assert_eq!((rows.page.total, rows.runs), (4, vec![run.run.id.clone()]));
        let all: Vec<_> = reader.all_rows(&query("", &[], "")).await.expect("rows").rows.try_collect().await.expect("reads");
        assert_eq!((all.len(), all[3].1.as_ref()), (4, Some(&run.run.id)));
        assert!(matches!(reader.rows(&query("", &[("mood", "x")], "")).await, Err(model::Error::Invalid { .. })));
        assert!(matches!(reader.rows(&query("", &[], "zip; DROP TABLE x")).await, Err(model::Error::Invalid { .. })));
        let unknown = RowsQuery { table: "users".to_owned(), ..RowsQuery::default() };
        assert!(matches!(reader.rows(&unknown).await, Err(model::Error::NotFound { .. })));
    }
}
