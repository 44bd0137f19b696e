//! Transformations in the queue: in order, once, ended when somebody wants it, and begun every day by one server.

use chrono::{DateTime, NaiveTime, Utc};
use model::run::RunState;
use model::transformation::Wanted;
use model::{Error, RunId};
use platform::{Clock, permit};

use crate::installation::{Installation, Mode, ask};
use crate::matrix::import_country;
use crate::samples;

const MATRIX: &str = "delivery-matrix";

async fn request(installation: &Installation, wanted: Wanted) -> Vec<(String, RunId)> {
    installation.system::<permit::TransformationsRun>().await.request(&wanted).await.expect("is queued").runs
}

async fn failure(installation: &Installation, id: &RunId) -> (RunState, String) {
    let run = installation.system::<permit::TransformationsRead>().await.run(id).await.expect("a run").run;
    (run.state, run.failure.unwrap_or_default())
}

#[tokio::test]
async fn what_is_asked_for_twice_is_one_run() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        import_country(&installation).await;
        let asked = (0..8).map(|_| request(&installation, Wanted::All));
        let all = futures::future::join_all(asked).await;
        assert!(all.iter().all(|runs| *runs == all[0]), "{all:?}");
        assert_eq!(all[0].iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["zone-transit-days", "zip3", MATRIX]);
        assert_eq!(ask::<i64>(&installation.primary, "SELECT count(*) FROM config.audit WHERE action = 'transformation'").await, 3);
        installation.supervise().await;
        for (_, id) in &all[0] {
            installation.until(async || failure(&installation, id).await.0.is_final()).await;
            assert_eq!(failure(&installation, id).await, (RunState::Succeeded, String::new()));
        }
        let order: Vec<String> = ask(
            &installation.primary,
            "SELECT array_agg(subject ORDER BY working_since) FROM config.integration_runs
             WHERE operation = 'transformation' AND subject <> 'zip3'",
        )
        .await;
        assert_eq!(order, ["zone-transit-days", MATRIX]);
    }
}

#[tokio::test]
async fn what_comes_after_something_that_failed_is_not_begun() {
    let installation = Installation::new(Mode::Split).await;
    import_country(&installation).await;
    let runs = request(&installation, Wanted::One(MATRIX.to_owned())).await;
    let [(_, first), (_, matrix)] = runs.as_slice() else { panic!("{runs:?}") };
    installation.system::<permit::TransformationsRun>().await.cancel(first).await.expect("is ended");
    installation.work_off(matrix).await;
    assert_eq!(
        failure(&installation, matrix).await,
        (RunState::Failed, "zone-transit-days was to be brought up to date before it and was not. Nothing was changed.".to_owned())
    );
    let unknown = installation.system::<permit::TransformationsRun>().await.request(&Wanted::One("zip4".to_owned())).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transformation_at_work_is_ended_and_leaves_nothing_behind() {
    let installation = Installation::new(Mode::Split).await;
    installation.import("a.csv", &samples::few_zips(), None).await;
    let runs = request(&installation, Wanted::One("zip3".to_owned())).await;
    let id = &runs[0].1;
    // It cannot publish as long as somebody reads the view.
    let pool = installation.data().pool();
    let mut holding = pool.begin().await.expect("a transaction");
    holding.run_script("SELECT count(*) FROM reference.zip3_demographics").await.expect("reads");
    let ending = async {
        installation.until(async || failure(&installation, id).await.0 == RunState::Running).await;
        installation.system::<permit::TransformationsRun>().await.cancel(id).await.expect("is ended");
    };
    tokio::join!(installation.work_off(id), ending);
    assert_eq!(
        failure(&installation, id).await,
        (RunState::Cancelled, "Somebody ended it before it was done. Nothing was changed.".to_owned())
    );
    holding.commit().await.expect("commits");
    let left: i64 =
        ask(installation.data(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'reference' AND tablename ~ '_[0-9]+$'").await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn what_is_due_every_day_is_begun_once_by_one_of_several_servers() {
    let now: DateTime<Utc> = "2026-11-20T05:00:00Z".parse().expect("a time");
    let installation = Installation::with_clock(Mode::Split, Clock::from_fn(move || now)).await;
    installation.import("a.csv", &samples::few_zips(), None).await;
    let daily = NaiveTime::from_hms_opt(3, 30, 0).expect("a time");
    let servers = [installation.server(Some(daily)), installation.server(Some(daily)), installation.server(Some(daily))];
    for server in &servers {
        server.start().await.expect("starts");
    }
    let published = "SELECT count(*) FROM workspace.publications WHERE relation LIKE 'reference.%'";
    installation.until(async || ask::<i64>(installation.data(), published).await == 2).await;
    // Looked at again, by all of them, nothing more is due.
    for server in &servers {
        server.start().await.expect("starts");
    }
    for server in &servers {
        server.stop(std::time::Duration::from_secs(10)).await;
    }
    let runs: Vec<String> = ask(
        &installation.primary,
        "SELECT array_agg(subject || ' ' || actor ORDER BY subject) FROM config.integration_runs WHERE operation = 'transformation'",
    )
    .await;
    assert_eq!(runs, ["zip3 system:scheduler", "zone-transit-days system:scheduler"]);
}
