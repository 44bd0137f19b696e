//! Emptying a database that is nobody's work: its tables stay, and its history.

mod owned;
mod protection;

use database_connection::{Pool, Transaction};
use serde::Serialize;
use serde_json::json;

use crate::bookkeeping::quoted;
use crate::{Database, ToolError};

/// What was emptied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// The tables, as `schema.table`.
    pub tables: Vec<String>,
    /// The materialized views, which were made anew of the empty tables.
    pub views: Vec<String>,
}

impl Database {
    /// Empties every table that this database owns and sets its sequences back, in one transaction. Structure, history, log and mark stay;
    /// rows that migrations had put in go with the rest. The declaration's own script follows. `neighbours` are the workspace's other databases.
    ///
    /// # Errors
    /// The database is protected (see [`Database::protection`]), a table that is not its own refers to one that is, somebody else is at
    /// work or locks stay in the way for too long, or it cannot be reached.
    pub async fn clean(&self, pool: &Pool, neighbours: &[Self]) -> Result<Cleaned, ToolError> {
        self.protection(pool, neighbours).await?;
        self.migrator.prepare(pool).await?;
        let migrator = &self.migrator;
        migrator
            .in_lease(pool, "clean", async |lease| {
                migrator
                    .with_patience(|| async {
                        let mut transaction = migrator.begin_turn(pool).await?;
                        migrator.still_ours(lease)?;
                        // Again: it may have been marked, or filled, since.
                        self.protection_in(&mut transaction).await?;
                        let cleaned = self.clean_in(&mut transaction).await?;
                        migrator.log(&mut transaction, &migrator.operator.name, "clean", &json!({ "tables": cleaned.tables })).await?;
                        transaction.commit().await.map_err(migrator.doing("emptying the tables"))?;
                        Ok(cleaned)
                    })
                    .await
            })
            .await
    }

    async fn clean_in(&self, transaction: &mut Transaction) -> Result<Cleaned, ToolError> {
        let owned = self.owned(transaction).await?;
        self.no_strangers(transaction, &owned, "emptied").await?;
        let doing = || self.migrator.doing("emptying the tables");
        let tables = owned.tables();
        if !tables.is_empty() {
            // One statement, so that foreign keys among the tables do not matter.
            let list: Vec<String> = tables.iter().map(|table| table.quoted()).collect();
            transaction.run_script(&format!("TRUNCATE {} RESTART IDENTITY", list.join(", "))).await.map_err(doing())?;
        }
        for (schema, name) in self.free_sequences(transaction).await? {
            transaction.run_script(&format!("ALTER SEQUENCE {}.{} RESTART", quoted(&schema), quoted(&name))).await.map_err(doing())?;
        }
        if let Some(script) = &self.declaration.after_clean {
            let failed = |source| ToolError::failed(self.name(), "the after_clean script".to_owned(), script, source);
            self.migrator.become_owner(transaction).await?;
            transaction.run_script(script).await.map_err(failed)?;
            self.become_oneself(transaction).await?;
        }
        // In the order in which they were made: one may read another.
        for view in owned.materialized() {
            transaction.run_script(&format!("REFRESH MATERIALIZED VIEW {}", view.quoted())).await.map_err(doing())?;
        }
        let names = |relations: Vec<&owned::Relation>| relations.iter().map(ToString::to_string).collect();
        Ok(Cleaned { tables: names(tables), views: names(owned.materialized()) })
    }
}
