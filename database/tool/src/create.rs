//! Making databases and their roles, and removing them: what only an administrator of the server may do.

mod drop;
mod roles;

use database_connection::{DatabaseUrl, Pool, PoolSettings, Transaction};
use serde::Serialize;

use crate::bookkeeping::quoted;
use crate::{AppRole, Database, ToolError};

pub use drop::{Dropped, DroppedRole, Session, WhatWasDropped};
pub use roles::{CreatedRole, RoleUse};

/// What people are told that the server is called.
const SERVER: &str = "the server";
/// Makers take turns: two at once would fail at each other's roles.
const TURN: &str = "SELECT pg_advisory_xact_lock(hashtextextended('handled db create', 0))";

/// A role of the server that may make databases and roles; no superuser has to be.
#[derive(Debug)]
pub struct Administrator {
    pool: Pool,
    role: String,
    superuser: bool,
    version: i32,
}

/// A database that is there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Created {
    /// What the workspace calls it.
    pub database: String,
    /// What the server calls it.
    pub name: String,
    /// Whether it was made; else it was there.
    pub made: bool,
    /// Its roles.
    pub roles: Vec<CreatedRole>,
}

impl Administrator {
    /// Connects to a maintenance database of the server.
    ///
    /// # Errors
    /// The server cannot be reached, or the role may not make databases.
    pub async fn connect(address: &DatabaseUrl) -> Result<Self, ToolError> {
        let settings = PoolSettings { max_connections: 1, application_name: "handled db".to_owned(), ..PoolSettings::default() };
        let pool = Pool::new(address, settings);
        let mut transaction = pool.begin().await.map_err(doing("connecting as the administrator"))?;
        let sql = "SELECT rolname::text, rolsuper, rolcreatedb, current_setting('server_version_num')::integer FROM pg_roles WHERE rolname = current_user";
        let (role, superuser, may, version): (String, bool, bool, i32) =
            sqlx::query_as(sql).fetch_one(&mut transaction).await.map_err(doing("asking for the administrator's rights"))?;
        transaction.rollback().await.map_err(doing("asking for the administrator's rights"))?;
        if !superuser && !may {
            let why = format!(
                "the role {role} may not make databases; use the address of one that may (CREATEDB and CREATEROLE), never the application's"
            );
            return Err(ToolError::Refused { database: SERVER.to_owned(), why });
        }
        Ok(Self { pool, role, superuser, version })
    }

    /// Closes the connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether a database is there.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn has(&self, database: &Database) -> Result<bool, ToolError> {
        self.has_database(database.addresses.owner().database()).await
    }

    /// Whether the server has a database of this name.
    pub(crate) async fn has_database(&self, name: &str) -> Result<bool, ToolError> {
        let mut transaction = self.pool.begin().await.map_err(doing("connecting as the administrator"))?;
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut transaction)
            .await
            .map_err(doing("looking for the database"))
    }
}

impl Database {
    /// Makes the roles and the database where they are missing, and lets nobody in but these roles. What is there already stays as it
    /// is, its passwords too.
    ///
    /// # Errors
    /// The administrator may not, the owner's address does not lead to what was made, or the server cannot be reached.
    pub async fn create(&self, administrator: &Administrator) -> Result<Created, ToolError> {
        let roles = administrator.make_roles(self).await?;
        let name = self.addresses.owner().database();
        let made = self.make_database(administrator, name).await?;
        self.let_in(administrator, name, made).await?;
        self.set_up(made).await?;
        Ok(Created { database: self.name().to_owned(), name: name.to_owned(), made, roles })
    }

    async fn make_database(&self, administrator: &Administrator, name: &str) -> Result<bool, ToolError> {
        if administrator.has_database(name).await? {
            return Ok(false);
        }
        let owner = quoted(self.addresses.owner().user());
        let statement = format!("CREATE DATABASE {} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'", quoted(name));
        match administrator.pool.run_alone(&statement).await {
            Ok(()) => Ok(true),
            // Somebody else was quicker.
            Err(error) if error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "42P04") => Ok(false),
            Err(error) => Err(self.migrator.doing("making the database")(error)),
        }
    }

    /// Lets the roles in, and of a new database everybody else out.
    async fn let_in(&self, administrator: &Administrator, name: &str, made: bool) -> Result<(), ToolError> {
        let doing = || self.migrator.doing("saying who may connect");
        let mut transaction = administrator.pool.begin().await.map_err(doing())?;
        sqlx::query(TURN).execute(&mut transaction).await.map_err(doing())?;
        if made {
            transaction.run_script(&format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", quoted(name))).await.map_err(doing())?;
        }
        let owner = self.addresses.owner().user();
        let roles = [Some(owner), self.addresses.app_role(), self.addresses.reader_role()];
        for role in roles.into_iter().flatten() {
            // Beside others in one database, the owner of these schemas may not own the database. It has to be able to make them.
            let wanted: &[&str] = if role == owner { &["CONNECT", "CREATE", "TEMPORARY"] } else { &["CONNECT"] };
            for privilege in wanted {
                let has: bool = sqlx::query_scalar("SELECT has_database_privilege($1, $2, $3)")
                    .bind(role)
                    .bind(name)
                    .bind(*privilege)
                    .fetch_one(&mut transaction)
                    .await
                    .map_err(doing())?;
                if !has {
                    let grant = format!("GRANT {privilege} ON DATABASE {} TO {}", quoted(name), quoted(role));
                    transaction.run_script(&grant).await.map_err(doing())?;
                }
            }
        }
        transaction.commit().await.map_err(doing())
    }

    /// Connects by the owner's own address, which so is seen to lead here, and sets up the schema `public`.
    async fn set_up(&self, made: bool) -> Result<(), ToolError> {
        let doing = || self.migrator.doing("connecting to the new database by the owner's address");
        let pool = self.owner_pool();
        let work = async {
            let mut transaction = pool.begin().await.map_err(doing())?;
            if made {
                transaction.run_script("REVOKE CREATE ON SCHEMA public FROM PUBLIC").await.map_err(doing())?;
            }
            self.open_public(&mut transaction).await?;
            transaction.commit().await.map_err(doing())
        };
        let result = work.await;
        pool.close().await;
        result
    }

    /// Lets whoever is to own the tables make them in the schema `public`, where that is one of this database's. Other schemas are
    /// given to their owner when they are made; this one is there already.
    async fn open_public(&self, transaction: &mut Transaction) -> Result<(), ToolError> {
        if !self.declaration.all_schemas().iter().any(|schema| schema == "public") {
            return Ok(());
        }
        let role = match self.declaration.app {
            AppRole::Owns => self.addresses.app.user(),
            _ => self.addresses.owner().user(),
        };
        let sql = "SELECT has_schema_privilege($1, 'public', 'CREATE'), pg_has_role(current_user, nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'public'";
        let rights: Option<(bool, bool)> = sqlx::query_as(sql)
            .bind(role)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(self.migrator.doing("looking at the schema public"))?;
        let grant = format!("GRANT USAGE, CREATE ON SCHEMA public TO {}", quoted(role));
        match rights {
            None | Some((true, _)) => Ok(()),
            Some((false, true)) => transaction.run_script(&grant).await.map_err(self.migrator.doing("opening the schema public")),
            Some((false, false)) => {
                let why = format!(
                    "its role {} may make no tables in the schema public, and is not the owner of the database {}, who can change that; run as that \
                     owner: {grant}",
                    role,
                    self.addresses.owner().database()
                );
                Err(ToolError::Refused { database: self.name().to_owned(), why })
            }
        }
    }
}

/// Turns the server's error into one that says what was being done.
fn doing(doing: &'static str) -> impl FnOnce(sqlx::Error) -> ToolError {
    move |source| ToolError::Database { database: SERVER.to_owned(), doing, source }
}
