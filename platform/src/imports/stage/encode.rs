//! Rows on their way from a file into COPY.

use std::sync::atomic::Ordering;

use database_data::{CopyBuffer, FLUSH_AT, Staging};
use files::{Control, Rejected, Sink, Value};

use super::Reading;

/// Takes a file's rows, encodes them and hands them on a buffer at a time.
pub(super) struct Encoder<'a, F> {
    reading: &'a Reading,
    file: Option<&'a str>,
    buffer: CopyBuffer,
    /// Fields of a row: the contract's columns and the numbers.
    fields: u16,
    numbers: u16,
    number: i64,
    flush: F,
}

impl<'a, F: FnMut(Vec<u8>) -> Control> Encoder<'a, F> {
    /// An encoder of rows of this staging. `buffer` opens a COPY, or goes on with one.
    pub(super) fn new(reading: &'a Reading, staging: &Staging, name: &'a str, buffer: CopyBuffer, flush: F) -> Self {
        let numbers = staging.numbers();
        // At most as many as a contract's columns, which are few.
        let fields = u16::try_from(reading.contract.columns.len()).unwrap_or(u16::MAX) + numbers;
        Self { reading, file: reading.several.then_some(name), buffer, fields, numbers, number: staging.number, flush }
    }

    /// Hands on what is left.
    pub(super) fn finish(mut self, closes: bool) -> Control {
        if closes {
            self.buffer.close();
        }
        if self.buffer.is_empty() { Control::Continue } else { (self.flush)(self.buffer.take()) }
    }
}

impl<F: FnMut(Vec<u8>) -> Control> Sink for Encoder<'_, F> {
    fn row(&mut self, values: &[Value<'_>]) -> Control {
        self.buffer.row(self.fields);
        for value in values {
            match value {
                Value::Null => self.buffer.null(),
                Value::Text(text) => self.buffer.text(text),
                Value::Double(number) => self.buffer.double(*number),
                Value::Bigint(number) => self.buffer.bigint(*number),
                Value::Smallint(number) => self.buffer.smallint(*number),
            }
        }
        for _ in 0..self.numbers {
            self.buffer.bigint(self.number);
        }
        if self.buffer.len() >= FLUSH_AT { (self.flush)(self.buffer.take()) } else { Control::Continue }
    }

    fn reject(&mut self, rejected: &Rejected<'_>) -> Control {
        self.reading.rejects.take(self.file, rejected)
    }
}

/// A reporter of a file's progress for counters that all files of a run share.
pub(super) fn progress(reading: &Reading) -> impl Fn(u64, u64, u64) + '_ {
    let told = std::cell::Cell::new((0, 0, 0));
    let counters = &reading.work.counters;
    move |bytes, rows, rejected| {
        let (bytes_told, rows_told, rejected_told) = told.replace((bytes, rows, rejected));
        counters.bytes_read.fetch_add(bytes.saturating_sub(bytes_told), Ordering::Relaxed);
        counters.rows_read.fetch_add(rows.saturating_sub(rows_told), Ordering::Relaxed);
        counters.rows_rejected.fetch_add(rejected.saturating_sub(rejected_told), Ordering::Relaxed);
    }
}
