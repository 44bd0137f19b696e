//! Versions: what an import replaces is kept, can come back, and makes what was derived from it stale.

use model::preview::{Consent, ImportOptions};
use model::run::{LinkKind, Operation, RunDetail, RunState};
use platform::permit;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

const COUNT: &str = "SELECT count(*) FROM workspace.us_zips";

async fn undo(installation: &Installation, of: &RunDetail) -> RunDetail {
    installation.system::<permit::ImportsRun>().await.undo_and_wait(&of.run.id).await.expect("an undoing")
}

async fn again(installation: &Installation, of: &RunDetail) -> RunDetail {
    installation.system::<permit::ImportsRead>().await.run(&of.run.id).await.expect("a run")
}

#[tokio::test]
async fn undoing_brings_one_version_back_after_the_other() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let first = installation.import("first.csv", &samples::few_zips(), None).await;
        let second = installation.import("second.csv", &samples::many_zips(20), None).await;
        assert!(again(&installation, &second).await.undoable && !again(&installation, &first).await.undoable);

        let undone = undo(&installation, &second).await;
        assert_eq!((undone.run.operation, undone.run.state, undone.run.published[0].rows), (Operation::Undo, RunState::Succeeded, 4));
        assert_eq!(ask::<i64>(installation.data(), COUNT).await, 4);
        let second = again(&installation, &second).await;
        assert_eq!((second.run.state, second.undoable), (RunState::Undone, false));
        assert_eq!((second.links[0].kind, &second.links[0].run_id), (LinkKind::UndoneBy, &undone.run.id));

        assert_eq!(undo(&installation, &first).await.run.published[0].rows, 0);
        assert_eq!(ask::<i64>(installation.data(), COUNT).await, 0);
        let nothing = installation.system::<permit::ImportsRun>().await.undo(&first.run.id).await.expect_err("is undone");
        assert!(nothing.to_string().contains("nothing to undo"), "{nothing}");
        // Undone runs do not count: the same bytes are welcome again.
        assert_eq!(installation.import("first.csv", &samples::few_zips(), None).await.run.failure, None);
    }
}

#[tokio::test]
async fn three_replaced_versions_are_kept() {
    let installation = Installation::new(Mode::Split).await;
    let mut runs = Vec::new();
    for rows in 1..=6 {
        runs.push(installation.import("a.csv", &samples::many_zips(rows), None).await);
    }
    let tables: i64 = ask(installation.data(), "SELECT count(*) FROM pg_tables WHERE tablename ~ '^us_zips_[0-9]+$'").await;
    assert_eq!(tables, 4, "what is shown and three before it");
    for (run, left) in runs.iter().rev().zip([5, 4, 3]) {
        assert_eq!(undo(&installation, run).await.run.published[0].rows, left);
        assert_eq!(ask::<i64>(installation.data(), COUNT).await, i64::try_from(left).expect("few"));
    }
}

#[tokio::test]
async fn what_was_derived_is_stale_after_a_change_and_fresh_after_another_run() {
    let installation = Installation::new(Mode::Split).await;
    let zips = installation.import("a.csv", &samples::few_zips(), None).await;
    installation.import("gaz.txt", &samples::gazetteer(), None).await;
    let derived = installation.zip3().await;
    let stale = async || {
        let overview = installation.system::<permit::DatabasesRead>().await.overview().await.expect("an overview");
        let relations = overview.relations.expect("DATA answers").into_iter();
        relations.filter(|relation| relation.is_stale()).map(|relation| relation.name).collect::<Vec<_>>()
    };
    assert!(stale().await.is_empty());
    let of_zips = again(&installation, &zips).await.derived;
    assert_eq!(of_zips.len(), 1);
    assert_eq!((of_zips[0].relation.as_str(), &of_zips[0].run_id), ("reference.zip3_demographics", &derived.run.id));

    let replaced = installation.import("b.csv", &samples::many_zips(30), None).await;
    assert_eq!(stale().await, ["reference.zip3_demographics"]);
    assert!(again(&installation, &replaced).await.derived.is_empty());
    installation.zip3().await;
    assert!(stale().await.is_empty());
    undo(&installation, &replaced).await;
    assert_eq!(stale().await, ["reference.zip3_demographics"]);
    installation.zip3().await;
    assert!(stale().await.is_empty());
}

#[tokio::test]
async fn bytes_that_are_live_are_refused_with_a_link_unless_somebody_insists() {
    let installation = Installation::new(Mode::Split).await;
    let first = installation.import("a.csv", &samples::few_zips(), None).await;
    let refused = installation.import("copy of a.csv", &samples::few_zips(), None).await;
    assert_eq!(
        refused.run.failure.as_deref(),
        Some("copy of a.csv has the same bytes as what is live. Nothing was changed; the run that imported them is linked here.")
    );
    assert_eq!((refused.links[0].kind, &refused.links[0].run_id), (LinkKind::SameBytes, &first.run.id));
    let options = ImportOptions { consent: Consent { same_bytes: true, ..Consent::default() }, ..ImportOptions::default() };
    assert_eq!(installation.import_with("a.csv", &samples::few_zips(), None, options).await.run.failure, None);
    // Something else is live: its bytes no longer are.
    installation.import("b.csv", &samples::many_zips(5), None).await;
    assert_eq!(installation.import("a.csv", &samples::few_zips(), None).await.run.failure, None);
}

#[tokio::test]
async fn an_older_release_is_asked_about() {
    let installation = Installation::new(Mode::Split).await;
    let newer = samples::gazetteer();
    let older = String::from_utf8(samples::gazetteer()).expect("UTF-8").replace("01001", "01002").into_bytes();
    assert_eq!(installation.import("2020_Gaz_zcta_national.txt", &newer, None).await.run.failure, None);
    let refused = installation.import("2017_Gaz_zcta_national.txt", &older, None).await;
    assert!(refused.run.failure.expect("is refused").starts_with("It is of release 2017, and release 2020, which is newer, is live."));
    let consent = Consent { older_release: true, ..Consent::default() };
    let options = ImportOptions { consent, ..ImportOptions::default() };
    assert_eq!(installation.import_with("2017_Gaz_zcta_national.txt", &older, None, options).await.run.failure, None);
    let overview = installation.system::<permit::DatabasesRead>().await.overview().await.expect("an overview");
    let gazetteer = overview.relations.expect("DATA answers").into_iter().find(|relation| relation.name == "workspace.gaz_zcta");
    assert_eq!(gazetteer.and_then(|relation| relation.release).map(|release| release.to_string()).as_deref(), Some("2017"));
}
