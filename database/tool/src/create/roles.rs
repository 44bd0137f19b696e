//! The roles of a database: one owns the structure, one is the application, one only reads.

use database_connection::{DatabaseUrl, Transaction};
use postgres_protocol::password::scram_sha_256;
use serde::Serialize;

use super::{Administrator, TURN};
use crate::bookkeeping::quoted;
use crate::{AppRole, Database, ToolError};

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleUse {
    /// Changes structure.
    Owner,
    /// Is what the application connects as.
    App,
    /// Reads, and nothing else.
    Reader,
}

impl RoleUse {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::App => "application",
            Self::Reader => "reader",
        }
    }
}

/// A role that is there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatedRole {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role_use: RoleUse,
    /// Whether it was made; else it was there, and its password was left as it was.
    pub made: bool,
    /// Whether its address holds a password, which it was given if it was made.
    pub password: bool,
}

impl Administrator {
    /// Makes the roles of a database that are missing, in one transaction.
    pub(super) async fn make_roles(&self, database: &Database) -> Result<Vec<CreatedRole>, ToolError> {
        let doing = || database.migrator.doing("making the roles");
        let mut transaction = self.pool.begin().await.map_err(doing())?;
        sqlx::query(TURN).execute(&mut transaction).await.map_err(doing())?;
        let mut roles = Vec::new();
        for (role_use, address) in of(database) {
            roles.push(self.make_role(&mut transaction, role_use, address).await.map_err(doing())?);
        }
        let owner = database.addresses.owner().user();
        if !self.superuser && owner != self.role {
            self.join(&mut transaction, owner).await.map_err(doing())?;
        }
        if let (AppRole::Owns, Some(app)) = (&database.declaration.app, database.addresses.app_role()) {
            // The owner makes schemas that belong to the application.
            grant(&mut transaction, app, owner, "USAGE").await.map_err(doing())?;
        }
        transaction.commit().await.map_err(doing())?;
        Ok(roles)
    }

    async fn make_role(&self, transaction: &mut Transaction, role_use: RoleUse, address: &DatabaseUrl) -> Result<CreatedRole, sqlx::Error> {
        let name = address.user().to_owned();
        let there: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)").bind(&name).fetch_one(&mut *transaction).await?;
        if !there {
            // What is sent, and may be logged by the server, is no password but what the server keeps to check one.
            let password =
                address.password().map_or_else(String::new, |password| format!(" PASSWORD '{}'", scram_sha_256(password.as_bytes())));
            transaction.run_script(&format!("CREATE ROLE {} LOGIN{password}", quoted(&name))).await?;
        }
        Ok(CreatedRole { name, role_use, made: !there, password: address.password().is_some() })
    }

    /// Makes the administrator, where it is no superuser, a member of a role: only a member may give a database to it, or remove its databases.
    pub(super) async fn join(&self, transaction: &mut Transaction, role: &str) -> Result<(), sqlx::Error> {
        // From version 16 on a membership need not let its holder become the role.
        let wanted = if self.version >= 160_000 { "SET" } else { "USAGE" };
        grant(transaction, role, &self.role, wanted).await
    }
}

/// Makes `member` a member of `role` where it does not have that `privilege` yet.
async fn grant(transaction: &mut Transaction, role: &str, member: &str, privilege: &str) -> Result<(), sqlx::Error> {
    let has: bool =
        sqlx::query_scalar("SELECT pg_has_role($1, $2, $3)").bind(member).bind(role).bind(privilege).fetch_one(&mut *transaction).await?;
    if has {
        return Ok(());
    }
    transaction.run_script(&format!("GRANT {} TO {}", quoted(role), quoted(member))).await
}

/// The roles of a database with their addresses, each once.
pub(super) fn of(database: &Database) -> Vec<(RoleUse, &DatabaseUrl)> {
    let addresses = &database.addresses;
    let mut all = vec![(RoleUse::Owner, addresses.owner())];
    if addresses.app_role().is_some() {
        all.push((RoleUse::App, &addresses.app));
    }
    if let Some(reader) = addresses.reader.as_ref().filter(|_| addresses.reader_role().is_some()) {
        all.push((RoleUse::Reader, reader));
    }
    all
}
