//! Replacing a relation under people who read it.

use std::time::Duration;

use model::run::RunState;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

#[tokio::test]
async fn views_that_people_built_go_on_working_and_show_the_new_rows() {
    let installation = Installation::new(Mode::Split).await;
    installation.import("a.csv", &samples::few_zips(), None).await;
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    transaction.run_script("CREATE VIEW public.zip_count AS SELECT count(*) AS n FROM workspace.us_zips").await.expect("a view");
    transaction.commit().await.expect("commits");
    installation.import("b.csv", &samples::many_zips(50), None).await;
    assert_eq!(ask::<i64>(installation.data(), "SELECT n FROM public.zip_count").await, 50);
    let tables: i64 = ask(installation.data(), "SELECT count(*) FROM pg_tables WHERE tablename ~ '^us_zips_[0-9]+$'").await;
    assert_eq!(tables, 2, "what was replaced is kept");
    let keys: i64 = ask(installation.data(), "SELECT count(*) FROM pg_indexes WHERE tablename ~ '^us_zips_[0-9]+$'").await;
    assert_eq!(keys, 2, "both have their keys");
    let logged: i64 =
        ask(installation.data(), "SELECT count(*) FROM pg_class WHERE relname ~ '^us_zips_[0-9]+$' AND relpersistence = 'p'").await;
    assert_eq!(logged, 2);
}

/// Waits until a swap has been refused at least once: the view's lock was wanted and not granted.
async fn swap_has_waited_for(installation: &Installation, view: &str) {
    let waiting =
        "SELECT coalesce(string_agg(c.relname, ' '), '') FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT l.granted";
    let wait = async {
        while !ask::<String>(installation.data(), waiting).await.split(' ').any(|waited| waited == view) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("the swap wants the view");
}

async fn reads(installation: &Installation, query: &'static str) -> i64 {
    tokio::time::timeout(Duration::from_secs(5), ask::<i64>(installation.data(), query)).await.expect("readers are let through")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_reader_delays_the_swap_and_blocks_nobody() {
    let installation = Installation::new(Mode::Split).await;
    installation.import("a.csv", &samples::few_zips(), None).await;
    let pool = installation.data().pool();
    let mut reader = pool.begin().await.expect("a transaction");
    reader.run_script("SELECT count(*) FROM workspace.us_zips").await.expect("reads");
    let content = samples::many_zips(20);
    let importing = installation.import("b.csv", &content, None);
    let meanwhile = async {
        swap_has_waited_for(&installation, "us_zips").await;
        for _ in 0..20 {
            assert_eq!(reads(&installation, "SELECT count(*) FROM workspace.us_zips").await, 4, "the old rows, all of them");
        }
        reader.commit().await.expect("commits");
    };
    let (detail, ()) = tokio::join!(importing, meanwhile);
    assert_eq!((detail.run.state, detail.run.rows_published()), (RunState::Succeeded, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_that_are_published_together_are_let_go_together_while_one_is_read() {
    let installation = Installation::new(Mode::Split).await;
    installation.import("a.csv", &samples::few_zips(), None).await;
    installation.import("gaz.txt", &samples::gazetteer(), None).await;
    let pool = installation.data().pool();
    let mut reader = pool.begin().await.expect("a transaction");
    reader.run_script("SELECT count(*) FROM reference.zip3_centroids").await.expect("reads");
    let meanwhile = async {
        swap_has_waited_for(&installation, "zip3_centroids").await;
        for _ in 0..20 {
            assert_eq!(reads(&installation, "SELECT count(*) FROM reference.zip3_demographics").await, 0, "not yet, and not blocked");
        }
        reader.commit().await.expect("commits");
    };
    let (detail, ()) = tokio::join!(installation.zip3(), meanwhile);
    assert_eq!((detail.run.state, detail.run.rows_published()), (RunState::Succeeded, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_at_work_whose_lease_is_over_is_not_taken_for_dead_by_its_own_process() {
    let installation = Installation::new(Mode::Split).await;
    let pool = installation.data().pool();
    let mut reader = pool.begin().await.expect("a transaction");
    reader.run_script("SELECT count(*) FROM workspace.us_zips").await.expect("reads");
    let content = samples::few_zips();
    let importing = installation.import("a.csv", &content, None);
    let meanwhile = async {
        swap_has_waited_for(&installation, "us_zips").await;
        let mut transaction = installation.primary.pool().begin().await.expect("a transaction");
        let expire = "UPDATE config.integration_runs SET lease_expires_at = now() - interval '1 minute' WHERE state = 'running'";
        transaction.run_script(expire).await.expect("expires");
        transaction.commit().await.expect("commits");
        installation.platform.start().await.expect("settles what is dead");
        reader.commit().await.expect("commits");
    };
    let (detail, ()) = tokio::join!(importing, meanwhile);
    assert_eq!((detail.run.state, detail.run.failure), (RunState::Succeeded, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_of_one_kind_at_once_end_with_one_of_them_complete() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let files: Vec<Vec<u8>> = (1..=6).map(|n| samples::many_zips(n * 100)).collect();
    let runs = futures::future::join_all(files.iter().enumerate().map(|(n, content)| {
        let installation = &installation;
        async move { installation.import(&format!("{n}.csv"), content, None).await.run }
    }))
    .await;
    assert!(runs.iter().all(|run| run.state == RunState::Succeeded), "{runs:?}");
    let live: i64 = ask(installation.data(), "SELECT count(*) FROM workspace.us_zips").await;
    let last: i64 = ask(installation.data(), "SELECT rows FROM workspace.publications ORDER BY change DESC LIMIT 1").await;
    assert_eq!(live, last);
}
