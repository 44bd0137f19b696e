//! Databases for tests: a real PostgreSQL database for each, and a real PgBouncer in front of it where wanted.
//!
//! Everything here panics when it cannot do its work: a test without its database has nothing to say.

mod address;
mod database;
mod pgbouncer;

pub use database::TestDatabase;
pub use pgbouncer::PgBouncer;
