//! The list of a run's rejected rows: the first of them for its page, all of them as a file that can be corrected and sent back.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use files::{Control, Rejected, RejectsWriter};
use model::RunId;
use model::integration::KindContract;
use model::run::{REJECTS_KEPT, Reject};
use tempfile::NamedTempFile;

use super::super::work::Found;
use crate::runs::Failure;
use crate::store::Store;

/// Rejected rows that the file holds at most: more than anybody corrects by hand.
const WRITTEN_MOST: u64 = 1_000_000;

/// Rejected rows of a run, from all the threads that read its files.
pub(super) struct Rejects {
    run: RunId,
    contract: &'static KindContract,
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    first: Vec<Reject>,
    written: u64,
    /// Made with the first rejected row: most runs have none.
    list: Option<(RejectsWriter<BufWriter<File>>, NamedTempFile)>,
    failed: Option<io::Error>,
}

impl Rejects {
    pub(super) fn new(run: RunId, contract: &'static KindContract, folder: PathBuf) -> Self {
        Self { run, contract, folder, state: Mutex::default() }
    }

    /// Takes a rejected row. Stops the reading where it cannot be written down: a list that lacks rows would be a lie.
    pub(super) fn take(&self, file: Option<&str>, rejected: &Rejected<'_>) -> Control {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.first.len() < REJECTS_KEPT {
            // PostgreSQL's text cannot hold a NUL.
            let value = rejected.value.chars().filter(|character| *character != '\0').take(200).collect();
            state.first.push(Reject {
                file: file.map(str::to_owned),
                line: rejected.line,
                column: rejected.column.map(str::to_owned),
                reason: rejected.reason.clone(),
                value,
            });
        }
        if state.written == WRITTEN_MOST {
            return Control::Continue;
        }
        match self.write(&mut state, rejected) {
            Ok(()) => {
                state.written += 1;
                Control::Continue
            }
            Err(error) => {
                state.failed = Some(error);
                Control::Stop
            }
        }
    }

    fn write(&self, state: &mut State, rejected: &Rejected<'_>) -> io::Result<()> {
        if state.list.is_none() {
            std::fs::create_dir_all(&self.folder)?;
            let file = NamedTempFile::new_in(&self.folder)?;
            let writer = RejectsWriter::new(BufWriter::new(file.reopen()?), self.contract, &self.run)?;
            state.list = Some((writer, file));
        }
        match &mut state.list {
            Some((writer, _)) => writer.write(rejected),
            None => Ok(()),
        }
    }

    /// Puts the list into the store, and what is known of the rows to what was found.
    pub(super) async fn keep(&self, store: &Store, found: &mut Found) -> Result<(), Failure> {
        let State { first, list, failed, .. } = std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(error) = failed {
            return Err(error.into());
        }
        found.rejects = first;
        if let Some((writer, file)) = list {
            writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            store.keep_rejects(&self.run, file.path()).await?;
            found.rejects_kept = true;
        }
        Ok(())
    }
}
