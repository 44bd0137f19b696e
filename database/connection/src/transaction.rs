//! A transaction that is right behind PgBouncer in transaction mode.

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{TryFutureExt, TryStreamExt};
use sqlx::postgres::{PgCopyIn, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{AssertSqlSafe, Describe, Either, Error, Execute, Executor, PgConnection, Postgres, SqlStr};

use crate::held::Held;
use crate::unnamed::Unnamed;

/// How long an abandoned transaction may take to roll back before its connection is closed instead.
const ROLLBACK_PATIENCE: Duration = Duration::from_secs(5);

/// An open transaction, and the only way to query a database of this workspace.
///
/// Use `&mut transaction` wherever sqlx asks for an executor: `query!(...).fetch_all(&mut transaction)`. Every query goes
/// through a wrapper that leaves no named prepared statement behind, and the open transaction keeps PgBouncer from
/// changing the server connection between the two halves of a query. Either of the two alone runs wrong statements.
///
/// Parameters and columns of a query must have PostgreSQL's own types; a type of the schema (an enum, a composite, a domain as
/// a parameter) has to be cast: `$1::text::mood`, `feeling::text`. sqlx 0.9 looks such a type up between the halves of the
/// query that uses it, which destroys the nameless statement (<https://github.com/transact-rs/sqlx/issues/4305>).
///
/// A transaction that is dropped is rolled back in the background; its connection then serves others again.
#[derive(Debug)]
pub struct Transaction {
    /// Empty only once the transaction is over.
    held: Option<Held>,
}

impl Transaction {
    /// Runs `begin` (one round trip, several statements allowed) on the connection.
    pub(crate) async fn open(mut held: Held, begin: &str) -> Result<Self, Error> {
        // Until this has succeeded nobody knows whether a transaction is open: `held` closes the connection on any other way out.
        run(held.connection(), begin).await?;
        Ok(Self { held: Some(held) })
    }

    /// Makes the changes permanent.
    ///
    /// # Errors
    /// When the database refuses, for a deferred constraint for example, or cannot be reached; and when an earlier statement of this
    /// transaction failed: PostgreSQL answers such a `COMMIT` with a rollback that looks like success, so a statement that
    /// fails in that state goes ahead of it. After an error that [`crate::is_unreachable`] recognises nobody knows whether
    /// the changes are in the database.
    pub async fn commit(mut self) -> Result<(), Error> {
        run(self.connection(), "SELECT 1; COMMIT").await?;
        self.give_back();
        Ok(())
    }

    /// Undoes the changes now; dropping the transaction does the same without waiting.
    ///
    /// # Errors
    /// When the database cannot be reached, in which case it rolls back by itself.
    pub async fn rollback(mut self) -> Result<(), Error> {
        run(self.connection(), "ROLLBACK").await?;
        self.give_back();
        Ok(())
    }

    /// Runs statements separated by semicolons, as text, without parameters. Never pass text that came from a user.
    ///
    /// # Errors
    /// The first statement's that fails; the rest is not run.
    pub async fn run_script(&mut self, sql: &str) -> Result<(), Error> {
        run(self.connection(), sql).await
    }

    /// Starts a `COPY ... FROM STDIN`. `finish` or `abort` the returned sink.
    ///
    /// # Errors
    /// When the database refuses the statement.
    pub async fn copy_in(&mut self, statement: &str) -> Result<PgCopyIn<&mut PgConnection>, Error> {
        self.connection().copy_in_raw(statement).await
    }

    /// Runs a `COPY ... TO STDOUT` and answers what it sends, a row a piece.
    ///
    /// # Errors
    /// When the database does not answer or refuses the statement.
    pub async fn copy_out(&mut self, statement: &str) -> Result<BoxStream<'_, Result<Bytes, Error>>, Error> {
        self.connection().copy_out_raw(statement).await
    }

    /// Marks a point that [`Transaction::rollback_to`] returns to.
    ///
    /// # Errors
    /// When the transaction has failed already or the database cannot be reached.
    pub async fn savepoint(&mut self, name: &'static str) -> Result<(), Error> {
        run(self.connection(), &format!("SAVEPOINT {}", quoted(name))).await
    }

    /// Undoes what was done since the savepoint, also after a statement failed; the savepoint stays.
    ///
    /// # Errors
    /// When there is no such savepoint or the database cannot be reached.
    pub async fn rollback_to(&mut self, name: &'static str) -> Result<(), Error> {
        run(self.connection(), &format!("ROLLBACK TO SAVEPOINT {}", quoted(name))).await
    }

    /// Forgets the savepoint and keeps what was done since.
    ///
    /// # Errors
    /// When there is no such savepoint, a statement failed since, or the database cannot be reached.
    pub async fn release(&mut self, name: &'static str) -> Result<(), Error> {
        run(self.connection(), &format!("RELEASE SAVEPOINT {}", quoted(name))).await
    }

    fn connection(&mut self) -> &mut PgConnection {
        self.held.as_mut().expect("a transaction holds its connection until it is consumed").connection()
    }

    fn give_back(mut self) {
        if let Some(held) = self.held.take() {
            held.give_back();
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut held) = self.held.take() else { return };
        // Without a runtime there is nobody to wait for the answer: closing the connection rolls back as well.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            match tokio::time::timeout(ROLLBACK_PATIENCE, run(held.connection(), "ROLLBACK")).await {
                Ok(Ok(())) => held.give_back(),
                Ok(Err(error)) => tracing::debug!(%error, "an abandoned transaction's connection was closed: it did not roll back"),
                Err(_) => tracing::debug!("an abandoned transaction's connection was closed: it was busy for too long"),
            }
        });
    }
}

/// Runs text as it is, by the simple protocol: nothing is prepared.
pub(crate) async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), Error> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop)
}

/// The name as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl<'c> Executor<'c> for &'c mut Transaction {
    type Database = Postgres;

    fn fetch_many<'e, 'q, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        Box::pin(self.connection().fetch_many(Unnamed(query)).map_err(explained))
    }

    fn fetch_optional<'e, 'q, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        Box::pin(self.connection().fetch_optional(Unnamed(query)).map_err(explained))
    }

    fn prepare_with<'e>(self, _sql: SqlStr, _parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(std::future::ready(Err(by_hand())))
    }

    fn describe<'e>(self, _sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        Box::pin(std::future::ready(Err(by_hand())))
    }
}

/// Says what the error means that sqlx 0.9 causes with types of the schema (see [`Transaction`]).
fn explained(error: Error) -> Error {
    // 26000: invalid_sql_statement_name. Nothing here names statements, so it is the nameless one that is missing.
    match error.as_database_error().and_then(|database| database.code()) {
        Some(code) if code == "26000" => Error::Protocol(
            "a query has a parameter or column of a type that the schema defines; cast it to text and back, as in `$1::text::mood`"
                .to_owned(),
        ),
        _ => error,
    }
}

/// Preparing by hand leaves a named statement on the server connection.
fn by_hand() -> Error {
    Error::Protocol("a statement cannot be prepared apart from its use: behind PgBouncer it would outlive the transaction".to_owned())
}
