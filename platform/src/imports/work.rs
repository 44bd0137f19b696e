//! Working on an import: its files are staged and compared; then it waits to be confirmed, or is published, or is refused with one
//! sentence and nothing changed.

use database_data::Staging;
use database_primary::{Claimed, FileOutcome, RunRecord};
use model::integration::KindContract;
use model::preview::{Preview, Question};
use model::run::{Operation, Published, Reject, RunState, Stage};
use model::{FileKind, RunId};

use super::stage::{self, Compared, GONE};
use crate::runs::{Failure, Work, refused};

/// What staging found and made.
pub(super) struct Staged {
    pub(super) staging: Staging,
    pub(super) preview: Preview,
    pub(super) found: Found,
}

/// What is known of a run's files, whether they are staged or refused.
#[derive(Default)]
pub(super) struct Found {
    pub(super) notes: Vec<String>,
    pub(super) rejects: Vec<Reject>,
    pub(super) rejects_kept: bool,
    pub(super) files: Vec<FileOutcome>,
}

impl Found {
    /// A refusal that tells what was found.
    pub(super) fn refused(self, work: &Work, message: String, same_bytes_as: Option<RunId>) -> Failure {
        let Self { notes, rejects, rejects_kept, files } = self;
        let record = work.record(RunState::Failed);
        Failure::Refused(Box::new(RunRecord {
            notes: Some(notes),
            rejects,
            rejects_kept,
            files,
            failure: Some(message),
            same_bytes_as,
            ..record
        }))
    }

    fn record(self, work: &Work, state: RunState, preview: Preview) -> RunRecord {
        let Self { notes, rejects, rejects_kept, files } = self;
        RunRecord { notes: Some(notes), rejects, rejects_kept, files, preview: Some(preview), ..work.record(state) }
    }
}

/// The contract of a claimed import.
pub(super) fn contract(claimed: &Claimed) -> Result<&'static KindContract, Failure> {
    let kind = claimed.subject.as_deref().and_then(|subject| subject.parse::<FileKind>().ok());
    kind.map(FileKind::contract).ok_or_else(|| refused("This version of the platform does not know the kind of these files."))
}

/// Works on a claimed import.
pub(crate) async fn work(work: Work, claimed: Claimed) -> Result<RunRecord, Failure> {
    let contract = contract(&claimed)?;
    if claimed.confirmed {
        let mut transaction = work.platform.data().begin_read_only().await?;
        let staging = transaction.staged_by(&work.id).await?;
        transaction.commit().await?;
        if let Some(staging) = staging {
            return publish_confirmed(&work, staging).await;
        }
    }
    // What an earlier process of this run may have left.
    work.platform.data().discard_staging(&work.id).await?;
    let Staged { mut staging, mut preview, found } = stage::stage(&work, &claimed, contract).await?;
    if claimed.options.preview {
        if claimed.confirmed {
            forget_confirmation(&work).await?;
        }
        return Ok(found.record(&work, RunState::Waiting, preview));
    }
    loop {
        let unanswered = preview.questions.iter().find(|question| !claimed.options.consent.covers(question)).map(sentence);
        if let Some(sentence) = unanswered {
            // Kept with what would have changed: whoever is to agree to it wants to see that.
            let record = found.record(&work, RunState::Failed, preview);
            return Err(Failure::Refused(Box::new(RunRecord { failure: Some(sentence), ..record })));
        }
        match publish(&work, &mut staging, false).await? {
            Publishing::Done(published) => {
                return Ok(RunRecord { published: vec![published], ..found.record(&work, RunState::Succeeded, preview) });
            }
            Publishing::Overtaken(compared) => preview = compared.into_preview(preview),
            Publishing::Gone => return Err(found.refused(&work, GONE.to_owned(), None)),
        }
    }
}

/// What an unanswered question means for a run that nobody is there to ask.
pub(super) fn sentence(question: &Question) -> String {
    match question {
        Question::LeadingZeros { count, first } => {
            let codes = if *count == 1 { "code has" } else { "codes have" };
            format!(
                "{count} {codes} lost leading zeros, as spreadsheets do (the first: {first}). Nothing was changed: agree to putting them back, or mend the file."
            )
        }
        Question::OlderRelease { file, live } => {
            format!(
                "It is of release {file}, and release {live}, which is newer, is live. Nothing was changed: agree to the older one, or import a newer file."
            )
        }
    }
}

/// What came of publishing.
enum Publishing {
    Done(Published),
    /// Something else was published since the rows were compared; this is how they differ from that.
    Overtaken(Compared),
    /// The version that the rows correct is not shown any more.
    Gone,
}

/// Publishes what is staged, if what it was compared with is still what is shown.
async fn publish(work: &Work, staging: &mut Staging, sampled: bool) -> Result<Publishing, Failure> {
    work.counters.enter(Stage::Publishing);
    let relation = staging.contract.relation;
    let mut transaction = work.platform.data().begin().await?;
    transaction.take_turn(relation).await?;
    if transaction.changes_of(&[relation]).await?.first() == Some(&staging.compared) {
        let published = transaction.publish_staging(staging, &work.id).await?;
        work.commit(transaction).await?;
        return Ok(Publishing::Done(published));
    }
    if !transaction.corrects_what_is_shown(staging).await? {
        return Ok(Publishing::Gone);
    }
    work.counters.enter(Stage::Comparing);
    let compared = stage::compare(&mut transaction, staging, sampled).await?;
    transaction.commit().await?;
    Ok(Publishing::Overtaken(compared))
}

/// Publishes what somebody has confirmed, if it still is what they saw.
async fn publish_confirmed(work: &Work, mut staging: Staging) -> Result<RunRecord, Failure> {
    match publish(work, &mut staging, true).await? {
        Publishing::Done(published) => {
            let (mut notes, preview) = recorded(work).await?;
            notes.extend(preview.questions.iter().filter_map(agreed));
            Ok(work.succeeded(vec![published], notes))
        }
        Publishing::Overtaken(compared) => {
            forget_confirmation(work).await?;
            let (mut notes, recorded) = recorded(work).await?;
            notes.insert(0, COMPARED_ANEW.to_owned());
            let preview = compared.into_preview(recorded);
            Ok(RunRecord { preview: Some(preview), notes: Some(notes), ..work.record(RunState::Waiting) })
        }
        Publishing::Gone => Err(refused(GONE)),
    }
}

const COMPARED_ANEW: &str = "Another import was published meanwhile; what this one would change is computed anew. Look at it again.";

/// What was done because somebody agreed to it.
pub(super) fn agreed(question: &Question) -> Option<String> {
    match question {
        Question::LeadingZeros { count, .. } => Some(format!("The leading zeros of {count} codes were put back.")),
        Question::OlderRelease { .. } => None,
    }
}

/// The notes and the preview that are recorded of the run; of the notes, those that are still true once it is confirmed again.
async fn recorded(work: &Work) -> Result<(Vec<String>, Preview), Failure> {
    let mut transaction = work.platform.primary().begin_read_only().await?;
    let detail = transaction.run(&work.id, Operation::Import).await?;
    transaction.commit().await?;
    let Some(detail) = detail else { return Ok((Vec::new(), Preview::default())) };
    let notes = detail.run.notes.into_iter().filter(|note| note != COMPARED_ANEW).collect();
    Ok((notes, detail.preview.unwrap_or_default()))
}

async fn forget_confirmation(work: &Work) -> Result<(), Failure> {
    let mut transaction = work.platform.primary().begin().await?;
    transaction.forget_confirmation(&work.id).await?;
    transaction.commit().await?;
    Ok(())
}
