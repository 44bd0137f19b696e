//! Something else is published between a run's comparison and its turn: what was compared is not what would be replaced.

use database_data::{DataPool, DataTransaction};
use model::integration::KindContract;
use model::preview::{Consent, ImportOptions};
use model::run::{RunDetail, RunState};
use model::{FileKind, RunId};

use crate::corrections::{list, with_bad_rows};
use crate::installation::{Installation, Mode, ask};
use crate::samples;

const OTHER: &str = "another-process";

/// What another process publishes: an empty table of a release.
async fn publish_empty(transaction: &mut DataTransaction, contract: &'static KindContract, release: &str) {
    let other = RunId::new(OTHER);
    let mut staging = transaction.stage(contract, &other).await.expect("stages");
    staging.release = Some(release.to_owned());
    transaction.complete_staging(&mut staging, 0, None).await.expect("completes");
    transaction.publish_staging(&staging, &other).await.expect("publishes");
}

/// Imports a file and lets another process publish between its comparison and its turn.
async fn overtaken(installation: &Installation, kind: FileKind, name: &str, content: &[u8], options: ImportOptions) -> RunDetail {
    let contract = kind.contract();
    let mut quicker = DataPool::new(installation.data().app_pool()).begin().await.expect("a transaction");
    quicker.take_turn(contract.relation).await.expect("a turn");
    let waiting = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                   WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()";
    let meanwhile = async {
        installation.until(async || ask::<i64>(installation.data(), waiting).await > 0).await;
        publish_empty(&mut quicker, contract, "2020").await;
        quicker.commit().await.expect("commits");
    };
    let (detail, ()) = tokio::join!(installation.import_with(name, content, None, options), meanwhile);
    detail
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_release_that_was_quicker_is_not_replaced_unasked() {
    let installation = Installation::new(Mode::Split).await;
    let (name, content) = ("2017_Gaz_zcta_national.txt", samples::gazetteer());
    let refused = Box::pin(overtaken(&installation, FileKind::GazZcta, name, &content, ImportOptions::default())).await;
    let sentence = "It is of release 2017, and release 2020, which is newer, is live. Nothing was changed: agree to the older one, or import a newer file.";
    assert_eq!((refused.run.state, refused.run.failure.as_deref()), (RunState::Failed, Some(sentence)));
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.gaz_zcta").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_what_it_has_replaced_and_not_what_it_first_met() {
    let installation = Installation::new(Mode::Split).await;
    installation.import("2016_Gaz_zcta_national.txt", &samples::gazetteer(), None).await;
    let (name, content) = ("2017_Gaz_zcta_national.txt", [samples::gazetteer(), b"\n".to_vec()].concat());
    let agreed = ImportOptions { consent: Consent { older_release: true, ..Consent::default() }, ..ImportOptions::default() };
    let done = Box::pin(overtaken(&installation, FileKind::GazZcta, name, &content, agreed)).await;
    assert_eq!((done.run.failure.as_deref(), done.run.state, done.run.rows_published()), (None, RunState::Succeeded, 3));
    let preview = done.preview.expect("a preview");
    assert_eq!(preview.replaces.map(|replaced| replaced.run_id), Some(RunId::new(OTHER)));
    assert_eq!((preview.added, preview.unchanged), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn corrected_rows_do_not_bring_back_what_was_replaced_meanwhile() {
    let installation = Installation::new(Mode::Split).await;
    let first = installation.import("a.csv", &with_bad_rows(), None).await;
    let mended = list(&installation, &first.run.id).await.replace("91.5", "41.5");
    let gone = "The version that these rows are to be added to is not live any more.";

    // Somebody has looked at what the corrections would change, and agrees to it after the table was replaced.
    let preview = ImportOptions { preview: true, ..ImportOptions::default() };
    let waiting = installation.import_with("a-rejected.csv", mended.as_bytes(), None, preview).await;
    assert_eq!((waiting.run.failure.as_deref(), waiting.run.state), (None, RunState::Waiting));

    let refused = Box::pin(overtaken(&installation, FileKind::UsZips, "a-rejected.csv", mended.as_bytes(), ImportOptions::default())).await;
    assert!(refused.run.failure.as_deref().is_some_and(|failure| failure.starts_with(gone)), "{:?}", refused.run.failure);

    let actor = installation.system::<platform::permit::ImportsRun>().await;
    let refused = actor.confirm_and_wait(&waiting.run.id, Consent::default()).await.expect("is answered");
    assert!(refused.run.failure.as_deref().is_some_and(|failure| failure.starts_with(gone)), "{:?}", refused.run.failure);
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 0, "what was published meanwhile stays");
}
