//! What another role may do with what the migrations made.

use database_connection::Pool;

use crate::history::quoted;
use crate::{Migrator, ToolError};

/// Stands in a privileges script for the role's name.
const PLACE: &str = "{app}";

impl Migrator {
    /// Runs a script of `GRANT` and `REVOKE` for the role that the application connects as, in one transaction; `{app}` in it
    /// becomes the role's name as an identifier. Run it after every migration: it must be one that may be run again.
    /// Returns false, having done nothing, where that role is the connected one: an owner needs no privileges.
    ///
    /// # Errors
    /// When the script fails (nothing of it stays), locks stay in the way for a minute, or the database cannot be reached.
    pub async fn grant(&self, pool: &Pool, app_role: &str, script_template: &str) -> Result<bool, ToolError> {
        if !script_template.contains(PLACE) {
            return Err(ToolError::NoRoleInScript { database: self.database });
        }
        let script = script_template.replace(PLACE, &quoted(app_role));
        self.with_patience(|| self.grant_once(pool, app_role, &script)).await
    }

    async fn grant_once(&self, pool: &Pool, app_role: &str, script: &str) -> Result<bool, ToolError> {
        // In turn with migrators: GRANTs that run at once on one object fail with "tuple concurrently updated".
        let mut transaction = self.begin_turn(pool).await?;
        let connected: String =
            sqlx::query_scalar("SELECT current_user::text").fetch_one(&mut transaction).await.map_err(self.doing("asking for the role"))?;
        if connected == app_role {
            transaction.rollback().await.map_err(self.doing("asking for the role"))?;
            return Ok(false);
        }
        let file = || "the privileges script".to_owned();
        transaction.run_script(script).await.map_err(|source| ToolError::failed(self.database, file(), script, source))?;
        transaction.commit().await.map_err(|source| ToolError::not_committed(self.database, file(), script, source))?;
        Ok(true)
    }
}
