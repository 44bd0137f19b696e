//! Seals over the audit. What they hash is the platform's business; here they are read and written.

use chrono::{DateTime, Utc};

use crate::PrimaryTransaction;

/// A row of the audit as it is stored: what its hash is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number.
    pub id: i64,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The user.
    pub user_id: Option<String>,
    /// Who.
    pub actor: String,
    /// On whose behalf.
    pub on_behalf_of: Option<String>,
    /// What was done.
    pub action: String,
    /// The kind of thing.
    pub resource: String,
    /// Which thing.
    pub resource_id: Option<String>,
    /// What it was before: JSON as PostgreSQL writes it, which is the same for the same value.
    pub before: Option<String>,
    /// What it is after.
    pub after: Option<String>,
    /// The network address.
    pub address: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

/// A seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Its number, from 1.
    pub number: i64,
    /// The hash of the seal before it.
    pub previous: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
    /// Over its rows.
    pub rows_hash: Vec<u8>,
    /// How many rows it holds.
    pub rows: i64,
    /// When its oldest row was written.
    pub first_at: DateTime<Utc>,
    /// When its newest row was written.
    pub last_at: DateTime<Utc>,
    /// Up to when it and the seals before it hold everything, save what was being committed.
    pub complete_to: DateTime<Utc>,
    /// When it was made.
    pub sealed_at: DateTime<Utc>,
    /// When retention removed its rows.
    pub removed_at: Option<DateTime<Utc>>,
}

/// What a seal says of a row, with the row where it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// The row's number.
    pub id: i64,
    /// The seal's number.
    pub seal: i64,
    /// The row's hash.
    pub hash: Vec<u8>,
    /// The row.
    pub row: Option<AuditRow>,
}

/// The right to make the next seal, until the transaction ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealingTurn {
    /// The next seal's number.
    pub number: i64,
    /// The latest seal's hash; none where there is no seal.
    pub previous: Option<Vec<u8>>,
    /// The time, by PRIMARY's clock, which is also what dates the rows.
    pub now: DateTime<Utc>,
}

/// What retention removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Whole seals of rows.
    pub seals: i64,
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
    /// Rows.
    pub rows: i64,
}

struct SealedColumns {
    audit_id: i64,
    seal: i64,
    hash: Vec<u8>,
    id: Option<i64>,
    at: Option<DateTime<Utc>>,
    user_id: Option<String>,
    actor: Option<String>,
    on_behalf_of: Option<String>,
    action: Option<String>,
    resource: Option<String>,
    resource_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
    address: Option<String>,
    request_id: Option<String>,
}

impl SealedColumns {
    fn row(self) -> Option<AuditRow> {
        Some(AuditRow {
            id: self.id?,
            at: self.at?,
            user_id: self.user_id,
            actor: self.actor?,
            on_behalf_of: self.on_behalf_of,
            action: self.action?,
            resource: self.resource?,
            resource_id: self.resource_id,
            before: self.before,
            after: self.after,
            address: self.address,
            request_id: self.request_id,
        })
    }
}

impl PrimaryTransaction {
    /// Takes the turn to make the next seal; none while another process has it.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn take_sealing_turn(&mut self) -> Result<Option<SealingTurn>, sqlx::Error> {
        let taken = sqlx::query!(
            r#"SELECT pg_try_advisory_xact_lock(hashtextextended('config.audit_seals', 0)) AS "taken!", now() AS "now!: DateTime<Utc>""#
        )
        .fetch_one(&mut self.0)
        .await?;
        if !taken.taken {
            return Ok(None);
        }
        // A number that rows still name is not given again, so that a seal that is gone is missed.
        let last = sqlx::query!(
            r#"SELECT greatest((SELECT coalesce(max(number), 0) FROM config.audit_seals),
                               (SELECT coalesce(max(seal), 0) FROM config.audit_sealed)) AS "number!",
                      (SELECT hash FROM config.audit_seals ORDER BY number DESC LIMIT 1) AS hash"#
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(Some(SealingTurn { number: last.number + 1, previous: last.hash, now: taken.now }))
    }

    /// Rows that no seal holds yet, by their numbers.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn unsealed_rows(&mut self, limit: i64) -> Result<Vec<AuditRow>, sqlx::Error> {
        sqlx::query_as!(
            AuditRow,
            "SELECT a.id, a.at, a.user_id, a.actor, a.on_behalf_of, a.action, a.resource, a.resource_id,
                    a.before::text AS before, a.after::text AS after, a.address, a.request_id
             FROM config.audit_unsealed u JOIN config.audit a ON a.id = u.audit_id ORDER BY a.id LIMIT $1",
            limit
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Writes a seal with the numbers and hashes of its rows, which wait no more.
    ///
    /// # Errors
    /// When PRIMARY does not answer, or another process has made a seal of this number.
    pub async fn add_seal(&mut self, seal: &Seal, ids: &[i64], hashes: &[Vec<u8>]) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.audit_seals (number, previous, hash, rows_hash, row_count, first_at, last_at, complete_to, sealed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            seal.number,
            seal.previous,
            seal.hash,
            seal.rows_hash,
            seal.rows,
            seal.first_at,
            seal.last_at,
            seal.complete_to,
            seal.sealed_at,
        )
        .execute(&mut self.0)
        .await?;
        sqlx::query!(
            "INSERT INTO config.audit_sealed (audit_id, seal, hash) SELECT r.id, $1, r.hash FROM unnest($2::bigint[], $3::bytea[]) AS r (id, hash)",
            seal.number,
            ids,
            hashes,
        )
        .execute(&mut self.0)
        .await?;
        sqlx::query!("DELETE FROM config.audit_unsealed WHERE audit_id = ANY($1::bigint[])", ids).execute(&mut self.0).await.map(drop)
    }

    /// The next seals after this number.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn seals_after(&mut self, number: i64, limit: i64) -> Result<Vec<Seal>, sqlx::Error> {
        sqlx::query_as!(
            Seal,
            "SELECT number, previous, hash, rows_hash, row_count AS rows, first_at, last_at, complete_to, sealed_at, removed_at
             FROM config.audit_seals WHERE number > $1 ORDER BY number LIMIT $2",
            number,
            limit
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// The next sealed rows after this one, by seal and number.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn sealed_rows_after(&mut self, seal: i64, id: i64, limit: i64) -> Result<Vec<SealedRow>, sqlx::Error> {
        let rows = sqlx::query_as!(
            SealedColumns,
            r#"SELECT s.audit_id, s.seal, s.hash, a.id AS "id?", a.at AS "at?", a.user_id, a.actor AS "actor?", a.on_behalf_of,
                      a.action AS "action?", a.resource AS "resource?", a.resource_id, a.before::text AS before, a.after::text AS after,
                      a.address, a.request_id
               FROM (SELECT audit_id, seal, hash FROM config.audit_sealed WHERE (seal, audit_id) > ($1, $2)
                     ORDER BY seal, audit_id LIMIT $3) s
               LEFT JOIN config.audit a ON a.id = s.audit_id
               ORDER BY s.seal, s.audit_id"#,
            seal,
            id,
            limit
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows
            .into_iter()
            .map(|mut columns| SealedRow {
                id: columns.audit_id,
                seal: columns.seal,
                hash: std::mem::take(&mut columns.hash),
                row: columns.row(),
            })
            .collect())
    }

    /// Rows that wait for their seal: how many, and of those the ones that were written before `since`, at most so many, and the
    /// ones that are gone, which have no time.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn waiting_for_seal(
        &mut self,
        since: DateTime<Utc>,
        limit: i64,
    ) -> Result<(i64, Vec<(i64, Option<DateTime<Utc>>)>), sqlx::Error> {
        let all = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM config.audit_unsealed"#).fetch_one(&mut self.0).await?;
        let late = sqlx::query!(
            r#"SELECT u.audit_id, a.at AS "at?" FROM config.audit_unsealed u LEFT JOIN config.audit a ON a.id = u.audit_id
               WHERE a.id IS NULL OR a.at < $1 ORDER BY u.audit_id LIMIT $2"#,
            since,
            limit
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok((all, late.into_iter().map(|row| (row.audit_id, row.at)).collect()))
    }

    /// Rows that no seal holds and that do not wait for one either, at most so many.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn rows_past_sealing(&mut self, limit: i64) -> Result<Vec<i64>, sqlx::Error> {
        sqlx::query_scalar!(
            "SELECT a.id FROM config.audit a
             WHERE NOT EXISTS (SELECT 1 FROM config.audit_sealed s WHERE s.audit_id = a.id)
               AND NOT EXISTS (SELECT 1 FROM config.audit_unsealed u WHERE u.audit_id = a.id)
             ORDER BY a.id LIMIT $1",
            limit
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Removes the rows of whole seals whose newest row is older than this, at most so many seals; these stay.
    ///
    /// # Errors
    /// When PRIMARY does not answer, or the time is less than 400 days ago.
    pub async fn remove_sealed_audit(&mut self, older_than: DateTime<Utc>, at_most: i32) -> Result<Removed, sqlx::Error> {
        let removed = sqlx::query!(
            r#"SELECT seals AS "seals!", coalesce(first_seal, 0) AS "first!", coalesce(last_seal, 0) AS "last!", removed_rows AS "rows!"
               FROM config.remove_sealed_audit($1, $2)"#,
            older_than,
            at_most
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(Removed { seals: removed.seals, first: removed.first, last: removed.last, rows: removed.rows })
    }
}
