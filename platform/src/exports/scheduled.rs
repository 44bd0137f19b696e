//! Exports that are written to a store every day, for whoever looks there for them. Beside each lies where it comes from.

use std::io;

use bytes::Bytes;
use database_primary::{Progress, RunRecord};
use model::Error;
use model::export::SOURCES_ENDING;
use model::run::RunState;

use super::{ExportVersion, Stale, exports};
use crate::Platform;
use crate::failure::{self, unavailable};
use crate::schedule::scheduler;

impl Platform {
    /// Writes every export that can be made, also where it is stale, which the file beside it then says. One that cannot be written does
    /// not keep the others from it; its run says why.
    pub(crate) async fn write_exports(&self) -> Result<(), Error> {
        for export in exports() {
            match self.export_version(export).await {
                // There is nothing yet that it could be made from.
                Err(Error::Conflict { message, .. }) => tracing::info!(export = export.name, message, "the daily export is left out"),
                Err(error) => return Err(error),
                Ok(version) => self.write_export(version).await?,
            }
        }
        Ok(())
    }

    async fn write_export(&self, version: ExportVersion) -> Result<(), Error> {
        let (name, is_stale) = (version.name, version.is_stale());
        let file = match self.export_file(version, Stale::Accepted).await {
            Err(Error::Conflict { message, .. }) => {
                tracing::info!(export = name, message, "the daily export is left out");
                return Ok(());
            }
            file => file?,
        };
        let sources = serde_json::to_vec_pretty(&file.sources()).map_err(unavailable("writing an export's sources"))?;
        let store = &self.configuration().exports;
        // The file first: what lies beside it never tells of one that is not there yet.
        let written: io::Result<()> = async {
            store.put_whole(name, file.bytes()).await?;
            store.put_whole(&format!("{name}{SOURCES_ENDING}"), Bytes::from(sources)).await
        }
        .await;
        let actor = scheduler();
        match written {
            Ok(()) => {
                self.record_export(&actor, &file.version, Some(file.rows()), None).await?;
                tracing::info!(export = name, stale = is_stale, "the daily export is written");
            }
            Err(error) => {
                let reference = failure::log("writing an export to the store", &error);
                let sentence = format!("It could not be written to the store; the cause is logged under the reference {reference}.");
                let record = RunRecord { failure: Some(sentence), ..RunRecord::new(RunState::Failed, Progress::default()) };
                self.record_export_run(&actor, name, &record, is_stale).await?;
            }
        }
        Ok(())
    }
}
