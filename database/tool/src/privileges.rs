//! What another role may do with what the migrations made.

use database_connection::Pool;

use crate::bookkeeping::quoted;
use crate::{AppRole, AppliedMigration, Database, Migrator, OWN_TABLES, ToolError};

/// What the application's role may do where nothing else is said: work with rows.
const ROWS: &str = "GRANT USAGE ON SCHEMA {schema} TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {app};
";
/// What the role that reads may do.
const READS: &str = "GRANT USAGE ON SCHEMA {schema} TO {app};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {app};
";

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
            return Err(ToolError::NoRoleInScript { database: self.database.clone() });
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
        transaction.run_script(script).await.map_err(|source| ToolError::failed(&self.database, file(), script, source))?;
        transaction.commit().await.map_err(|source| ToolError::not_committed(&self.database, file(), script, source))?;
        Ok(true)
    }
}

impl Database {
    /// Applies what is pending, up to this version where one is said, and gives the application's role and the reading one their
    /// privileges on what there is then.
    ///
    /// # Errors
    /// As [`Migrator::migrate_to`] and [`Migrator::grant`].
    pub async fn migrate(&self, pool: &Pool, last: Option<i32>) -> Result<Vec<AppliedMigration>, ToolError> {
        let applied = self.migrator.migrate_to(pool, last).await?;
        if let (Some(role), Some(script)) = (self.addresses.app_role(), self.app_privileges()) {
            self.migrator.grant(pool, role, &script).await?;
        }
        self.let_read(pool).await?;
        Ok(applied)
    }

    /// Gives the role that reads its privileges on what there is now.
    pub(crate) async fn let_read(&self, pool: &Pool) -> Result<(), ToolError> {
        match self.addresses.reader_role() {
            Some(role) => self.migrator.grant(pool, role, &self.in_every_schema(READS)).await.map(drop),
            None => Ok(()),
        }
    }

    fn app_privileges(&self) -> Option<String> {
        match &self.declaration.app {
            AppRole::Owns => None,
            AppRole::Script(script) => Some(script.clone()),
            AppRole::Rows => {
                // History is the tool's.
                let own = OWN_TABLES.map(|table| self.migrator.own_table(table)).join(", ");
                let revoke = format!("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {own} FROM {PLACE};");
                Some(self.in_every_schema(ROWS) + &revoke)
            }
        }
    }

    fn in_every_schema(&self, statements: &str) -> String {
        self.migrator.all_schemas().map(|schema| statements.replace("{schema}", &quoted(schema))).collect()
    }
}
