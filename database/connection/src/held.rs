//! A connection on loan from the pool, which goes back only when it is known to be clean.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

/// A connection on loan. Dropped, it is closed: whoever is interrupted between two statements must not hand the
/// next user a connection with half a transaction on it. [`Held::give_back`] returns it to the pool.
#[derive(Debug)]
pub(crate) struct Held(Option<PoolConnection<Postgres>>);

impl Held {
    pub(crate) fn new(connection: PoolConnection<Postgres>) -> Self {
        Self(Some(connection))
    }

    /// Returns the connection to the pool: no transaction is open on it.
    pub(crate) fn give_back(mut self) {
        drop(self.0.take());
    }

    /// The connection itself.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.0.as_mut().expect("a held connection is taken out only when the holder is consumed")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            // Closes the socket here and now; unlike sqlx's own close_on_drop it needs no running tokio.
            drop(connection.detach());
        }
    }
}
