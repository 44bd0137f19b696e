//! Runs whose process died: settled by DATA's ledger, whatever PRIMARY believed.

use model::RunId;
use model::run::{RunDetail, RunState};
use platform::permit;

use crate::installation::{Installation, Mode};
use crate::samples;

/// Makes PRIMARY believe that the run is still at work by a process that was last heard of long ago, and that it was begun too often to
/// be begun again.
async fn forget_the_end(installation: &Installation, id: &RunId) {
    let mut transaction = installation.primary.pool().begin().await.expect("a transaction");
    sqlx::query(
        "UPDATE config.integration_runs SET state = 'running', finished_at = NULL, failure = NULL, published = '[]', rows_published = 0,
             attempts = 3, lease_holder = 'gone', lease_expires_at = now() - interval '1 second' WHERE id = $1",
    )
    .bind(id.as_str())
    .execute(&mut transaction)
    .await
    .expect("updates");
    transaction.commit().await.expect("commits");
}

async fn settled(installation: &Installation, id: &RunId) -> RunDetail {
    installation.platform.start().await.expect("starts");
    installation.system::<permit::ImportsRead>().await.run(id).await.expect("a run")
}

#[tokio::test]
async fn a_run_that_published_before_its_process_died_succeeded() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = Installation::new(mode).await;
        let run = installation.import("a.csv", &samples::few_zips(), None).await.run;
        forget_the_end(&installation, &run.id).await;
        let settled = settled(&installation, &run.id).await.run;
        assert_eq!((settled.state, settled.published), (RunState::Succeeded, run.published));
        assert_eq!(settled.notes.len(), 1);
    }
}

#[tokio::test]
async fn a_run_that_published_nothing_failed_and_can_never_publish() {
    let installation = Installation::new(Mode::Split).await;
    let run = installation.zip3().await.run;
    forget_the_end(&installation, &run.id).await;
    installation.platform.start().await.expect("starts");
    let settled = installation.system::<permit::TransformationsRead>().await.run(&run.id).await.expect("a run").run;
    assert_eq!(settled.state, RunState::Failed);
    assert_eq!(settled.failure.as_deref(), Some("The server stopped before the run was finished. Nothing was changed; start it again."));

    // Its process was not dead after all but slow: it must find that it has been given up.
    let pool = database_data::DataPool::new(installation.data().app_pool());
    let mut transaction = pool.begin().await.expect("a transaction");
    assert!(!transaction.claim_published(&run.id).await.expect("an answer"));
}

#[tokio::test]
async fn giving_a_run_up_waits_for_a_commit_on_its_way() {
    let installation = Installation::new(Mode::Split).await;
    let id = RunId::new("slow");
    let pool = database_data::DataPool::new(installation.data().app_pool());
    let mut publishing = pool.begin().await.expect("a transaction");
    assert!(publishing.claim_published(&id).await.expect("an answer"));
    let (outcome, committed) = tokio::join!(pool.settle(&id), publishing.commit());
    committed.expect("commits");
    assert_eq!(outcome.expect("an answer"), database_data::Outcome::Published);
}
