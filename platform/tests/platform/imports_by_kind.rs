//! Who may import some kinds of files and not others: what becomes of the others' files and runs.

use demo::{Chart, Country, Text};
use model::preview::{Consent, ImportOptions};
use model::run::{RunDetail, RunQuery, RunState};
use model::{Error, FileKind, Permission, Role, RunId};
use platform::{Authorized, Upload, permit};

use crate::corrections::{list, with_bad_rows};
use crate::installation::{Installation, Mode, ask};
use crate::samples;

const SENTENCE: &str = "You need the permission imports:ups to import UPS zones. An administrator can give it to you.";

type Permit = Authorized<permit::ImportsRun>;

/// An installation, and somebody who may see imports and import USPS files, no others.
async fn installation() -> (Installation, Permit) {
    let installation = Installation::new(Mode::Split).await;
    // Before anybody signs in with the role: nothing else tells servers of a change.
    let mut transaction = installation.primary.owner_pool().begin().await.expect("a transaction");
    transaction
        .run_script("INSERT INTO config.role_permissions (role_id, permission) VALUES ('viewer', 'imports:usps')")
        .await
        .expect("a role");
    transaction.commit().await.expect("a role");
    let caller = installation.signed_in("usps@example.com", Role::Viewer).await;
    let permit = installation.platform.authorize::<permit::ImportsRun>(&caller).await.expect("may import something");
    (installation, permit)
}

fn chart() -> Vec<u8> {
    demo::zone_chart(&Country::tiny(), "005", &Chart::default()).expect("a chart")
}

fn standards() -> Vec<u8> {
    demo::usps_3d(&Country::tiny(), &Text::usps_3d())
}

async fn uploads(installation: &Installation, permit: &Permit, files: &[(&str, Vec<u8>)]) -> Vec<Upload> {
    let mut uploads = Vec::new();
    for (name, content) in files {
        uploads.push(permit.local_file(&installation.file(name, content)).await.expect("a file"));
    }
    uploads
}

async fn import(installation: &Installation, permit: &Permit, files: &[(&str, Vec<u8>)]) -> Result<Vec<RunDetail>, Error> {
    permit.import(uploads(installation, permit, files).await, None, ImportOptions::default()).await
}

fn forbidden<T: std::fmt::Debug>(result: Result<T, Error>, permission: Permission) {
    assert_eq!(result.expect_err("is refused"), Error::Forbidden { permission });
}

/// The originals in the store, and the runs that are recorded.
async fn kept_and_recorded(installation: &Installation) -> (usize, u64) {
    fn files(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    let runs = installation.system::<permit::ImportsRead>().await.runs(&RunQuery::default()).await.expect("runs");
    (files(&installation.file("none", b"").with_file_name("store")), runs.total)
}

#[tokio::test]
async fn files_of_other_kinds_are_refused_and_the_rest_is_imported() {
    let (installation, permit) = installation().await;
    let files = [("005.xlsx", chart()), ("standards.csv", standards()), ("notes.txt", b"nothing of use\n".to_vec())];
    let runs = import(&installation, &permit, &files).await.expect("the others go on");
    let outcome: Vec<_> = runs.iter().map(|detail| (detail.run.state, detail.run.subject.as_deref(), detail.repeatable)).collect();
    assert_eq!(
        outcome,
        [(RunState::Failed, Some("ups-zones"), false), (RunState::Succeeded, Some("usps-3d"), true), (RunState::Failed, None, false)]
    );
    assert_eq!(runs[0].run.failure.as_deref(), Some(SENTENCE));
    assert_eq!(kept_and_recorded(&installation).await, (1, 3), "nothing of what is refused is kept");
    let left: i64 = ask(installation.data(), "SELECT count(*) FROM workspace.ups_zones").await;
    assert_eq!(left, 0);
    // Nobody waits for what is recorded of a refusal.
    let denied = async || {
        ask::<i64>(
            &installation.primary,
            "SELECT count(*) FROM config.audit WHERE (action, resource_id) = ('permission-denied', 'imports:ups')",
        )
        .await
            == 1
    };
    installation.until(denied).await;
    // Whoever may import the kind cannot start it again either: there is nothing to start again with.
    let again = installation.system::<permit::ImportsRun>().await.start_again(&runs[0].run.id, ImportOptions::default()).await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
}

#[tokio::test]
async fn where_no_file_may_be_imported_nothing_is_recorded() {
    let (installation, permit) = installation().await;
    let zips = ("zips.csv", samples::few_zips());
    forbidden(import(&installation, &permit, &[("005.xlsx", chart())]).await, Permission::ImportsUps);
    forbidden(import(&installation, &permit, &[zips.clone(), ("005.xlsx", chart())]).await, Permission::ImportsAreas);
    // A kind that is named by hand is looked at before the files are.
    let named = uploads(&installation, &permit, &[("notes.txt", b"nothing of use\n".to_vec())]).await;
    forbidden(permit.submit(named, Some(FileKind::UpsGround), ImportOptions::default()).await, Permission::ImportsUps);
    forbidden(permit.allow(FileKind::GazZcta), Permission::ImportsAreas);
    assert_eq!(permit.allow(FileKind::Usps3d), Ok(()));
    assert_eq!(kept_and_recorded(&installation).await, (0, 0));
}

#[tokio::test]
async fn runs_of_other_kinds_are_left_alone() {
    let (installation, permit) = installation().await;
    let consent = Consent::default();
    let preview = ImportOptions { preview: true, ..ImportOptions::default() };
    let live = installation.import("zips.csv", &with_bad_rows(), None).await.run;
    let waiting = installation.import_with("more.csv", &samples::many_zips(400), None, preview).await.run;
    assert_eq!((live.state, waiting.state), (RunState::Succeeded, RunState::Waiting));

    let needed = Permission::ImportsAreas;
    forbidden(permit.confirm(&waiting.id, consent).await, needed);
    forbidden(permit.confirm_and_wait(&waiting.id, consent).await, needed);
    forbidden(permit.cancel(&waiting.id).await, needed);
    forbidden(permit.undo(&live.id).await, needed);
    forbidden(permit.undo_and_wait(&live.id).await, needed);
    forbidden(permit.start_again(&live.id, ImportOptions::default()).await, needed);
    forbidden(permit.rebuild().await, needed);
    let corrected = list(&installation, &live.id).await.replace("91.5", "41.5");
    forbidden(import(&installation, &permit, &[("corrected.csv", corrected.into_bytes())]).await, needed);
    let state = async |id: &RunId| installation.system::<permit::ImportsRead>().await.run(id).await.expect("a run").run.state;
    assert_eq!((state(&live.id).await, state(&waiting.id).await), (RunState::Succeeded, RunState::Waiting));

    // Of one's own kind, all of it works.
    let own = installation.import_with("standards.csv", &standards(), None, preview).await.run;
    permit.cancel(&own.id).await.expect("is ended");
    let again = permit.start_again(&own.id, preview).await.expect("is started again");
    installation.work_off(&again).await;
    assert_eq!(permit.confirm_and_wait(&again, consent).await.expect("is confirmed").run.state, RunState::Succeeded);
    assert_eq!(permit.undo_and_wait(&again).await.expect("is undone").run.state, RunState::Succeeded);
    let unknown = permit.cancel(&RunId::new("none")).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
}
