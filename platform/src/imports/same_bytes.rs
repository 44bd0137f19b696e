//! Files whose bytes are live already: importing them again would change nothing, so they are refused unless somebody insists.

use std::collections::{HashMap, HashSet};

use database_primary::{FileOutcome, SameBytes, StoredFile};
use model::RunId;
use model::integration::{KindContract, Replacement};

use super::work::Found;
use crate::runs::{Failure, Work};

/// Leaves out the files whose bytes are in what is shown now, and those that come twice. Refuses a run of which nothing is left.
pub(super) async fn leave_out(
    work: &Work,
    contract: &KindContract,
    stored: Vec<StoredFile>,
    found: &mut Found,
) -> Result<Vec<StoredFile>, Failure> {
    let hashes: Vec<String> = stored.iter().map(|file| file.file.sha256.clone()).collect();
    let mut transaction = work.platform.primary().begin_read_only().await?;
    let same = transaction.with_same_bytes(contract.name, &hashes).await?;
    let mut shown = HashMap::new();
    if !same.is_empty() {
        let mut data = work.platform.data().begin_read_only().await?;
        let runs = data.shown_origins(contract).await?;
        data.commit().await?;
        // What corrections were added to is still shown with them.
        let mut chains: HashMap<RunId, Vec<RunId>> = HashMap::new();
        for (run, origin) in runs {
            if !chains.contains_key(&run) {
                let mut chain = transaction.corrected_runs(&run).await?;
                chain.push(run.clone());
                chains.insert(run.clone(), chain);
            }
            shown.insert(origin, chains.get(&run).cloned().unwrap_or_default());
        }
    }
    transaction.commit().await?;

    let live: HashMap<&str, &RunId> =
        same.iter().filter(|same| is_shown(same, contract, &shown)).map(|same| (same.sha256.as_str(), &same.run_id)).collect();
    let mut seen = HashSet::new();
    let (mut left, mut first_live) = (Vec::new(), None);
    for file in stored {
        let name = &file.file.name;
        let failure = match live.get(file.file.sha256.as_str()) {
            Some(run) => {
                first_live.get_or_insert_with(|| (*run).clone());
                Some(format!("{name} has the same bytes as what is live. Nothing was changed; the run that imported them is linked here."))
            }
            None if !seen.insert(file.file.sha256.clone()) => Some(format!("{name} has the same bytes as another file of this import.")),
            None => None,
        };
        match failure {
            Some(failure) => found.files.push(FileOutcome { ordinal: file.ordinal, failure: Some(failure), ..FileOutcome::default() }),
            None => left.push(file),
        }
    }
    if left.is_empty() {
        let sentence = match found.files.as_slice() {
            [only] => only.failure.clone().unwrap_or_default(),
            several => format!("All {} files have the same bytes as what is live. Nothing was changed.", several.len()),
        };
        return Err(std::mem::take(found).refused(work, sentence, first_live));
    }
    Ok(left)
}

fn is_shown(same: &SameBytes, contract: &KindContract, shown: &HashMap<Option<String>, Vec<RunId>>) -> bool {
    let has = |origin: &Option<String>| shown.get(origin).is_some_and(|chain| chain.contains(&same.run_id));
    match contract.replacement {
        Replacement::Table => has(&None),
        Replacement::Origins => !same.origins.is_empty() && same.origins.iter().all(|origin| has(&Some(origin.clone()))),
    }
}
