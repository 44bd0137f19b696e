//! Staging: a run's files are read, checked and encoded on threads of their own and copied to where nobody sees them, in one
//! transaction; then they get their key and are compared with what they would replace.

mod encode;
mod origins;
mod rejects;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

use database_connection::DatabaseError;
use database_data::{Comparison, DataTransaction, Staging};
use database_primary::{Claimed, FileOutcome, StoredFile};
use files::Recognized;
use model::integration::{Drift, KindContract, Limits, Release, Replacement};
use model::preview::{Change, Preview, Question};
use model::run::Stage;
use model::{FileKind, RunId};

use super::same_bytes;
use super::work::{Found, Staged, agreed};
use crate::failure::Fault;
use crate::runs::{Failure, Work, refused};
use crate::store::Fetched;
use rejects::Rejects;

/// Tables of up to so many rows are compared down to samples also where nobody waits to look at them.
const SAMPLED_UNASKED: u64 = 100_000;

/// A file of the run, here and recognised.
struct Source {
    ordinal: i32,
    name: String,
    fetched: Fetched,
    recognized: Recognized,
}

impl Source {
    /// The edition that the file, or else its name, tells.
    fn release(&self) -> Option<String> {
        self.recognized.release.as_ref().map(|release| release.as_str().to_owned())
    }
}

/// What was copied, before it is compared.
struct Copied {
    rows: u64,
    found: Found,
    leading_zeros: u64,
    first_leading_zeros: Option<String>,
}

/// What the readers of a run's files share.
#[derive(Clone)]
struct Reading {
    work: Work,
    contract: &'static KindContract,
    limits: Limits,
    /// A list of corrected rows may still hold bad ones: they are few, and listed again.
    is_correction: bool,
    /// Whether the run has several files, so that rejected rows say of which they are.
    several: bool,
    rejects: Arc<Rejects>,
}

/// Runs on a thread where waiting for a disk holds nobody up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(Fault::new)
}

/// Stages a claimed import.
pub(super) async fn stage(work: &Work, claimed: &Claimed, contract: &'static KindContract) -> Result<Staged, Failure> {
    work.counters.enter(Stage::Recognizing);
    let mut transaction = work.platform.primary().begin_read_only().await?;
    let stored = transaction.stored_files(&work.id).await?;
    transaction.commit().await?;
    let mut found = Found::default();
    let stored = match claimed.corrects {
        None if !claimed.options.consent.same_bytes => same_bytes::leave_out(work, contract, stored, &mut found).await?,
        _ => stored,
    };
    let (sources, drift) = recognize(work, contract, stored, &mut found).await?;
    if sources.is_empty() {
        let reason = found.files.iter().find_map(|file| file.failure.clone()).unwrap_or_else(|| "There is nothing to import.".to_owned());
        return Err(found.refused(work, reason, None));
    }
    let base = match &claimed.corrects {
        Some(run) => Some(shown_base(work, contract, run).await?),
        None => None,
    };

    work.counters.enter(Stage::Copying);
    let rejects = Rejects::new(work.id.clone(), contract, work.platform.configuration().uploads.clone());
    let reading = Reading {
        work: work.clone(),
        contract,
        limits: claimed.options.limits.unwrap_or(contract.limits),
        is_correction: base.is_some(),
        several: sources.len() > 1,
        rejects: Arc::new(rejects),
    };
    let release = sources.iter().filter_map(Source::release).max();
    let mut transaction = work.platform.data().begin().await?;
    let mut staging = transaction.stage(contract, &work.id).await?;
    staging.release = release;
    let copied = match contract.replacement {
        Replacement::Table => table::copy(&mut transaction, &staging, &reading, sources, found).await?,
        Replacement::Origins => origins::copy(&mut transaction, &staging, &reading, sources, found).await?,
    };
    let Copied { rows, mut found, leading_zeros, first_leading_zeros } = copied;

    work.counters.enter(Stage::Indexing);
    if transaction.complete_staging(&mut staging, rows, base.as_ref()).await?.is_none() {
        return Err(found.refused(work, GONE.to_owned(), None));
    }
    work.counters.enter(Stage::Comparing);
    let compared = compare(&mut transaction, &mut staging, claimed.options.preview).await?;
    transaction.commit().await?;
    let mut preview = compared.into_preview(Preview { drift, ..Preview::default() });
    if leading_zeros > 0 {
        let question = Question::LeadingZeros { count: leading_zeros, first: first_leading_zeros.unwrap_or_default() };
        if claimed.options.consent.covers(&question) {
            found.notes.extend(agreed(&question));
        }
        preview.questions.insert(0, question);
    }
    Ok(Staged { staging, preview, found })
}

pub(super) const GONE: &str =
    "The version that these rows are to be added to is not live any more. Nothing was changed: mend the whole file and import that.";

/// The run whose version a list of corrected rows is added to: the one that rejected them, or the latest that corrected others of them.
async fn shown_base(work: &Work, contract: &KindContract, corrects: &RunId) -> Result<RunId, Failure> {
    let mut transaction = work.platform.primary().begin_read_only().await?;
    let candidates = transaction.with_corrections(corrects).await?;
    transaction.commit().await?;
    let mut transaction = work.platform.data().begin_read_only().await?;
    for candidate in candidates {
        if transaction.is_shown(contract, &candidate).await? {
            transaction.commit().await?;
            return Ok(candidate);
        }
    }
    Err(refused(GONE))
}

/// Brings the files here and recognises each. One that is not what it was taken for is left out.
async fn recognize(
    work: &Work,
    contract: &'static KindContract,
    stored: Vec<StoredFile>,
    found: &mut Found,
) -> Result<(Vec<Source>, Drift), Failure> {
    let configuration = work.platform.configuration();
    let (mut sources, mut drift) = (Vec::with_capacity(stored.len()), Drift::default());
    for file in stored {
        let StoredFile { ordinal, file, .. } = file;
        let fetched = match configuration.store.fetch_original(&file.sha256, &configuration.uploads).await {
            Ok(fetched) => fetched,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(refused(format!("{} is not in the store any more. Nothing was changed; send it again.", file.name)));
            }
            Err(error) => return Err(error.into()),
        };
        let recognized = blocking({
            let (path, name, kind): (PathBuf, String, FileKind) = (fetched.path().to_owned(), file.name.clone(), contract.kind);
            move || files::recognize(&path, &name, Some(kind))
        })
        .await??;
        match recognized {
            Ok(recognized) => {
                drift.merge(&recognized.drift);
                for note in &recognized.notes {
                    if !found.notes.contains(note) && found.notes.len() < NOTES_MOST {
                        found.notes.push(note.clone());
                    }
                }
                sources.push(Source { ordinal, name: file.name, fetched, recognized });
            }
            Err(refusal) => found.files.push(FileOutcome { ordinal, failure: Some(refusal.message), ..FileOutcome::default() }),
        }
    }
    Ok((sources, drift))
}

/// Notes of files that a run keeps; a thousand files may have as many.
const NOTES_MOST: usize = 50;

/// A comparison with samples.
pub(super) struct Compared {
    rows: u64,
    comparison: Comparison,
    samples: Vec<Change>,
    /// The staged rows' edition.
    release: Option<String>,
}

impl Compared {
    /// The preview that tells this; its drift and questions stay as they are, but for the one about releases.
    pub(super) fn into_preview(self, base: Preview) -> Preview {
        let Self { rows, comparison, samples, release } = self;
        let Comparison { added, removed, changed, unchanged, replaces } = comparison;
        let mut questions: Vec<Question> =
            base.questions.into_iter().filter(|question| !matches!(question, Question::OlderRelease { .. })).collect();
        let live = replaces.as_ref().and_then(|replaced| replaced.release.clone());
        if let (Some(file), Some(live)) = (release.map(Release::new), live)
            && file < live
        {
            questions.push(Question::OlderRelease { file, live });
        }
        Preview { rows, added, removed, changed, unchanged, samples, replaces, questions, drift: base.drift }
    }
}

/// Compares what is staged with what is shown. Samples are taken where somebody will look at them, or where that is quick.
pub(super) async fn compare(transaction: &mut DataTransaction, staging: &mut Staging, sampled: bool) -> Result<Compared, DatabaseError> {
    let comparison = transaction.compare(staging).await?;
    let size = staging.rows + comparison.replaces.as_ref().map_or(0, |replaced| replaced.rows);
    let samples = if sampled || size <= SAMPLED_UNASKED { transaction.samples(staging, &comparison).await? } else { Vec::new() };
    Ok(Compared { rows: staging.rows, comparison, samples, release: staging.release.clone() })
}
