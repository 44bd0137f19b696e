//! Sealing: rows that were committed since the last time go into the next seal of the chain. Nobody who writes waits for it, and of several
//! processes that try at once one has the turn.

use database_connection::DatabaseError;
use database_primary::{AuditRow, Seal, SealingTurn};
use model::Error;

use super::hashing::{NOTHING, RowsHash, row_hash, seal_hash};
use crate::Platform;
use crate::failure::unavailable;

/// Rows of a seal at most.
const ROWS_MAX: i64 = 1000;

impl Platform {
    /// Seals what waits for it and answers how many seals that made: none where another process is at it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn seal_audit(&self) -> Result<u32, Error> {
        self.try_seal_audit().await.map_err(unavailable("sealing the audit"))
    }

    pub(super) async fn try_seal_audit(&self) -> Result<u32, DatabaseError> {
        let mut seals = 0;
        loop {
            let mut transaction = self.primary().begin().await?;
            let Some(turn) = transaction.take_sealing_turn().await? else { return Ok(seals) };
            let rows = transaction.unsealed_rows(ROWS_MAX).await?;
            let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < ROWS_MAX);
            let Some((seal, hashes)) = seal(turn, &rows, is_last) else { return Ok(seals) };
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            transaction.add_seal(&seal, &ids, &hashes).await?;
            transaction.commit().await?;
            // The log is another place than the database: whoever makes the whole chain anew does not change it there.
            tracing::info!(seal = seal.number, rows = seal.rows, hash = hex::encode(&seal.hash), "sealed the audit");
            seals += 1;
            if is_last {
                return Ok(seals);
            }
        }
    }
}

/// The seal of these rows, with the hash of each; none where there are none.
fn seal(turn: SealingTurn, rows: &[AuditRow], is_last: bool) -> Option<(Seal, Vec<Vec<u8>>)> {
    let first_at = rows.iter().map(|row| row.at).min()?;
    let last_at = rows.iter().map(|row| row.at).max()?;
    let hashes: Vec<Vec<u8>> = rows.iter().map(row_hash).collect();
    let rows_hash = rows.iter().zip(&hashes).fold(RowsHash::new(), |list, (row, hash)| list.add(row.id, hash)).end();
    let mut seal = Seal {
        number: turn.number,
        previous: turn.previous.unwrap_or_else(|| NOTHING.to_vec()),
        hash: Vec::new(),
        rows_hash,
        rows: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        first_at,
        last_at,
        // Where more rows wait, they may be as old as the newest of these.
        complete_to: if is_last { turn.now } else { last_at },
        sealed_at: turn.now,
        removed_at: None,
    };
    seal.hash = seal_hash(&seal);
    Some((seal, hashes))
}
