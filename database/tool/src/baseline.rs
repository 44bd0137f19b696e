//! Adopting a database that was made by other means.

use database_connection::Pool;
use serde_json::json;

use crate::{Migrator, ToolError};

impl Migrator {
    /// Records every migration up to this version as applied, without running it: what they make is there already. Answers how many.
    ///
    /// # Errors
    /// There is no such migration, the history has rows already, or the database cannot be reached.
    pub async fn baseline(&self, pool: &Pool, version: i32) -> Result<usize, ToolError> {
        self.knows(Some(version))?;
        self.migrations.without_gaps().map_err(|source| ToolError::Files { database: self.database.clone(), source })?;
        self.prepare(pool).await?;
        self.in_lease(pool, "baseline", async |lease| {
            let mut transaction = self.begin_turn(pool).await?;
            self.still_ours(lease)?;
            if let Some(last) = self.history(&mut transaction).await?.last() {
                let why = format!("its history has {} already; a baseline is for a database without one", last.file());
                return Err(ToolError::Refused { database: self.database.clone(), why });
            }
            let adopted: Vec<_> = self.migrations.list().iter().filter(|migration| migration.version <= version).collect();
            for migration in &adopted {
                self.record(&mut transaction, migration, 0).await?;
            }
            self.log(&mut transaction, &self.operator.name, "baseline", &json!({ "version": version })).await?;
            transaction.commit().await.map_err(self.doing("recording the baseline"))?;
            Ok(adopted.len())
        })
        .await
    }
}
