//! Making DATA anew from the originals that are kept, in the order in which they were published.

use std::collections::HashSet;

use database_primary::Rebuildable;
use model::integration::Replacement;
use model::preview::{Consent, ImportOptions};
use model::run::{RunDetail, RunState};
use model::{Error, FileKind, RunId};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;

impl Authorized<permit::ImportsRun> {
    /// Imports again what is live according to PRIMARY, from the kept originals, and answers each new run.
    ///
    /// What is imported was agreed to once: leading zeros, releases and bytes are not asked about again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor may not import files of every kind; [`Error::Conflict`] when originals that are needed are not kept any more; nothing is imported then.
    pub async fn rebuild(&self) -> Result<Vec<RunDetail>, Error> {
        self.allow_all()?;
        let fault = || unavailable("listing what can be made anew");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let all = transaction.rebuildable().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let needed = needed(&all);
        if let Some(lost) = needed.iter().find(|run| !run.kept) {
            return Err(Error::conflict(format!(
                "The files of the run {} ({}) are not kept any more, so DATA cannot be made anew from the originals alone. Import a {} file instead.",
                lost.id, lost.kind, lost.kind
            )));
        }
        let consent = Consent { leading_zeros: true, older_release: true, same_bytes: true };
        let mut details = Vec::with_capacity(needed.len());
        let mut renewed: Vec<(RunId, RunId)> = Vec::new();
        for run in needed {
            let corrects = run.corrects.as_ref().and_then(|old| renewed.iter().find(|(from, _)| from == old).map(|(_, to)| to.clone()));
            let id = self.start_again_for(&run.id, ImportOptions { consent, ..ImportOptions::default() }, corrects).await?;
            let ended = self.work_off_all(vec![id.clone()]).await?;
            renewed.push((run.id.clone(), id));
            let failed = ended.iter().any(|detail| detail.run.state != RunState::Succeeded);
            details.extend(ended);
            if failed {
                break;
            }
        }
        Ok(details)
    }
}

/// Of all imports, in the order in which they were published, those whose rows are still shown, and what those correct.
fn needed(all: &[Rebuildable]) -> Vec<&Rebuildable> {
    let mut wanted: HashSet<&RunId> = HashSet::new();
    // From the latest back: what a later run has replaced as a whole is not needed.
    let mut tables: HashSet<&str> = HashSet::new();
    let mut origins: HashSet<(&str, &str)> = HashSet::new();
    for run in all.iter().rev() {
        let Ok(kind) = run.kind.parse::<FileKind>() else { continue };
        let adds = match kind.contract().replacement {
            Replacement::Table => tables.insert(&run.kind),
            Replacement::Origins => {
                let before = origins.len();
                origins.extend(run.origins.iter().map(|origin| (run.kind.as_str(), origin.as_str())));
                origins.len() > before
            }
        };
        if adds || wanted.contains(&run.id) {
            wanted.insert(&run.id);
            wanted.extend(&run.corrects);
        }
    }
    all.iter().filter(|run| wanted.contains(&run.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, kind: &str, corrects: Option<&str>, origins: &[&str]) -> Rebuildable {
        Rebuildable {
            id: RunId::new(id),
            kind: kind.to_owned(),
            corrects: corrects.map(RunId::new),
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            kept: true,
        }
    }

    #[test]
    fn what_was_replaced_as_a_whole_is_not_needed() {
        let all = [
            run("old", "us-zips", None, &[]),
            run("charts", "ups-zones", None, &["004", "005"]),
            run("base", "us-zips", None, &[]),
            run("again", "ups-zones", None, &["005"]),
            run("correction", "us-zips", Some("base"), &[]),
            run("all", "ups-ground", None, &["28602"]),
            run("replaced", "ups-ground", None, &["28602"]),
        ];
        let ids: Vec<&str> = needed(&all).iter().map(|run| run.id.as_str()).collect();
        assert_eq!(ids, ["charts", "base", "again", "correction", "replaced"]);
    }
}
