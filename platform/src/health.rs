//! Whether the databases answer, and what they hold.

use std::time::Duration;

use database_connection::DatabaseError;
use model::health::{Connection, DatabaseHealth, Health, Overview};
use model::run::Operation;
use model::{Error, Permission};

use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::failure::{self, unavailable};

/// A database that has not answered within this time is not connected.
const PATIENCE: Duration = Duration::from_secs(2);
/// Runs that the overview shows.
const LATEST_RUNS: u32 = 8;

fn connection(answer: Result<(), DatabaseError>, database: &str) -> Connection {
    match answer {
        Ok(()) => Connection::Connected,
        Err(error) => {
            tracing::warn!(database, %error, "a database does not answer");
            Connection::Disconnected
        }
    }
}

impl Platform {
    /// Asks both databases. Open to everybody, as monitors are nobody's session.
    pub async fn health(&self) -> Health {
        let (primary, data) = tokio::join!(self.primary().ping(PATIENCE), self.data().ping(PATIENCE));
        let databases = DatabaseHealth { primary: connection(primary, "primary"), data: connection(data, "data") };
        Health::new(databases, self.clock().now())
    }
}

impl Authorized<permit::DatabasesRead> {
    /// Health, row counts, and the latest runs among those that the actor may see.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer. DATA may be down: its part is left out then.
    pub async fn overview(&self) -> Result<Overview, Error> {
        let fault = || unavailable("loading the overview");
        let health = self.platform.health().await;
        let visible = [
            (Operation::Import, Permission::ImportsRead),
            (Operation::Undo, Permission::ImportsRead),
            (Operation::Transformation, Permission::TransformationsRead),
            (Operation::Export, Permission::ExportsRead),
        ];
        let operations: Vec<Operation> =
            visible.iter().filter(|(_, permission)| self.may(*permission)).map(|(operation, _)| *operation).collect();
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let runs = transaction.latest_runs(&operations, LATEST_RUNS).await.map_err(fault())?;
        let revision = transaction.zone_days_revision().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let relations = match health.databases.data {
            Connection::Disconnected => None,
            Connection::Connected => match self.platform.standing(revision).await {
                Ok(standing) => Some(standing.relations),
                Err(error) => {
                    failure::log("counting rows", &error);
                    None
                }
            },
        };
        Ok(Overview { health, split: self.platform.configuration().split, relations, runs })
    }
}
