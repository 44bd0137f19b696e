//! PRIMARY: users, sessions, roles, runs and audit. Its pool and transaction are types of their own, so
//! that no query for DATA can be sent here. Every query runs in a transaction, which is what makes it
//! right behind PgBouncer in transaction mode (see `database_connection::Transaction`).

mod audit;
mod rights;
mod roles;
mod runs;
mod schedules;
mod second_factors;
mod sessions;
mod sign_in_attempts;
mod structure;
mod users;
mod zone_days;

use std::time::Duration;

use database_connection::{Connections, Pool, Transaction};
use database_tool::{Files, MigrationFileError, Migrations, Migrator};
use include_dir::{Dir, include_dir};

pub use audit::{AuditEntry, AuditFilter, AuditPosition, AuditRow, Removed, Seal, SealedRow, SealingTurn};
pub use rights::RightsNews;
pub use roles::RoleHolder;
pub use runs::{
    BroughtBy, Claimed, FileOutcome, Lease, NewFile, NewRun, Progress, Rebuildable, Renewed, RunRecord, SameBytes, StaleRun, StoredFile,
};
pub use schedules::{Schedule, Try};
pub use second_factors::SecondFactor;
pub use sessions::{LoadedSession, NewSession};
pub use sign_in_attempts::{Attempts, Pair, Scope};
pub use structure::own;
pub use users::{Credentials, HeldRights, LinkRow, UserRecord, UserToCreate};
pub use zone_days::ZoneDaysRow;

/// The migration files.
pub static MIGRATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/primary");

/// What the application's role may do on PRIMARY, as a script with `{app}` for the role.
pub const PRIVILEGES: &str = include_str!("../../../migrations/privileges/primary.sql");

/// PRIMARY's migrator.
///
/// # Errors
/// When the embedded migration files are not in order, which a test rules out.
pub fn migrator() -> Result<Migrator, MigrationFileError> {
    Ok(Migrator::new("primary", "config", Migrations::read(&Files::Embedded(&MIGRATIONS))?))
}

/// How long a transaction waits for what another has locked.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// How long a transaction may stand open without a word from its client.
const LEFT_OPEN: Duration = Duration::from_secs(30);

/// Connections to PRIMARY.
#[derive(Debug, Clone)]
pub struct PrimaryPool(Pool);

impl PrimaryPool {
    /// Takes a pool for PRIMARY's.
    pub fn new(pool: Pool) -> Self {
        Self(pool)
    }

    /// Begins a transaction that may change rows. Transactions here are short: one that waits for another longer than a few seconds
    /// fails, and what a server that is gone has left open does not hold the others up.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn begin(&self) -> Result<PrimaryTransaction, sqlx::Error> {
        self.0.begin_within(LOCK_WAIT, LEFT_OPEN).await.map(PrimaryTransaction)
    }

    /// A pool of one connection of its own: for what must come through when all others are at work.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self(self.0.apart())
    }

    /// Begins a transaction that only reads.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn begin_read_only(&self) -> Result<PrimaryTransaction, sqlx::Error> {
        self.0.begin_read_only().await.map(PrimaryTransaction)
    }

    /// Whether PRIMARY answers within the time.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self, timeout: Duration) -> Result<(), sqlx::Error> {
        self.0.ping(timeout).await
    }

    /// How many connections there are now.
    pub fn connections(&self) -> Connections {
        self.0.connections()
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

/// A transaction on PRIMARY; the queries are its methods. Dropped without [`PrimaryTransaction::commit`], it changes nothing.
#[derive(Debug)]
pub struct PrimaryTransaction(Transaction);

impl PrimaryTransaction {
    /// Makes the changes durable.
    ///
    /// # Errors
    /// When PRIMARY does not confirm; whether the changes are there is then unknown.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.0.commit().await
    }
}
