//! Rejected rows: listed, downloaded, corrected, sent back and added to the version that their run made.

use futures::TryStreamExt;
use model::RunId;
use model::run::{LinkKind, RunState};
use platform::permit;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

pub async fn list(installation: &Installation, run: &RunId) -> String {
    let download = installation.system::<permit::ImportsRead>().await.rejects(run).await.expect("a list");
    let bytes: Vec<_> = download.content.try_collect().await.expect("reads");
    String::from_utf8(bytes.concat()).expect("UTF-8")
}

pub fn with_bad_rows() -> Vec<u8> {
    let mut content = String::from_utf8(samples::many_zips(300)).expect("UTF-8");
    content.push_str("90001,91.5,-66.7,Up,CA,5\n90002,42,-72,Down,California,7\n");
    content.into_bytes()
}

#[tokio::test]
async fn corrected_rows_are_added_and_the_runs_linked() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let first = installation.import("a.csv", &with_bad_rows(), None).await;
        assert_eq!((first.run.state, first.run.rows_rejected, first.rejects_kept), (RunState::Succeeded, 2, true));
        let list_of_first = list(&installation, &first.run.id).await;
        // One is mended, the other is not yet; and a row that was fine is changed along with it.
        let half = list_of_first.replace("91.5", "41.5");
        let second = installation.import("a-rejected.csv", half.as_bytes(), None).await;
        assert_eq!((second.run.failure.as_deref(), second.run.rows_published(), second.run.rows_rejected), (None, 301, 1));
        assert_eq!((second.links[0].kind, &second.links[0].run_id), (LinkKind::Corrects, &first.run.id));
        let rest = list(&installation, &second.run.id).await.replace("California", "CA");
        let third = installation.import("a-rejected-rejected.csv", rest.as_bytes(), None).await;
        assert_eq!((third.run.failure.as_deref(), third.run.rows_published()), (None, 302));
        let brought: Vec<i64> = ask(
            installation.data(),
            "SELECT array_agg(n ORDER BY n) FROM (SELECT count(*) AS n FROM workspace.us_zips GROUP BY publication) g",
        )
        .await;
        assert_eq!(brought, [1, 1, 300], "each row says which run brought it");

        // The same file again would take the corrections away: its bytes are live.
        let again = installation.import("a.csv", &with_bad_rows(), None).await;
        assert!(again.run.failure.expect("is refused").contains("has the same bytes as what is live"));
        // Undoing a correction leaves what it was added to.
        let undone = installation.system::<permit::ImportsRun>().await.undo_and_wait(&third.run.id).await.expect("is undone");
        assert_eq!(undone.run.published[0].rows, 301);
    }
}

#[tokio::test]
async fn a_list_is_never_taken_for_the_whole_table() {
    let installation = Installation::new(Mode::Split).await;
    let first = installation.import("a.csv", &with_bad_rows(), None).await;
    let mended = list(&installation, &first.run.id).await.replace("91.5", "41.5").replace("California", "CA");
    installation.import("b.csv", &samples::many_zips(10), None).await;
    let refused = installation.import("late.csv", mended.as_bytes(), None).await;
    assert!(refused.run.failure.expect("is refused").starts_with("The version that these rows are to be added to is not live any more."));
    assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 10);
    let unknown = mended.replace(first.run.id.as_str(), "0197-unknown");
    let refused = installation.import("unknown.csv", unknown.as_bytes(), None).await;
    assert!(refused.run.failure.expect("is refused").contains("of an import that is not known here"));
}
