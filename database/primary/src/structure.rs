//! PRIMARY from the outside: its migrations, its room, who is connected.

use database_tool::{Look, Own, ToolError};

use crate::{PrimaryPool, migrator};

/// The schema that is PRIMARY's.
const SCHEMA: &str = "config";
/// Above how many open connections there are too many: its provider gives it 15.
const CONNECTION_ALERT: u32 = 12;

/// What of the database is PRIMARY's; in single mode DATA stands beside it.
pub fn own() -> Own {
    Own { database: "primary".to_owned(), schemas: vec![SCHEMA.to_owned()], tables: Vec::new(), connection_alert: CONNECTION_ALERT }
}

impl PrimaryPool {
    /// Where its migrations stand, who is connected, and how much room it takes, with its largest tables, at most so many.
    ///
    /// # Errors
    /// PRIMARY does not answer, or the role may not read the history.
    pub async fn structure(&self, largest: u32) -> Result<Look, ToolError> {
        let own = own();
        let migrator = migrator().map_err(|source| ToolError::Files { database: own.database.clone(), source })?;
        own.look(&self.0, &migrator, largest).await
    }
}
