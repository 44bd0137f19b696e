//! DATA from the outside: its migrations, its room, who is connected.

use database_tool::{Look, Own, ToolError};

use crate::{DataPool, migrator};

/// The schemas that are DATA's.
const SCHEMAS: [&str; 2] = ["workspace", "reference"];
/// Above how many open connections there are too many.
const CONNECTION_ALERT: u32 = 50;

/// What of the database is DATA's; in single mode PRIMARY stands beside it.
pub fn own() -> Own {
    Own { database: "data".to_owned(), schemas: SCHEMAS.map(str::to_owned).into(), tables: Vec::new(), connection_alert: CONNECTION_ALERT }
}

impl DataPool {
    /// Where its migrations stand, who is connected, and how much room it takes, with its largest tables, at most so many.
    ///
    /// # Errors
    /// DATA does not answer, or the role may not read the history.
    pub async fn structure(&self, largest: u32) -> Result<Look, ToolError> {
        let own = own();
        let migrator = migrator(None).map_err(|source| ToolError::Files { database: own.database.clone(), source })?;
        own.look(&self.0, &migrator, largest).await
    }
}
