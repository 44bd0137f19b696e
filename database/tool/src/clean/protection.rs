//! Which databases are never emptied or dropped, whatever the environment says.

use database_connection::{Pool, Transaction};

use crate::{Database, DatabaseKind, ToolError};

impl Database {
    /// Refuses where this database may not be emptied or dropped: it is marked production, one of the `neighbours` that is in the
    /// same database of the server is, or it is not marked and has rows. Writes nothing.
    ///
    /// # Errors
    /// It may not, or cannot be reached.
    pub async fn protection(&self, pool: &Pool, neighbours: &[Self]) -> Result<(), ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.migrator.doing("connecting"))?;
        self.protection_in(&mut transaction).await?;
        transaction.rollback().await.map_err(self.migrator.doing("reading the mark"))?;
        for neighbour in self.beside(neighbours) {
            let pool = neighbour.owner_pool();
            let marker = neighbour.migrator.marker(&pool).await;
            pool.close().await;
            if marker?.is_some_and(|marker| marker.kind == DatabaseKind::Production) {
                return Err(
                    self.protected(format!("it stands beside {}, which is marked production; nothing was changed", neighbour.name()))
                );
            }
        }
        Ok(())
    }

    /// The same, of this database's own mark and rows alone.
    pub(crate) async fn protection_in(&self, transaction: &mut Transaction) -> Result<(), ToolError> {
        match self.migrator.marker_in(transaction).await?.map(|marker| marker.kind) {
            Some(DatabaseKind::Production) => {
                Err(self.protected("it is marked production, and nothing that is may be emptied or dropped".to_owned()))
            }
            Some(_) => Ok(()),
            None => match self.filled(transaction).await? {
                Some(table) => Err(self.protected(format!(
                    "it has rows (in {table}, for one) and is not marked; if they may go, say first what it is for, as in \
                     `handled db mark development {}`",
                    self.name()
                ))),
                None => Ok(()),
            },
        }
    }

    /// Those of them that are in the same database of the same server.
    pub(crate) fn beside<'a>(&'a self, neighbours: &'a [Self]) -> impl Iterator<Item = &'a Self> {
        neighbours.iter().filter(|other| other.name() != self.name() && self.shares_database_with(other))
    }

    fn protected(&self, why: String) -> ToolError {
        ToolError::Refused { database: self.name().to_owned(), why }
    }
}
