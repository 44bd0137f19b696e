//! A kind that replaces its table: one file, streamed through a bounded channel into COPY.

use database_connection::DatabaseError;
use database_data::{CopyBuffer, DataTransaction, Staging};
use database_primary::FileOutcome;
use files::{Control, Damage, ReadOptions};
use tokio::sync::mpsc;

use super::encode::{Encoder, progress};
use super::{Copied, Reading, Source, blocking};
use crate::failure::Fault;
use crate::imports::limits::{notes, over_limits};
use crate::imports::work::Found;
use crate::runs::Failure;

/// Buffers of encoded rows between the reading thread and COPY.
const BUFFERS: usize = 4;

pub(super) async fn copy(
    transaction: &mut DataTransaction,
    staging: &Staging,
    reading: &Reading,
    sources: Vec<Source>,
    mut found: Found,
) -> Result<Copied, Failure> {
    // A run of such a kind has one file.
    let Some(source) = sources.into_iter().next() else { return Err(Fault::new("a run without files").into()) };
    let (ordinal, name, release) = (source.ordinal, source.name.clone(), source.release());
    let (sender, receiver) = mpsc::channel::<Vec<u8>>(BUFFERS);
    let reader = blocking({
        let (reading, staging) = (reading.clone(), staging.clone());
        move || {
            // A receiver that is gone means that copying has failed, and says why itself.
            let send = |bytes| if sender.blocking_send(bytes).is_ok() { Control::Continue } else { Control::Stop };
            let mut encoder = Encoder::new(&reading, &staging, &source.name, CopyBuffer::opening(), send);
            // Always repaired: whether that is agreed to is asked when it is known how many there are.
            let options = ReadOptions { repair_leading_zeros: true };
            let report = files::read(source.fetched.path(), &source.name, &source.recognized, &options, &progress(&reading), &mut encoder);
            encoder.finish(report.is_ok());
            report
        }
    });
    let copying = async {
        // Owned here, so that it is gone when copying fails: the thread would wait for ever on a full channel.
        let mut receiver = receiver;
        let mut copying = transaction.copy_staged(staging).await?;
        while let Some(bytes) = receiver.recv().await {
            copying.send(&bytes).await?;
        }
        Ok::<_, DatabaseError>(copying)
    };
    let (report, copying) = tokio::join!(reader, copying);
    let copying = copying?;
    reading.rejects.keep(&reading.work.platform.configuration().store, &mut found).await?;
    let report = match report? {
        Ok(report) => report,
        Err(Damage::Damaged(what)) => return Err(found.refused(&reading.work, format!("{name} {what}"), None)),
        Err(Damage::Io(error)) => return Err(error.into()),
    };
    found.files.push(FileOutcome {
        ordinal,
        release,
        rows_read: report.read,
        rows_rejected: report.rejected,
        origins: report.origins.clone(),
        failure: None,
    });
    if let Some(message) = over_limits(&report, &name, reading.contract, &reading.limits, reading.is_correction) {
        return Err(found.refused(&reading.work, message, None));
    }
    let rows = copying.finish().await?;
    let sent = report.read - report.rejected - report.repeated;
    if rows != sent {
        return Err(Fault::new(format!("{sent} rows were sent and {rows} copied")).into());
    }
    found.notes.extend(notes(&report));
    Ok(Copied { rows, found, leading_zeros: report.leading_zeros, first_leading_zeros: report.first_leading_zeros })
}
