//! DATA: the workspace (imported rows) and the reference tables derived from it. Its pool and transaction
//! are types of their own, so that no query for PRIMARY can be sent here.

mod binary_copy;
mod binary_rows;
mod browse;
mod comparison;
mod ledger;
mod matrix;
mod matrix_values;
mod provenance;
mod publications;
mod staging;
mod structure;
mod transit;
mod versions;
mod zip3;

use std::time::Duration;

use database_connection::{Connections, Pool, Transaction};
use database_tool::{Files, MigrationFileError, Migrations, Migrator};
use include_dir::{Dir, include_dir};

pub use binary_copy::{CopyBuffer, FLUSH_AT};
pub use binary_rows::{BinaryRows, Fields};
pub use browse::{BrowsedRow, NotAnswered, RowsWanted};
pub use comparison::Comparison;
pub use ledger::Outcome;
pub use matrix::{AREAS, MatrixRow, MatrixValue, SourceTotals, ZoneTransitDays};
pub use provenance::ImportBehind;
pub use publications::{Copying, PublishError, Shadow, Target};
pub use staging::Staging;
pub use structure::own;
pub use transit::{Brought, ChartRow, GroundRows, KnownPlace, ZoneAccuracy};
pub use versions::{DerivedFrom, Live, Undoing, VERSIONS_KEPT};
pub use zip3::{Zcta, Zip, Zip3Demographics};

/// The migration files.
pub static MIGRATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/data");

/// DATA's migrator. `app_role` is to own what it makes, where another role migrates: importing and
/// transforming make tables and replace views, which only their owner can.
///
/// # Errors
/// When the embedded migration files are not in order, which a test rules out.
pub fn migrator(app_role: Option<String>) -> Result<Migrator, MigrationFileError> {
    let migrations = Migrations::read(&Files::Embedded(&MIGRATIONS))?;
    Ok(Migrator::new("data", "workspace", migrations).with_schemas(["reference"]).owned_by(app_role))
}

/// Connections to DATA.
#[derive(Debug, Clone)]
pub struct DataPool(Pool);

impl DataPool {
    /// Takes a pool for DATA's.
    pub fn new(pool: Pool) -> Self {
        Self(pool)
    }

    /// Begins a transaction that may change rows.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn begin(&self) -> Result<DataTransaction, sqlx::Error> {
        self.0.begin().await.map(DataTransaction)
    }

    /// Begins a transaction that only reads, all of it from one snapshot.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn begin_read_only(&self) -> Result<DataTransaction, sqlx::Error> {
        self.0.begin_read_only().await.map(DataTransaction)
    }

    /// Whether DATA answers within the time.
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

/// A transaction on DATA; the queries are its methods. Dropped without [`DataTransaction::commit`], it changes nothing.
#[derive(Debug)]
pub struct DataTransaction(Transaction);

impl DataTransaction {
    /// Makes the changes durable.
    ///
    /// # Errors
    /// When DATA does not confirm; whether the changes are there is then unknown until its ledger is read.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.0.commit().await
    }
}
