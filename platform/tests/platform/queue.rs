//! The queue: one of a kind at a time, ended when somebody wants it, gone on with when a process dies.

use model::RunId;
use model::preview::ImportOptions;
use model::run::{RunDetail, RunState};
use platform::{Authorized, permit};

use crate::installation::{Installation, Mode, ask};
use crate::samples;

async fn submitted(installation: &Installation, name: &str, content: &[u8]) -> RunId {
    let actor = installation.system::<permit::ImportsRun>().await;
    let upload = actor.local_file(&installation.file(name, content)).await.expect("a file");
    let submitted = actor.submit(vec![upload], None, ImportOptions::default()).await.expect("is queued");
    submitted.into_iter().next().expect("a run").run_id
}

async fn reader(installation: &Installation) -> Authorized<permit::ImportsRead> {
    installation.system::<permit::ImportsRead>().await
}

async fn run(installation: &Installation, id: &RunId) -> RunDetail {
    reader(installation).await.run(id).await.expect("a run")
}

/// Makes PRIMARY believe that what is queued was begun so often, the last time by a process that died.
async fn let_the_process_die(installation: &Installation, attempts: i32) {
    let mut transaction = installation.primary.pool().begin().await.expect("a transaction");
    sqlx::query(
        "UPDATE config.integration_runs SET state = 'running', attempts = $1, working_since = now(), lease_holder = 'gone',
             lease_expires_at = now() - interval '1 second' WHERE state = 'queued'",
    )
    .bind(attempts)
    .execute(&mut transaction)
    .await
    .expect("updates");
    transaction.commit().await.expect("commits");
}

#[tokio::test]
async fn a_queued_run_is_worked_off_in_its_turn() {
    let installation = Installation::new(Mode::Split).await;
    let (first, second) =
        (submitted(&installation, "a.csv", &samples::few_zips()).await, submitted(&installation, "b.csv", &samples::many_zips(7)).await);
    let states: Vec<RunState> = reader(&installation).await.work().await.expect("a list").iter().map(|run| run.state).collect();
    assert_eq!(states, [RunState::Queued, RunState::Queued]);
    installation.supervise().await;
    for id in [&first, &second] {
        assert_eq!(installation.ended(id).await.run.state, RunState::Succeeded);
    }
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 7, "the later one came later");
}

#[tokio::test]
async fn a_queued_run_is_ended_before_it_begins() {
    let installation = Installation::new(Mode::Split).await;
    let id = submitted(&installation, "a.csv", &samples::few_zips()).await;
    installation.system::<permit::ImportsRun>().await.cancel(&id).await.expect("is ended");
    let ended = run(&installation, &id).await;
    assert_eq!(
        (ended.run.state, ended.run.failure.as_deref()),
        (RunState::Cancelled, Some("Somebody ended it before it was done. Nothing was changed."))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_at_work_is_ended_and_leaves_nothing_behind() {
    let installation = Installation::new(Mode::Split).await;
    let id = submitted(&installation, "a.csv", &samples::many_zips(100_000)).await;
    // It cannot publish as long as somebody reads the view.
    let pool = installation.data().pool();
    let mut holding = pool.begin().await.expect("a transaction");
    holding.run_script("SELECT count(*) FROM workspace.us_zips").await.expect("reads");
    let working = installation.work_off(&id);
    let ending = async {
        while run(&installation, &id).await.run.state != RunState::Running {
            tokio::task::yield_now().await;
        }
        installation.system::<permit::ImportsRun>().await.cancel(&id).await.expect("is ended");
    };
    tokio::join!(working, ending);
    assert_eq!(run(&installation, &id).await.run.state, RunState::Cancelled);
    holding.commit().await.expect("commits");
    let left: i64 = ask(installation.data(), "SELECT count(*) FROM pg_tables WHERE tablename ~ '_[0-9]+$'").await;
    assert_eq!((left, ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.stagings").await), (0, 0));
}

#[tokio::test]
async fn a_run_whose_process_died_goes_on_where_its_files_are_kept() {
    let installation = Installation::new(Mode::Split).await;
    let id = submitted(&installation, "a.csv", &samples::few_zips()).await;
    let_the_process_die(&installation, 1).await;
    installation.platform.start().await.expect("settles");
    assert_eq!(run(&installation, &id).await.run.state, RunState::Queued);
    installation.work_off(&id).await;
    assert_eq!(run(&installation, &id).await.run.state, RunState::Succeeded);
}

#[tokio::test]
async fn a_run_that_kills_its_process_again_and_again_is_given_up() {
    let installation = Installation::new(Mode::Split).await;
    let id = submitted(&installation, "a.csv", &samples::few_zips()).await;
    let_the_process_die(&installation, 3).await;
    installation.platform.start().await.expect("settles");
    let given_up = run(&installation, &id).await;
    assert_eq!(given_up.run.state, RunState::Failed);
    assert_eq!(
        given_up.run.failure.as_deref(),
        Some("The server stopped before the run was finished. Nothing was changed; start it again.")
    );
}
