//! One at a time over a whole command: a row that its holder renews, and that counts for nothing once it is not renewed.
//!
//! A lock would not do. One of a session does not exist behind PgBouncer; one of a transaction cannot span several
//! migrations, nor one whose statements must stand outside transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use database_connection::Pool;
use sqlx::AssertSqlSafe;
use tokio::task::JoinHandle;

use crate::{Migrator, ToolError};

/// How long a lease counts that is not renewed: after the death of its holder others wait no longer.
pub const LEASE_SECONDS: f64 = 20.0;
/// How often it is renewed.
const RENEWED_EVERY: Duration = Duration::from_secs(5);
/// How often whoever waits looks again.
const ASKED_EVERY: Duration = Duration::from_millis(250);

/// Held while the structure is changed. Dropped, it is not renewed any more; [`Lease::release`] lets the next one in at once.
#[derive(Debug)]
pub(crate) struct Lease {
    table: String,
    holder: String,
    lost: Arc<AtomicBool>,
    renewing: JoinHandle<()>,
}

impl Migrator {
    /// Takes the lease, or waits for it until the patience is at its end.
    pub(crate) async fn lease(&self, pool: &Pool, actor: &str, doing: &str, patience: Duration) -> Result<Lease, ToolError> {
        let table = self.own_table("schema_lease");
        let holder = format!("{actor} ({:032x})", rand::random::<u128>());
        let started = Instant::now();
        let mut told = false;
        loop {
            if self.take_lease(pool, &table, &holder, doing).await? {
                return Ok(Lease::renewed(pool.clone(), table, holder));
            }
            let other = self.holder(pool, &table).await?;
            if started.elapsed() >= patience {
                let (holder, doing, seconds) = other.unwrap_or_else(|| ("somebody".to_owned(), "something".to_owned(), 0.0));
                return Err(ToolError::Busy { database: self.database.clone(), holder, doing, seconds: seconds.max(0.0) as u64 });
            }
            if let Some((holder, doing, _)) = other.filter(|_| !told) {
                tracing::info!(database = self.database, holder, doing, "waiting for somebody else to end");
                told = true;
            }
            tokio::time::sleep(ASKED_EVERY).await;
        }
    }

    async fn take_lease(&self, pool: &Pool, table: &str, holder: &str, doing: &str) -> Result<bool, ToolError> {
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        let sql = format!(
            "INSERT INTO {table} AS lease (holder, doing, until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
             ON CONFLICT (only_one) DO UPDATE
             SET holder = EXCLUDED.holder, doing = EXCLUDED.doing, since = clock_timestamp(), until = EXCLUDED.until
             WHERE lease.until < clock_timestamp()"
        );
        let taken = sqlx::query(AssertSqlSafe(sql))
            .bind(holder)
            .bind(doing)
            .bind(LEASE_SECONDS)
            .execute(&mut transaction)
            .await
            .map_err(self.doing("taking the lease"))?;
        transaction.commit().await.map_err(self.doing("taking the lease"))?;
        Ok(taken.rows_affected() == 1)
    }

    /// Who has the lease, what for, and since how many seconds.
    async fn holder(&self, pool: &Pool, table: &str) -> Result<Option<(String, String, f64)>, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.doing("connecting"))?;
        // The holder's name without the number that tells its processes apart.
        let sql = format!(
            "SELECT regexp_replace(holder, ' \\([0-9a-f]{{32}}\\)$', ''), doing, extract(epoch FROM clock_timestamp() - since)::float8
             FROM {table} WHERE until >= clock_timestamp()"
        );
        sqlx::query_as(AssertSqlSafe(sql)).fetch_optional(&mut transaction).await.map_err(self.doing("reading the lease"))
    }

    /// Refuses to go on without the lease: its holder was out of reach for so long that somebody else may be at work.
    pub(crate) fn still_ours(&self, lease: &Lease) -> Result<(), ToolError> {
        if lease.lost.load(Ordering::Relaxed) { Err(ToolError::LeaseLost { database: self.database.clone() }) } else { Ok(()) }
    }

    /// Lets the next one in.
    pub(crate) async fn release(&self, pool: &Pool, lease: Lease) -> Result<(), ToolError> {
        lease.renewing.abort();
        let mut transaction = pool.begin().await.map_err(self.doing("connecting"))?;
        // A down file may have dropped the whole schema, and the lease with it.
        if self.table_exists(&mut transaction, "schema_lease").await? {
            let sql = format!("DELETE FROM {} WHERE holder = $1", lease.table);
            sqlx::query(AssertSqlSafe(sql))
                .bind(&lease.holder)
                .execute(&mut transaction)
                .await
                .map_err(self.doing("giving the lease back"))?;
        }
        transaction.commit().await.map_err(self.doing("giving the lease back"))
    }
}

impl Lease {
    fn renewed(pool: Pool, table: String, holder: String) -> Self {
        let lost = Arc::new(AtomicBool::new(false));
        let renewing = tokio::spawn(renew(pool, table.clone(), holder.clone(), lost.clone()));
        Self { table, holder, lost, renewing }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

/// Renews the lease until somebody else has it, or it ran out while the database did not answer.
async fn renew(pool: Pool, table: String, holder: String, lost: Arc<AtomicBool>) {
    let mut renewed = Instant::now();
    loop {
        tokio::time::sleep(RENEWED_EVERY).await;
        match renew_once(&pool, &table, &holder).await {
            Ok(true) => renewed = Instant::now(),
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(%error, "the lease could not be renewed");
                if renewed.elapsed().as_secs_f64() > LEASE_SECONDS {
                    break;
                }
            }
        }
    }
    lost.store(true, Ordering::Relaxed);
}

async fn renew_once(pool: &Pool, table: &str, holder: &str) -> Result<bool, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let sql = format!("UPDATE {table} SET until = clock_timestamp() + make_interval(secs => $2) WHERE holder = $1");
    let result = sqlx::query(AssertSqlSafe(sql)).bind(holder).bind(LEASE_SECONDS).execute(&mut transaction).await?;
    transaction.commit().await?;
    Ok(result.rows_affected() == 1)
}
