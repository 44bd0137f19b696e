//! Loading: the recognised file's rows, checked and encoded on a thread of their own, go through a bounded
//! channel into COPY; then the shadow table gets its key and takes the relation's place. All of it is one
//! transaction on DATA, so that a refused file or a dead process leaves nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use database_connection::DatabaseError;
use database_data::{CopyBuffer, FLUSH_AT};
use model::FileKind;
use model::run::{REJECTS_KEPT, Reject, Stage};
use tokio::sync::mpsc;

use super::delimited::{Damage, Row, Rows};
use super::receive::Upload;
use super::recognize::{Recognized, recognize};
use super::value;
use crate::failure::Fault;
use crate::runs::{Achieved, Counters, Failure, Refusal, Work};

/// Buffers of encoded rows between the reading thread and COPY.
const BUFFERS: usize = 4;
/// Rejected rows that a file may have for each hundred rows read. Without a valid key it may have none.
const REJECTED_PERCENT: u64 = 1;

/// What reading a file found.
#[derive(Debug, Default)]
struct Report {
    read: u64,
    rejects: Vec<Reject>,
    rejected: u64,
    /// Rejected rows whose key is missing, not valid or a repetition.
    without_key: u64,
    first_without_key: Option<String>,
}

/// Imports a file.
pub(super) async fn load(work: Work, upload: Upload, kind: Option<FileKind>) -> Result<Achieved, Failure> {
    work.counters.enter(Stage::Recognizing);
    let (path, name) = (upload.path().to_owned(), upload.file().name.clone());
    let recognized = blocking({
        let (path, name) = (path.clone(), name.clone());
        move || recognize(&path, &name, kind)
    })
    .await??;
    let recognized = recognized.map_err(|not| {
        let subject = not.kind.map(|kind| kind.name().to_owned());
        Failure::Refused(Box::new(Refusal { message: not.message, subject, ..Refusal::default() }))
    })?;
    let contract = recognized.contract;

    work.counters.enter(Stage::Copying);
    let mut transaction = work.platform.data().begin().await?;
    let shadow = transaction.create_shadow(contract.relation).await?;
    let columns: Vec<&str> = contract.columns.iter().map(|column| column.name).collect();
    let (sender, receiver) = mpsc::channel::<Vec<u8>>(BUFFERS);
    let reading = blocking({
        let (recognized, counters) = (recognized.clone(), work.counters.clone());
        move || read(path, &recognized, &counters, &sender)
    });
    let copying = async {
        // Owned here, so that it is gone when copying fails: the thread would wait for ever on a full channel.
        let mut receiver = receiver;
        let mut copying = transaction.copy_into(&shadow, &columns).await?;
        while let Some(bytes) = receiver.recv().await {
            copying.send(&bytes).await?;
        }
        Ok::<_, DatabaseError>(copying)
    };
    let (report, copying) = tokio::join!(reading, copying);
    // A thread whose receiver is gone stops quietly: the copying side knows why.
    let copying = copying?;
    let report = report??;
    let refuse = |message: String, rejects: Vec<Reject>| {
        let subject = Some(contract.name.to_owned());
        Failure::Refused(Box::new(Refusal { message, subject, notes: recognized.notes.clone(), rejects }))
    };
    let report = report.map_err(|damage| match damage {
        Damage::Damaged(what) => refuse(format!("{name} {what}"), Vec::new()),
        Damage::Fault(fault) => fault.into(),
    })?;
    if let Some(message) = over_limits(&report, &name, contract.key().name) {
        return Err(refuse(message, report.rejects));
    }

    let rows = copying.finish().await?;
    if rows != report.read - report.rejected {
        return Err(Fault::new(format!("{} rows were sent and {rows} copied", report.read - report.rejected)).into());
    }
    work.counters.enter(Stage::Indexing);
    transaction.index_shadow(&shadow, contract.key().name).await?;
    work.counters.enter(Stage::Publishing);
    let published = transaction.publish(&work.id, &[(shadow, rows)]).await?;
    work.commit(transaction).await?;
    Ok(Achieved { subject: Some(contract.name.to_owned()), published, notes: recognized.notes, rejects: report.rejects })
}

/// Runs on a thread where waiting for a disk holds nobody up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(Fault::new)
}

/// Reads, checks and encodes every row.
fn read(
    path: PathBuf,
    recognized: &Recognized,
    counters: &Arc<Counters>,
    sender: &mpsc::Sender<Vec<u8>>,
) -> Result<Result<Report, Damage>, Fault> {
    let mut rows = Rows::open(&path, recognized.delimiter, recognized.width, counters.clone())?;
    let mut reader = Reader { recognized, report: Report::default(), keys: HashMap::new(), buffer: CopyBuffer::opening() };
    let mut row = Row::default();
    loop {
        match rows.read(&mut row) {
            Ok(true) => reader.take(&row),
            Ok(false) => break,
            Err(damage) => return Ok(Err(damage)),
        }
        counters.rows_read.store(reader.report.read, Ordering::Relaxed);
        counters.rows_rejected.store(reader.report.rejected, Ordering::Relaxed);
        if reader.buffer.len() >= FLUSH_AT && sender.blocking_send(reader.buffer.take()).is_err() {
            return Ok(Ok(reader.report));
        }
    }
    reader.buffer.close();
    // An error means that nobody copies any more; the copying side reports why.
    drop(sender.blocking_send(reader.buffer.take()));
    Ok(Ok(reader.report))
}

struct Reader<'a> {
    recognized: &'a Recognized,
    report: Report,
    /// Each key with the line of its row.
    keys: HashMap<Box<str>, u64>,
    buffer: CopyBuffer,
}

/// Why a row is rejected, before it is told to anybody.
struct Breach<'a> {
    column: Option<&'static str>,
    reason: String,
    value: Cow<'a, [u8]>,
    is_key: bool,
}

impl Reader<'_> {
    fn take(&mut self, row: &Row) {
        // No column of any kind holds a line break. A row that spans lines has a quote too many, which
        // has swallowed the rows between: all of them count.
        let swallowed = row.fields.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        self.report.read += 1 + swallowed;
        if swallowed > 0 {
            let reason = format!("a quote is opened here and closed only {swallowed} lines further down: those lines are lost");
            self.report.rejected += swallowed;
            self.reject(row.line, Breach { column: None, reason, value: glued(row), is_key: false });
        } else if let Err(breach) = self.encode(row) {
            self.reject(row.line, breach);
        }
    }

    fn encode<'r>(&mut self, row: &'r Row) -> Result<(), Breach<'r>> {
        let Recognized { contract, fields, width, .. } = self.recognized;
        let surplus = row.fields.iter().skip(*width).any(|field| !field.trim_ascii().is_empty());
        if row.fields.len() < *width || surplus {
            let reason = format!("has {} fields, the header {width}", row.fields.len());
            return Err(Breach { column: None, reason, value: glued(row), is_key: false });
        }
        let mut values = Vec::with_capacity(contract.columns.len());
        for (index, (column, field)) in contract.columns.iter().zip(fields).enumerate() {
            let bytes = field.and_then(|field| row.fields.get(field)).unwrap_or_default();
            let fault = |reason: String| Breach { column: Some(column.name), reason, value: Cow::Borrowed(bytes), is_key: index == 0 };
            let text = std::str::from_utf8(bytes).map_err(|_| fault("is not UTF-8 text".to_owned()))?;
            values.push(value::check(column, text).map_err(fault)?);
        }
        if let Some(value::Value::Text(key)) = values.first() {
            match self.keys.entry((*key).into()) {
                Entry::Vacant(entry) => {
                    entry.insert(row.line);
                }
                Entry::Occupied(entry) => {
                    let reason = format!("repeats the {} of line {}", contract.key().name, entry.get());
                    return Err(Breach { column: Some(contract.key().name), reason, value: Cow::Borrowed(key.as_bytes()), is_key: true });
                }
            }
        }
        // At most as many as the contract's columns, which are few.
        self.buffer.row(u16::try_from(values.len()).unwrap_or(u16::MAX));
        for value in values {
            value.encode(&mut self.buffer);
        }
        Ok(())
    }

    fn reject(&mut self, line: u64, breach: Breach<'_>) {
        let report = &mut self.report;
        report.rejected += 1;
        if breach.is_key {
            report.without_key += 1;
            if report.first_without_key.is_none() {
                report.first_without_key = Some(format!("line {line}, {} {}", breach.column.unwrap_or_default(), breach.reason));
            }
        }
        if report.rejects.len() < REJECTS_KEPT {
            // PostgreSQL's text cannot hold a NUL.
            let value: String = String::from_utf8_lossy(&breach.value).chars().filter(|character| *character != '\0').take(200).collect();
            report.rejects.push(Reject { line, column: breach.column.map(str::to_owned), reason: breach.reason, value });
        }
    }
}

/// A row as one text, for people.
fn glued(row: &Row) -> Cow<'_, [u8]> {
    Cow::Owned(row.fields.iter().collect::<Vec<_>>().join(&b", "[..]))
}

/// Why a file with these rejected rows is refused as a whole, if it is.
fn over_limits(report: &Report, name: &str, key: &str) -> Option<String> {
    let Report { read, rejected, without_key, first_without_key, .. } = report;
    if *read == 0 {
        return Some(format!("{name} has a header and no rows. Nothing was changed."));
    }
    if *without_key > 0 {
        let rows = if *without_key == 1 { "row has" } else { "rows have" };
        let first = first_without_key.as_deref().unwrap_or_default();
        return Some(format!(
            "{name}: {without_key} {rows} no valid {key} of its own (the first: {first}). Nothing was changed; mend the file and import it again."
        ));
    }
    if rejected * 100 > read * REJECTED_PERCENT {
        return Some(format!(
            "{name}: {rejected} of {read} rows break a rule, more than {REJECTED_PERCENT} %. Nothing was changed; the rows are listed with their reasons."
        ));
    }
    None
}
