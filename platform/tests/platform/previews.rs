//! Previews: what an import would change is known, and nothing is changed, until somebody says so.

use model::preview::{ChangeKind, Consent, ImportOptions, Question};
use model::run::{RunDetail, RunState};
use platform::permit;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

const PREVIEW: ImportOptions =
    ImportOptions { preview: true, consent: Consent { leading_zeros: false, older_release: false, same_bytes: false }, limits: None };
const CHECKSUM: &str = "SELECT coalesce(md5(string_agg(z::text, E'\\n' ORDER BY zip)), '') FROM workspace.us_zips z";

async fn confirm(installation: &Installation, of: &RunDetail, consent: Consent) -> Result<RunDetail, model::Error> {
    installation.system::<permit::ImportsRun>().await.confirm_and_wait(&of.run.id, consent).await
}

async fn staged(installation: &Installation) -> i64 {
    let tables: i64 = ask(installation.data(), "SELECT count(*) FROM pg_tables WHERE tablename ~ '_[0-9]+$'").await;
    tables + ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.stagings").await
}

#[tokio::test]
async fn what_would_change_is_told_and_happens_when_it_is_confirmed() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        installation.import("a.csv", &samples::few_zips(), None).await;
        let before: String = ask(installation.data(), CHECKSUM).await;
        let changed = samples::us_zips(&[
            ("00601", 18.18, -66.75, "Adjuntas", "PR", "101"),
            ("00602", 18.36, -67.175, "Añasco", "PR", "300"),
            ("00603", 18.45, -67.12, "Aguadilla", "PR", ""),
            ("99999", 42.0, -72.0, "Nowhere", "MA", "1"),
        ]);
        let waiting = installation.import_with("b.csv", &changed, None, PREVIEW).await;
        assert_eq!((waiting.run.state, waiting.run.failure.as_deref()), (RunState::Waiting, None));
        let preview = waiting.preview.clone().expect("a preview");
        assert_eq!((preview.rows, preview.added, preview.removed, preview.changed, preview.unchanged), (4, 1, 1, 1, 2));
        let samples: Vec<_> = preview.samples.iter().map(|change| (change.kind, change.key.join(" "))).collect();
        let (added, removed, edited) = (ChangeKind::Added, ChangeKind::Removed, ChangeKind::Changed);
        assert_eq!(samples, [(added, "99999".to_owned()), (removed, "01001".to_owned()), (edited, "00601".to_owned())]);
        let cell = &preview.samples[2].cells[0];
        assert_eq!((cell.column.as_str(), cell.before.as_deref(), cell.after.as_deref()), ("population", Some("100"), Some("101")));
        assert_eq!(preview.replaces.expect("something").rows, 4);
        assert!(preview.questions.is_empty() && preview.drift.is_none());
        assert_eq!(ask::<String>(installation.data(), CHECKSUM).await, before, "nothing has changed yet");

        let done = confirm(&installation, &waiting, Consent::default()).await.expect("is confirmed");
        assert_eq!((done.run.state, done.run.published[0].rows, done.run.rows_read), (RunState::Succeeded, 4, 4));
        assert_eq!(done.preview.expect("is still there").added, 1);
        let twice = confirm(&installation, &waiting, Consent::default()).await.expect_err("is confirmed once");
        assert!(twice.to_string().starts_with("This import does not wait to be confirmed"), "{twice}");
    }
}

#[tokio::test]
async fn a_preview_that_nobody_wants_leaves_nothing_behind() {
    let installation = Installation::new(Mode::Split).await;
    let waiting = installation.import_with("a.csv", &samples::few_zips(), None, PREVIEW).await;
    assert_eq!(waiting.preview.as_ref().expect("a preview").added, 4);
    let actor = installation.system::<permit::ImportsRun>().await;
    actor.cancel(&waiting.run.id).await.expect("is ended");
    let detail = installation.system::<permit::ImportsRead>().await.run(&waiting.run.id).await.expect("a run");
    assert_eq!((detail.run.state, staged(&installation).await), (RunState::Cancelled, 0));
    assert!(detail.repeatable, "its file is kept");
    let again = actor.start_again(&waiting.run.id, ImportOptions::default()).await.expect("starts");
    installation.work_off(&again).await;
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 4);
}

#[tokio::test]
async fn a_preview_is_made_anew_when_another_import_was_quicker() {
    let installation = Installation::new(Mode::Split).await;
    let waiting = installation.import_with("a.csv", &samples::few_zips(), None, PREVIEW).await;
    installation.import("b.csv", &samples::many_zips(10), None).await;
    let still = confirm(&installation, &waiting, Consent::default()).await.expect("is looked at");
    assert_eq!(still.run.state, RunState::Waiting);
    assert!(still.run.notes[0].starts_with("Another import was published meanwhile"), "{:?}", still.run.notes);
    let preview = still.preview.clone().expect("a preview");
    assert_eq!((preview.added, preview.removed), (4, 10));
    let done = confirm(&installation, &still, Consent::default()).await.expect("is confirmed");
    assert_eq!(done.run.state, RunState::Succeeded);
    assert_eq!(done.run.notes, ["Ignored columns: zcta, parent_zcta, county_fips, county_weights."], "what is over is not told any more");
}

#[tokio::test]
async fn lost_leading_zeros_are_put_back_only_with_consent() {
    let installation = Installation::new(Mode::Split).await;
    let content = b"zip,lat,lng,city,state_id,population\n601,18.1,-66.7,Adjuntas,PR,5\n1001,42,-72,Agawam,MA,\n90001,34,-118,LA,CA,9\n";
    let refused = installation.import("lost.csv", content, None).await;
    assert_eq!(
        refused.run.failure.as_deref(),
        Some(
            "2 codes have lost leading zeros, as spreadsheets do (the first: line 2, zip 601 as 00601). Nothing was changed: agree to putting them back, or mend the file."
        )
    );
    assert_eq!(staged(&installation).await, 0);
    let waiting = installation.import_with("lost.csv", content, None, PREVIEW).await;
    let question = Question::LeadingZeros { count: 2, first: "line 2, zip 601 as 00601".to_owned() };
    assert_eq!(waiting.preview.as_ref().expect("a preview").questions, [question]);
    let no = confirm(&installation, &waiting, Consent::default()).await.expect_err("is asked");
    assert!(matches!(no, model::Error::Conflict { .. }), "{no}");
    let consent = Consent { leading_zeros: true, ..Consent::default() };
    let agreed = confirm(&installation, &waiting, consent).await.expect("agreed").run;
    assert_eq!(
        (agreed.state, agreed.notes.last().map(String::as_str)),
        (RunState::Succeeded, Some("The leading zeros of 2 codes were put back."))
    );
    let zips: Vec<String> = ask(installation.data(), "SELECT array_agg(zip ORDER BY zip) FROM workspace.us_zips").await;
    assert_eq!(zips, ["00601", "01001", "90001"]);
    installation.system::<permit::ImportsRun>().await.undo_and_wait(&waiting.run.id).await.expect("is undone");
    let options = ImportOptions { consent, ..ImportOptions::default() };
    let done = installation.import_with("lost.csv", content, None, options).await;
    assert_eq!((done.run.failure, done.run.notes.last().map(String::as_str)), (None, Some("The leading zeros of 2 codes were put back.")));
}

#[tokio::test]
async fn drift_is_told() {
    let installation = Installation::new(Mode::Split).await;
    let content = b"Zip,lat,longitude,city,state,population,mood\n00601,18.1,-66.7,Adjuntas,PR,5,fine\n";
    let drift = installation.import_with("a.csv", content, None, PREVIEW).await.preview.expect("a preview").drift;
    assert_eq!(drift.new, ["mood"]);
    assert_eq!(drift.missing, ["state_name", "density", "county_name", "timezone"]);
    let renamed = [("longitude", "lng"), ("state", "state_id")].map(|(one, other)| (one.to_owned(), other.to_owned()));
    assert_eq!(drift.renamed, renamed);
}
