//! Exports that are written to a store every day, for whoever looks there for them. Beside each lies where it comes from.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use database_primary::{Progress, RunRecord};
use model::Error;
use model::export::SOURCES_ENDING;
use model::run::RunState;

use super::{Export, ExportedFile, Stale};
use crate::Platform;
use crate::failure;
use crate::schedule::{Ended, scheduler};

impl Platform {
    /// Writes an export, also where it is stale, which the file beside it then says, and records that by a run: also that it could not be
    /// written, with the moment from which on it is tried again.
    pub(crate) async fn write_export(&self, export: &'static Export, again_at: impl Fn() -> DateTime<Utc>) -> Result<Ended, Error> {
        let (what, cause, is_stale) = match self.made_now(export).await {
            // There is nothing yet that it could be made from.
            Err(Error::Conflict { message, .. }) => {
                tracing::info!(export = export.name, message, "the daily export is left out");
                return Ok(Ended::Done);
            }
            Err(error) => ("made", cause(&error), false),
            Ok(file) => {
                let is_stale = file.version.is_stale();
                match self.put_into_store(&file).await {
                    Ok(()) => {
                        self.record_export(&scheduler(), &file.version, Some(file.rows()), None).await?;
                        tracing::info!(export = export.name, stale = is_stale, "the daily export is written");
                        return Ok(Ended::Done);
                    }
                    Err(error) => ("written to the store", logged(&failure::log("writing an export to the store", &error)), is_stale),
                }
            }
        };
        let sentence = format!("It could not be {what}; {cause}. It is tried again at {} UTC.", again_at().format("%H:%M"));
        let record = RunRecord { failure: Some(sentence), ..RunRecord::new(RunState::Failed, Progress::default()) };
        self.record_export_run(&scheduler(), export.name, &record, is_stale).await?;
        Ok(Ended::Failed)
    }

    async fn made_now(&self, export: &'static Export) -> Result<ExportedFile, Error> {
        let version = self.export_version(export).await?;
        self.export_file(version, Stale::Accepted).await
    }

    async fn put_into_store(&self, file: &ExportedFile) -> std::io::Result<()> {
        let (store, name) = (&self.configuration().exports, file.version.name);
        let sources = serde_json::to_vec_pretty(&file.sources())?;
        // The file first: what lies beside it never tells of one that is not there yet.
        store.put_whole(name, file.bytes()).await?;
        store.put_whole(&format!("{name}{SOURCES_ENDING}"), Bytes::from(sources)).await
    }
}

fn cause(error: &Error) -> String {
    match error {
        Error::Unavailable { reference } => logged(reference),
        other => format!("the cause is: {other}"),
    }
}

fn logged(reference: &str) -> String {
    format!("the cause is logged under the reference {reference}")
}
