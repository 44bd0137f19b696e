//! How far a run is, shared between the threads that work on it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use database_primary::Progress;
use model::run::{Stage, Timing};

/// How far a run is.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// The stages that were entered, each with the moment.
    stages: Mutex<Vec<(Stage, Instant)>>,
    pub(crate) bytes_read: AtomicU64,
    pub(crate) rows_read: AtomicU64,
    pub(crate) rows_rejected: AtomicU64,
}

impl Counters {
    /// Notes what the run is doing now.
    pub(crate) fn enter(&self, stage: Stage) {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).push((stage, Instant::now()));
    }

    /// The counts by now.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            stage: self.stages.lock().unwrap_or_else(PoisonError::into_inner).last().map(|(stage, _)| *stage),
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            rows_read: self.rows_read.load(Ordering::Relaxed),
            rows_rejected: self.rows_rejected.load(Ordering::Relaxed),
        }
    }

    /// How long each stage has taken up to now.
    pub(crate) fn timings(&self) -> Vec<Timing> {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = stages.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        let milliseconds = |began: Instant, ended: Instant| u64::try_from((ended - began).as_millis()).unwrap_or(u64::MAX);
        stages.iter().zip(ends).map(|((stage, began), ended)| Timing { stage: *stage, milliseconds: milliseconds(*began, ended) }).collect()
    }
}

/// Rows between two signs of progress: a counter that several threads share is slow to touch.
const TOLD_AT_ONCE: u64 = 10_000;

/// Counts rows as they are read, and tells of them many at a time.
#[derive(Debug)]
pub(crate) struct RowsSeen<'a> {
    counters: &'a Counters,
    untold: u64,
}

impl Counters {
    /// Begins to count rows.
    pub(crate) fn rows(&self) -> RowsSeen<'_> {
        RowsSeen { counters: self, untold: 0 }
    }
}

impl RowsSeen<'_> {
    /// Counts one.
    pub(crate) fn row(&mut self) {
        self.untold += 1;
        if self.untold == TOLD_AT_ONCE {
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.counters.rows_read.fetch_add(std::mem::take(&mut self.untold), Ordering::Relaxed);
    }
}

impl Drop for RowsSeen<'_> {
    fn drop(&mut self) {
        self.tell();
    }
}
