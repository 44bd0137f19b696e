//! Submitting: archives are unpacked, files recognised and kept in the store, and what belongs together becomes a queued run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use database_primary::{NewFile, NewRun, Progress, RunRecord};
use files::UnpackLimits;
use futures::{StreamExt, TryStreamExt, stream};
use model::integration::Replacement;
use model::preview::ImportOptions;
use model::run::{Operation, RunDetail, RunState};
use model::{Error, FileKind, Permission, RunId};
use serde_json::json;

use super::allowed::not_allowed;
use super::receive::{Upload, storage};
use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::{is_storable, new_id, new_run};

/// Files that are unpacked and recognised at once: it is work for the processor.
const RECOGNIZED_AT_ONCE: usize = 2;
/// Files that are put into the store at once: it is waiting for a disk or a network.
const KEPT_AT_ONCE: usize = 16;
/// Runs that a command works on at once.
const WORKED_ON_AT_ONCE: usize = 2;
/// Files of one submission at most, unpacked ones included.
const FILES_MOST: usize = 10_000;

/// A run that was made of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// The run.
    pub run_id: RunId,
    /// The kind of its files; none for a file that was refused, whose run has failed already.
    pub kind: Option<FileKind>,
    /// The first file's name.
    pub file: String,
    /// How many files it has.
    pub files: u64,
}

/// A file, unpacked, and what it was recognised as.
struct Arrived {
    upload: Upload,
    archive: Option<String>,
    verdict: Result<Verdict, Refused>,
}

/// Why nothing is made of a file: it is not recognised, or of a kind that its sender may not import.
struct Refused {
    message: String,
    /// Its kind, where that is known.
    kind: Option<FileKind>,
    /// Whether all that is wrong is that its sender may not import that kind.
    forbidden: Option<Permission>,
}

impl From<files::Refusal> for Refused {
    fn from(files::Refusal { message, kind, .. }: files::Refusal) -> Self {
        Self { message, kind, forbidden: None }
    }
}

#[derive(Clone)]
struct Verdict {
    kind: FileKind,
    corrects: Option<RunId>,
}

/// Files that become one run.
struct Group {
    verdict: Result<Verdict, Refused>,
    files: Vec<NewFile>,
}

impl Authorized<permit::ImportsRun> {
    /// Takes files in: each is unpacked, recognised and kept, and becomes a queued run, together with the others of its kind where
    /// that is replaced by origin. A file that is refused, also because the actor may not import its kind, is no error: nothing of it
    /// is kept, and it becomes a run that has failed and says why.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor may import none of the files, or not the kind that is named; nothing is recorded then.
    /// [`Error::Conflict`] when there is no room for the files, [`Error::Unavailable`] when the runs cannot be recorded.
    pub async fn submit(&self, uploads: Vec<Upload>, kind: Option<FileKind>, options: ImportOptions) -> Result<Vec<Submitted>, Error> {
        kind.map_or(Ok(()), |kind| self.allow(kind))?;
        // Each piece of work owns what it needs: a stream of borrowing ones is not known to be fit for other threads.
        let (platform, allowed) = (self.platform.clone(), self.allowed_kinds());
        let arrived: Vec<Vec<Arrived>> = stream::iter(uploads)
            .map(move |upload| unpack_and_recognize(platform.clone(), upload, kind, allowed.clone()))
            .buffered(RECOGNIZED_AT_ONCE)
            .try_collect()
            .await?;
        let arrived: Vec<Arrived> = arrived.into_iter().flatten().collect();
        if arrived.len() > FILES_MOST {
            return Err(Error::invalid(
                "file",
                format!("There are {} files in all, at most {FILES_MOST} are taken at a time.", arrived.len()),
            ));
        }
        let forbidden: Vec<Option<Permission>> = arrived.iter().map(|arrived| arrived.verdict.as_ref().err()?.forbidden).collect();
        for permission in forbidden.iter().flatten().collect::<BTreeSet<_>>() {
            self.platform.record_denial(&self.actor, *permission);
        }
        if let (Some(Some(permission)), true) = (forbidden.first(), forbidden.iter().all(Option::is_some)) {
            return Err(Error::Forbidden { permission: *permission });
        }
        let store = self.platform.configuration().store.clone();
        let taken = arrived.iter().filter(|arrived| arrived.verdict.is_ok());
        let originals: Vec<(String, PathBuf)> =
            taken.map(|arrived| (arrived.upload.file().sha256.clone(), arrived.upload.path().to_owned())).collect();
        stream::iter(originals)
            .map(move |(sha256, path)| {
                let store = store.clone();
                async move { store.keep_original(&sha256, &path).await }
            })
            .buffer_unordered(KEPT_AT_ONCE)
            .try_collect::<Vec<()>>()
            .await
            .map_err(storage)?;
        let submitted = self.record(group(arrived), options, None).await?;
        self.platform.0.queued.notify_one();
        Ok(submitted)
    }

    /// Submits files and works on them in this process. Answers each run once it has ended, or waits to be confirmed.
    ///
    /// # Errors
    /// As [`Authorized::submit`].
    pub async fn import(&self, uploads: Vec<Upload>, kind: Option<FileKind>, options: ImportOptions) -> Result<Vec<RunDetail>, Error> {
        let submitted = self.submit(uploads, kind, options).await?;
        let ids = submitted.into_iter().map(|submitted| submitted.run_id);
        self.work_off_all(ids.collect()).await
    }

    /// Works on queued runs in this process, and answers how they stand then.
    pub(super) async fn work_off_all(&self, ids: Vec<RunId>) -> Result<Vec<RunDetail>, Error> {
        let (platform, actor) = (self.platform.clone(), self.actor.clone());
        stream::iter(ids)
            .map(move |id| {
                let (platform, actor) = (platform.clone(), actor.clone());
                async move {
                    platform.work_off(&id).await?;
                    if platform.0.stopping.is_cancelled() {
                        // Whoever stops a command does not want its work done by somebody else later.
                        platform.cancel_run(&actor, &id, Operation::Import).await?;
                    }
                    platform.load_import(&id).await
                }
            })
            .buffered(WORKED_ON_AT_ONCE)
            .try_collect()
            .await
    }

    /// Starts a run again that has ended, with the files that are kept of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such import, [`Error::Forbidden`] when the actor may not import files of its kind,
    /// [`Error::Conflict`] when it has not ended or its files are gone.
    pub async fn start_again(&self, id: &RunId, options: ImportOptions) -> Result<RunId, Error> {
        self.start_again_for(id, options, None).await
    }

    /// The same; a list of corrected rows is for `corrects`, where that is not the run that it was for.
    pub(super) async fn start_again_for(&self, id: &RunId, options: ImportOptions, corrects: Option<RunId>) -> Result<RunId, Error> {
        let fault = || unavailable("starting a run again");
        let detail = self.platform.load_import(id).await?;
        self.allow_run(&detail.run)?;
        if !detail.run.state.is_final() || detail.run.operation != Operation::Import {
            return Err(Error::conflict("Only an import that has ended can be started again."));
        }
        let kind = detail.run.subject.as_deref().and_then(|subject| subject.parse::<FileKind>().ok());
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let stored = transaction.stored_files(id).await.map_err(fault())?;
        let corrected = transaction.corrected_runs(id).await.map_err(fault())?.into_iter().next();
        transaction.commit().await.map_err(fault())?;
        let (Some(kind), true) = (kind, !stored.is_empty() && stored.iter().all(|file| file.kept)) else {
            return Err(Error::conflict("The files of this import are not kept any more; send them again."));
        };
        let files = stored.into_iter().map(|file| NewFile { file: file.file, archive: file.archive, kept: true }).collect();
        let group = Group { verdict: Ok(Verdict { kind, corrects: corrects.or(corrected) }), files };
        let submitted = self.record(vec![group], options, Some(id)).await?;
        self.platform.0.queued.notify_one();
        submitted.into_iter().next().map(|submitted| submitted.run_id).ok_or_else(|| Error::conflict("There is nothing to start again."))
    }

    /// Records runs, all or none of them.
    async fn record(&self, groups: Vec<Group>, options: ImportOptions, repeats: Option<&RunId>) -> Result<Vec<Submitted>, Error> {
        let fault = || unavailable("recording a run");
        let mut transaction = self.platform.primary().begin().await.map_err(fault())?;
        let mut submitted = Vec::with_capacity(groups.len());
        for Group { verdict, files } in groups {
            let id = new_id();
            let (subject, corrects, refusal) = match &verdict {
                Ok(verdict) => (Some(verdict.kind), verdict.corrects.as_ref(), None),
                Err(refusal) => (refusal.kind, None, Some(refusal)),
            };
            let run = NewRun {
                subject: subject.map(FileKind::name),
                options: json!(options),
                // A refused one ends at once: for that moment somebody works on it.
                lease: refusal.map(|_| self.platform.lease()),
                corrects,
                repeats,
                ..new_run(&id, Operation::Import, &self.actor, &files)
            };
            transaction.create_run(run).await.map_err(fault())?;
            let mut entry = self.actor.audit("import", "run", Some(id.as_str()));
            let named: Vec<_> = files.iter().take(20).map(|file| &file.file).collect();
            entry.after = Some(json!({"subject": subject, "files": files.len(), "first": named, "options": options}));
            transaction.audit(entry).await.map_err(fault())?;
            if let Some(refusal) = refusal {
                let failed = RunRecord { failure: Some(refusal.message.clone()), ..RunRecord::new(RunState::Failed, Progress::default()) };
                transaction.record_run(&id, &failed).await.map_err(fault())?;
            }
            let file = files.first().map(|file| file.file.name.clone()).unwrap_or_default();
            submitted.push(Submitted { run_id: id, kind: verdict.ok().map(|verdict| verdict.kind), file, files: files.len() as u64 });
        }
        transaction.commit().await.map_err(fault())?;
        Ok(submitted)
    }
}

async fn unpack_and_recognize(
    platform: Platform,
    upload: Upload,
    kind: Option<FileKind>,
    allowed: Vec<FileKind>,
) -> Result<Vec<Arrived>, Error> {
    let uploads = platform.configuration().uploads.clone();
    let fault = || unavailable("recognising a file");
    let arrived = tokio::task::spawn_blocking(move || unpack(upload, uploads, kind)).await.map_err(fault())?.map_err(storage)?;
    let mut checked = Vec::with_capacity(arrived.len());
    for mut arrived in arrived {
        let recognized = arrived.verdict.as_ref().map_or_else(|refused| refused.kind, |verdict| Some(verdict.kind));
        if let Some(kind) = recognized.filter(|kind| !allowed.contains(kind)) {
            let forbidden = Some(Permission::to_import(kind));
            arrived.verdict = Err(Refused { message: not_allowed(kind), kind: Some(kind), forbidden });
        }
        if let Ok(Verdict { corrects: Some(run), .. }) = &arrived.verdict
            && let Err(message) = is_correctable(&platform, run, arrived.verdict.as_ref().map(|verdict| verdict.kind).ok()).await?
        {
            let message = format!("{} {message}", arrived.upload.file().name);
            arrived.verdict = Err(Refused { message, kind: None, forbidden: None });
        }
        checked.push(arrived);
    }
    Ok(checked)
}

/// Whether a list of corrected rows can be of this run; the error is a sentence's end.
async fn is_correctable(platform: &Platform, run: &RunId, kind: Option<FileKind>) -> Result<Result<(), String>, Error> {
    let unknown = || Ok(Err("is a list of rejected rows of an import that is not known here. Import the whole file instead.".to_owned()));
    if !is_storable(run.as_str()) {
        return unknown();
    }
    let fault = || unavailable("loading a run");
    let mut transaction = platform.primary().begin_read_only().await.map_err(fault())?;
    let detail = transaction.run(run, Operation::Import).await.map_err(fault())?;
    transaction.commit().await.map_err(fault())?;
    let Some(detail) = detail else { return unknown() };
    Ok(match detail.run.state {
        RunState::Succeeded if detail.run.subject.as_deref() == kind.map(FileKind::name) => Ok(()),
        RunState::Succeeded => Err("is a list of rejected rows whose columns are not those of its import.".to_owned()),
        _ => Err("is a list of rejected rows of an import that changed nothing, so there is nothing to add them to. Mend the file itself and import it whole.".to_owned()),
    })
}

/// Unpacks a file that is an archive, and recognises what comes out of it.
fn unpack(upload: Upload, uploads: PathBuf, kind: Option<FileKind>) -> std::io::Result<Vec<Arrived>> {
    let name = upload.file().name.clone();
    std::fs::create_dir_all(&uploads)?;
    let members = match files::unpack(upload.path(), &name, &uploads, &UnpackLimits::default())? {
        Ok(Some(members)) => members,
        Ok(None) => return Ok(vec![recognize(upload, None, kind)?]),
        Err(refusal) => return Ok(vec![Arrived { upload, archive: None, verdict: Err(refusal.into()) }]),
    };
    members.into_iter().map(|member| recognize(Upload::unpacked(&member.name, member.file)?, Some(name.clone()), kind)).collect()
}

fn recognize(upload: Upload, archive: Option<String>, kind: Option<FileKind>) -> std::io::Result<Arrived> {
    let recognized = files::recognize(upload.path(), &upload.file().name, kind)?;
    let verdict = recognized.map(|recognized| Verdict { kind: recognized.kind, corrects: recognized.correction }).map_err(Refused::from);
    Ok(Arrived { upload, archive, verdict })
}

/// Files of a kind that is replaced by origin make one run together, whatever their place; every other file one of its own.
fn group(arrived: Vec<Arrived>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Arrived { upload, archive, verdict } in arrived {
        let file = NewFile { file: upload.file().clone(), archive, kept: verdict.is_ok() };
        let joins = |group: &&mut Group| match (&group.verdict, &verdict) {
            (Ok(there), Ok(here)) => {
                there.kind == here.kind
                    && there.corrects.is_none()
                    && here.corrects.is_none()
                    && here.kind.contract().replacement == Replacement::Origins
            }
            _ => false,
        };
        match groups.iter_mut().find(joins) {
            Some(group) => group.files.push(file),
            None => groups.push(Group { verdict, files: vec![file] }),
        }
    }
    groups
}
