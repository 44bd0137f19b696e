//! A pool of connections that gives out transactions only.

use std::future::Future;
use std::io;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Error};
use tokio::time::{Instant, timeout, timeout_at};

use crate::failure::is_connection_gone;
use crate::held::Held;
use crate::transaction::{Transaction, run};
use crate::url::DatabaseUrl;

/// A connection that was idle for longer is asked whether it is alive before it is used.
const ASK_AFTER_IDLE: Duration = Duration::from_secs(30);
/// How long an idle connection may take to answer that question.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// Idle connections are closed after this time: a provider's few connections are needed elsewhere, and firewalls forget them.
const CLOSE_AFTER_IDLE: Duration = Duration::from_secs(5 * 60);
/// How long finding out why there was no connection may take on top.
const WHY_WITHIN: Duration = Duration::from_secs(1);
/// A statement that takes longer is worth a warning whatever the settings.
const SLOW: Duration = Duration::from_secs(10);

/// What a pool is told besides the address.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// The most connections at a time; the URL's `connection_limit` wins over it.
    pub max_connections: u32,
    /// How long a caller waits for a transaction to begin before it gets an error.
    pub acquire_timeout: Duration,
    /// Whether each query is logged with its time, at level info. Parameters never are.
    pub log_queries: bool,
    /// How the connections call themselves in `pg_stat_activity`; the URL's `application_name` wins over it.
    pub application_name: String,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            log_queries: false,
            application_name: crate::url::APPLICATION_NAME.to_owned(),
        }
    }
}

/// The connections that a pool has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Somebody works with them.
    pub in_use: u32,
    /// They wait for somebody.
    pub idle: u32,
}

/// Connections to one database, made when they are needed. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Pool {
    pool: PgPool,
}

impl Pool {
    /// Prepares a pool. Nothing is connected yet, so this never fails; it has to be called inside a tokio runtime.
    pub fn new(url: &DatabaseUrl, settings: PoolSettings) -> Self {
        let level = if settings.log_queries { log::LevelFilter::Info } else { log::LevelFilter::Debug };
        let options =
            url.connect_options_named(&settings.application_name).log_statements(level).log_slow_statements(log::LevelFilter::Warn, SLOW);
        let pool = PgPoolOptions::new()
            .max_connections(url.connection_limit().unwrap_or(settings.max_connections).max(1))
            .acquire_timeout(settings.acquire_timeout)
            .idle_timeout(CLOSE_AFTER_IDLE)
            // A test before each use costs a round trip, 20 to 50 ms on PRIMARY's line, and tells nothing that the BEGIN which
            // follows does not: `begin` takes the next connection when that fails. A connection that a firewall
            // forgot does not fail but hangs, and only an idle one is forgotten: so those alone are asked, and not for long.
            .test_before_acquire(false)
            .before_acquire(|connection, state| {
                Box::pin(async move {
                    Ok(state.idle_for < ASK_AFTER_IDLE || matches!(timeout(ANSWER_WITHIN, connection.ping()).await, Ok(Ok(()))))
                })
            })
            .connect_lazy_with(options);
        Self { pool }
    }

    /// How many connections there are now.
    pub fn connections(&self) -> Connections {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        Connections { in_use: self.pool.size().saturating_sub(idle), idle }
    }

    /// Begins a transaction. One round trip when a connection is idle.
    ///
    /// # Errors
    /// When no connection can be had within the settings' `acquire_timeout`, or the database refuses it.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        self.begin_by("BEGIN").await
    }

    /// Begins a transaction that cannot change anything and sees one state of the database in all its queries.
    ///
    /// # Errors
    /// As [`Pool::begin`].
    pub async fn begin_read_only(&self) -> Result<Transaction, Error> {
        self.begin_by("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// Begins a transaction whose statements give up, with an error that [`crate::is_lock_timeout`] recognises, when they
    /// wait for a lock for longer than `wait` (at least a millisecond). Costs no further round trip.
    ///
    /// # Errors
    /// As [`Pool::begin`].
    pub async fn begin_with_lock_timeout(&self, wait: Duration) -> Result<Transaction, Error> {
        // Zero would mean "for ever".
        let milliseconds = wait.as_millis().clamp(1, i32::MAX as u128);
        self.begin_by(&format!("BEGIN; SET LOCAL lock_timeout = {milliseconds}")).await
    }

    /// Begins a transaction that neither waits for a lock longer than `wait` nor is left open by a client that is gone: the server ends it
    /// when nothing comes for `idle`. Costs no further round trip.
    ///
    /// # Errors
    /// As [`Pool::begin`].
    pub async fn begin_within(&self, wait: Duration, idle: Duration) -> Result<Transaction, Error> {
        let milliseconds = |limit: Duration| limit.as_millis().clamp(1, i32::MAX as u128);
        let (wait, idle) = (milliseconds(wait), milliseconds(idle));
        self.begin_by(&format!("BEGIN; SET LOCAL lock_timeout = {wait}; SET LOCAL idle_in_transaction_session_timeout = {idle}")).await
    }

    /// A pool of one connection of its own to the same database: for what must come through when all others are at work.
    #[must_use]
    pub fn apart(&self) -> Self {
        let options = self.pool.options().clone().max_connections(1);
        Self { pool: options.connect_lazy_with((*self.pool.connect_options()).clone()) }
    }

    /// Asks the database for a sign of life, by a statement that is not prepared. Where every connection is at work, by one of its
    /// own: a busy database is not one that is down.
    ///
    /// # Errors
    /// When it does not answer within `patience`.
    pub async fn ping(&self, patience: Duration) -> Result<(), Error> {
        let all_at_work = self.pool.num_idle() == 0 && self.pool.size() >= self.pool.options().get_max_connections();
        let answer = async {
            if all_at_work {
                return self.pool.connect_options().connect().await?.close().await;
            }
            self.until_a_connection_works(|held| async {
                let mut held = held;
                run(held.connection(), "SELECT 1").await?;
                held.give_back();
                Ok(())
            })
            .await
        };
        match timeout(patience, answer).await {
            Ok(result) => result,
            Err(_) => {
                let sentence = format!("the database did not answer within {} ms", patience.as_millis());
                Err(Error::Io(io::Error::new(io::ErrorKind::TimedOut, sentence)))
            }
        }
    }

    /// Runs one statement outside of any transaction, as text: for what must not be inside one, as `CREATE INDEX CONCURRENTLY`.
    /// Nothing of it may outlive it on the connection. Dropped before it ends, it closes the connection; the server may go on.
    ///
    /// # Errors
    /// When no connection can be had, or the statement fails.
    pub async fn run_alone(&self, statement: &str) -> Result<(), Error> {
        let mut held = Held::new(self.pool.acquire().await?);
        let result = run(held.connection(), statement).await;
        // A statement that the database refused leaves its connection as it was; one whose answer never came does not.
        if !matches!(&result, Err(error) if error.as_database_error().is_none()) {
            held.give_back();
        }
        result
    }

    /// Closes the connections, after those in use have come back. Later calls fail.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn begin_by(&self, statement: &str) -> Result<Transaction, Error> {
        let deadline = Instant::now() + self.pool.options().get_acquire_timeout();
        let begun = self.until_a_connection_works(|held| Transaction::open(held, statement));
        match timeout_at(deadline, begun).await.unwrap_or(Err(Error::PoolTimedOut)) {
            Err(Error::PoolTimedOut) => Err(self.why_it_timed_out().await),
            result => result,
        }
    }

    /// The pool keeps quiet about why it could not connect; "connection refused" helps more than "timed out".
    async fn why_it_timed_out(&self) -> Error {
        if self.pool.size() < self.pool.options().get_max_connections()
            && let Ok(Err(error)) = timeout(WHY_WITHIN, self.pool.connect_options().connect()).await
        {
            return error;
        }
        Error::PoolTimedOut
    }

    /// Tries the first step on connection after connection while it turns out that they are gone, which happens to all
    /// idle ones when the server restarts. The step must be one that may be repeated.
    async fn until_a_connection_works<T, F>(&self, step: impl Fn(Held) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut left = self.pool.options().get_max_connections();
        loop {
            match step(Held::new(self.pool.acquire().await?)).await {
                Err(error) if left > 0 && is_connection_gone(&error) => {
                    left -= 1;
                    tracing::debug!(%error, "a connection was gone; taking another");
                }
                result => return result,
            }
        }
    }
}
