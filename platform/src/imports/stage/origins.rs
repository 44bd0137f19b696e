//! A kind that is replaced by origin: many files, read side by side, each judged for itself before any of its rows is copied.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use database_data::{CopyBuffer, DataTransaction, FLUSH_AT, Staging};
use database_primary::FileOutcome;
use files::{Control, Damage, ReadOptions, Report};
use futures::{StreamExt, stream};
use tempfile::SpooledTempFile;

use super::encode::{Encoder, progress};
use super::{Copied, Reading, Source, blocking};
use crate::failure::Fault;
use crate::imports::limits::{notes, over_limits};
use crate::imports::work::Found;
use crate::runs::Failure;

/// Files that are read at once: it is work for the processor.
const READ_AT_ONCE: usize = 2;
/// Encoded rows of a file that wait in memory for its verdict; more wait on the disk.
const IN_MEMORY: usize = 8 * 1024 * 1024;

/// A file's rows, encoded, with what was found.
struct FileRows {
    ordinal: i32,
    name: String,
    release: Option<String>,
    rows: SpooledTempFile,
    report: Result<Report, Damage>,
}

pub(super) async fn copy(
    transaction: &mut DataTransaction,
    staging: &Staging,
    reading: &Reading,
    sources: Vec<Source>,
    mut found: Found,
) -> Result<Copied, Failure> {
    let mut copying = transaction.copy_staged(staging).await?;
    copying.send(&CopyBuffer::opening().take()).await?;
    let (mut sent, mut leading_zeros, mut first_leading_zeros) = (0, 0, None);
    // Which file holds an origin: two of one run cannot both have it.
    let mut origins: HashMap<String, String> = HashMap::new();
    let mut taken = 0;
    let mut files = stream::iter(sources)
        .map(|source| {
            let (reading, staging) = (reading.clone(), staging.clone());
            blocking(move || read(source, &reading, &staging))
        })
        .buffered(READ_AT_ONCE);
    while let Some(file) = files.next().await {
        let FileRows { ordinal, name, release, rows, report } = file??;
        let (report, failure) = match report {
            Ok(report) => {
                let failure = over_limits(&report, &name, reading.contract, &reading.limits, reading.is_correction)
                    .or_else(|| held_already(&report, &name, &origins));
                (report, failure)
            }
            Err(Damage::Damaged(what)) => (Report::default(), Some(format!("{name} {what}"))),
            Err(Damage::Io(error)) => return Err(error.into()),
        };
        if failure.is_none() {
            taken += 1;
            sent += report.read - report.rejected - report.repeated;
            origins.extend(report.origins.iter().map(|origin| (origin.clone(), name.clone())));
            leading_zeros += report.leading_zeros;
            if first_leading_zeros.is_none() {
                first_leading_zeros = report
                    .first_leading_zeros
                    .as_ref()
                    .map(|first| if reading.several { format!("{name}, {first}") } else { first.clone() });
            }
            for note in notes(&report) {
                if reading.several {
                    // A thousand files may have as many notes: these are in the counts already.
                    continue;
                }
                found.notes.push(note);
            }
            send(&mut copying, rows).await?;
        }
        found.files.push(FileOutcome {
            ordinal,
            release,
            rows_read: report.read,
            rows_rejected: report.rejected,
            origins: report.origins,
            failure,
        });
    }
    drop(files);
    let mut end = CopyBuffer::default();
    end.close();
    copying.send(&end.take()).await?;
    let rows = copying.finish().await?;
    reading.rejects.keep(&reading.work.platform.configuration().store, &mut found).await?;
    if taken == 0 {
        let first = found.files.iter().find_map(|file| file.failure.clone()).unwrap_or_default();
        let message = if found.files.len() == 1 {
            first
        } else {
            format!("None of the {} files could be imported. The first: {first}", found.files.len())
        };
        return Err(found.refused(&reading.work, message, None));
    }
    if rows != sent {
        return Err(Fault::new(format!("{sent} rows were sent and {rows} copied")).into());
    }
    let left_out = found.files.iter().filter(|file| file.failure.is_some()).count();
    if left_out > 0 {
        found.notes.insert(0, format!("{left_out} of {} files were left out; the list of files says why.", left_out + taken));
    }
    Ok(Copied { rows, found, leading_zeros, first_leading_zeros })
}

/// Reads a file to where its rows wait for its verdict.
fn read(source: Source, reading: &Reading, staging: &Staging) -> io::Result<FileRows> {
    let mut rows = SpooledTempFile::new(IN_MEMORY);
    let mut failed = None;
    let write = |bytes: Vec<u8>| match rows.write_all(&bytes) {
        Ok(()) => Control::Continue,
        Err(error) => {
            failed = Some(error);
            Control::Stop
        }
    };
    let mut encoder = Encoder::new(reading, staging, &source.name, CopyBuffer::default(), write);
    // Always repaired: whether that is agreed to is asked when it is known how many there are.
    let options = ReadOptions { repair_leading_zeros: true };
    let report = files::read(source.fetched.path(), &source.name, &source.recognized, &options, &progress(reading), &mut encoder);
    encoder.finish(false);
    if let Some(error) = failed {
        return Err(error);
    }
    rows.seek(SeekFrom::Start(0))?;
    Ok(FileRows { ordinal: source.ordinal, release: source.release(), name: source.name, rows, report })
}

/// Why a file is left out whose origins another file of the run has brought.
fn held_already(report: &Report, name: &str, origins: &HashMap<String, String>) -> Option<String> {
    let (origin, other) = report.origins.iter().find_map(|origin| origins.get_key_value(origin))?;
    Some(format!("{name} holds the origin {origin}, which {other} of the same import holds too. Import the one that counts."))
}

async fn send(copying: &mut database_data::Copying<'_>, mut rows: SpooledTempFile) -> Result<(), Failure> {
    let mut bytes = vec![0; FLUSH_AT];
    loop {
        let read = rows.read(&mut bytes)?;
        if read == 0 {
            return Ok(());
        }
        copying.send(&bytes[..read]).await?;
    }
}
