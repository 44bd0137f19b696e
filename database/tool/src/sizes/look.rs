//! Everything that is to be seen of a database, in one transaction.

use database_connection::Pool;

use super::{Connections, DatabaseSize, LOCK_WAIT, Own};
use crate::{Migrator, Status, ToolError};

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its migrations.
    pub status: Status,
    /// Who is connected.
    pub connections: Connections,
    /// How much room it takes; nothing where somebody has locked a table of it for seconds.
    pub size: Option<DatabaseSize>,
}

impl Own {
    /// Looks at the database's migrations, connections and room, with its largest tables, at most so many. Changes nothing. One
    /// transaction: a page on a database far away is to wait as little as can be, and to take no more than one connection.
    ///
    /// # Errors
    /// The database cannot be reached, or the role may not read the history.
    pub async fn look(&self, pool: &Pool, migrator: &Migrator, largest: u32) -> Result<Look, ToolError> {
        let mut transaction = pool.begin_with_lock_timeout(LOCK_WAIT).await.map_err(|source| self.failed("connecting", source))?;
        let status = migrator.status_in(&mut transaction).await?;
        let connections = self.connections_in(&mut transaction).await?;
        let size = match self.size_in(&mut transaction, largest).await {
            Ok(size) => Some(size),
            Err(ToolError::Locked { .. }) => None,
            Err(error) => return Err(error),
        };
        transaction.rollback().await.map_err(|source| self.failed("looking at the database", source))?;
        Ok(Look { status, connections, size })
    }
}
