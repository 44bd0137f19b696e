//! How this workspace talks to PostgreSQL: addresses, pools and transactions that are right behind PgBouncer too.
//!
//! PRIMARY lives behind PgBouncer in transaction mode, where two transactions of one client may run on two server
//! connections. Whatever is kept on a server connection beyond a transaction (a named prepared statement, a session
//! setting, a session lock, `LISTEN`) is therefore lost, or worse, found by somebody else. sqlx prepares a named
//! statement for every query by default, and behind PgBouncer that ends in *another statement being run, without an
//! error*. So a [`Pool`] gives out nothing but a [`Transaction`], whose [`sqlx::Executor`] never names a statement. In
//! single mode the other database shares that PgBouncer, so both use the same types.

mod failure;
mod held;
mod listener;
mod pool;
mod transaction;
mod unnamed;
mod url;

pub use failure::{is_lock_timeout, is_refused_in_transaction, is_unique_violation, is_unreachable};
pub use listener::Listener;
pub use pool::{Connections, Pool, PoolSettings};
/// Whatever PostgreSQL or the way to it answers instead of rows.
pub use sqlx::Error as DatabaseError;
pub use transaction::Transaction;
pub use url::{DatabaseUrl, DatabaseUrlError};
