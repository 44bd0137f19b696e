//! Whether the audit is what was sealed. The chain is walked from its beginning, a part at a time, in one snapshot of PRIMARY.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use database_connection::DatabaseError;
use database_primary::{PrimaryTransaction, Seal, SealedRow};
use model::Error;
use model::audit::{Head, ProblemKind, Verification};

use super::hashing::{NOTHING, RowsHash, row_hash, seal_hash};
use crate::authorization::{Authorized, permit};
use crate::failure::{self, unavailable};

/// Seals that are read at once.
const SEALS: i64 = 500;
/// Rows that are read at once.
const ROWS: i64 = 5000;
/// Rows outside the chain that are looked at.
const OUTSIDE: i64 = 1000;
/// How long a row may wait for its seal.
const SEALED_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// How long a transaction that writes a row may take: what appears later than this says of itself a time that it does not have.
const COMMITTED_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// What retention may not remove.
const KEPT: TimeDelta = TimeDelta::days(400);

fn number(value: i64) -> Option<u64> {
    u64::try_from(value).ok()
}

/// The sealed rows, in the order of their seals.
#[derive(Default)]
struct Rows {
    read: VecDeque<SealedRow>,
    last: (i64, i64),
    all_read: bool,
}

impl Rows {
    /// The next row of this seal or of one before it.
    async fn next(&mut self, transaction: &mut PrimaryTransaction, up_to: i64) -> Result<Option<SealedRow>, DatabaseError> {
        if self.read.is_empty() && !self.all_read {
            self.read = transaction.sealed_rows_after(self.last.0, self.last.1, ROWS).await?.into();
            match self.read.back() {
                Some(row) => self.last = (row.seal, row.id),
                None => self.all_read = true,
            }
        }
        if self.read.front().is_some_and(|row| row.seal <= up_to) { Ok(self.read.pop_front()) } else { Ok(None) }
    }
}

/// The walk along the chain.
#[derive(Default)]
struct Walk {
    result: Verification,
    rows: Rows,
    /// The number and hash of the seal before, and up to when everything was sealed by then.
    before: Option<(i64, Vec<u8>, DateTime<Utc>)>,
    /// The seal that is known to be missing and was said to be.
    missing: i64,
}

impl Walk {
    fn missing_seals(&mut self, from: i64, to: i64) {
        for seal in from.max(self.missing + 1)..=to {
            self.result.found(ProblemKind::MissingSeal, number(seal), None);
        }
        self.missing = self.missing.max(to);
    }

    /// Whether a row of this time came after everything of its time had been sealed.
    fn is_late(&self, at: DateTime<Utc>) -> bool {
        self.before.as_ref().is_some_and(|(_, _, complete_to)| at < *complete_to - COMMITTED_WITHIN)
    }

    async fn seal(&mut self, transaction: &mut PrimaryTransaction, seal: Seal) -> Result<(), DatabaseError> {
        let at = number(seal.number);
        let (last, hash) = self.before.as_ref().map_or((0, NOTHING.to_vec()), |(last, hash, _)| (*last, hash.clone()));
        self.missing_seals(last + 1, seal.number - 1);
        // Where the seal before is missing, that is what breaks the chain.
        if last + 1 == seal.number && seal.previous != hash {
            self.result.found(ProblemKind::BrokenLink, at, None);
        }
        let mut is_edited = seal_hash(&seal) != seal.hash;
        let (mut list, mut count) = (RowsHash::new(), 0);
        while let Some(row) = self.rows.next(transaction, seal.number).await? {
            if row.seal < seal.number {
                self.missing_seals(row.seal, row.seal);
                continue;
            }
            count += 1;
            list = list.add(row.id, &row.hash);
            self.row(row);
        }
        match seal.removed_at {
            Some(removed_at) => {
                self.result.seals_removed += 1;
                self.result.rows_removed += number(seal.rows).unwrap_or_default();
                if removed_at - seal.last_at < KEPT {
                    self.result.found(ProblemKind::RemovedEarly, at, None);
                }
                is_edited |= count > 0;
            }
            None if count < seal.rows => {
                for _ in count..seal.rows.min(count + 1000) {
                    self.result.found(ProblemKind::MissingRow, at, None);
                }
            }
            None => is_edited |= list.end() != seal.rows_hash,
        }
        if is_edited {
            self.result.found(ProblemKind::EditedSeal, at, None);
        }
        self.result.seals += 1;
        self.before = Some((seal.number, seal.hash, seal.complete_to));
        Ok(())
    }

    fn row(&mut self, sealed: SealedRow) {
        let (seal, id) = (number(sealed.seal), number(sealed.id));
        self.result.rows += 1;
        match sealed.row {
            None => self.result.found(ProblemKind::MissingRow, seal, id),
            Some(row) if row_hash(&row) != sealed.hash => self.result.found(ProblemKind::EditedRow, seal, id),
            Some(row) if self.is_late(row.at) => self.result.found(ProblemKind::AddedRow, seal, id),
            Some(_) => {}
        }
    }

    /// Rows that no seal holds.
    async fn outside(&mut self, transaction: &mut PrimaryTransaction, now: DateTime<Utc>) -> Result<(), DatabaseError> {
        let (waiting, late) = transaction.waiting_for_seal(now - SEALED_WITHIN, OUTSIDE).await?;
        self.result.waiting = number(waiting).unwrap_or_default();
        for (id, at) in late {
            let kind = match at {
                None => ProblemKind::MissingRow,
                Some(at) if self.is_late(at) => ProblemKind::AddedRow,
                Some(_) => ProblemKind::UnsealedRow,
            };
            self.result.found(kind, None, number(id));
        }
        for id in transaction.rows_past_sealing(OUTSIDE).await? {
            self.result.found(ProblemKind::AddedRow, None, number(id));
        }
        Ok(())
    }
}

impl Authorized<permit::AuditRead> {
    /// Seals what waits and looks whether every row and every seal is what it was.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn verify_audit(&self) -> Result<Verification, Error> {
        // Where no server runs, rows of commands wait for one. That is no sign of anything, and this may as well do its work.
        if let Err(error) = self.platform.try_seal_audit().await {
            failure::log("sealing the audit", &error);
        }
        self.walk().await.map_err(unavailable("checking the audit"))
    }

    async fn walk(&self) -> Result<Verification, DatabaseError> {
        let mut walk = Walk::default();
        let mut transaction = self.platform.primary().begin_read_only().await?;
        loop {
            let last = walk.before.as_ref().map_or(0, |(last, _, _)| *last);
            let seals = transaction.seals_after(last, SEALS).await?;
            if seals.is_empty() {
                break;
            }
            for seal in seals {
                walk.seal(&mut transaction, seal).await?;
            }
        }
        while let Some(row) = walk.rows.next(&mut transaction, i64::MAX).await? {
            walk.missing_seals(row.seal, row.seal);
        }
        walk.outside(&mut transaction, self.platform.clock().now()).await?;
        transaction.commit().await?;
        walk.result.head = walk.before.and_then(|(seal, hash, _)| Some(Head { seal: number(seal)?, hash: hex::encode(hash) }));
        Ok(walk.result)
    }
}
