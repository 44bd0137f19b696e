//! Removing databases, or what a database has in one that it shares; and roles that nothing needs any more.

use database_connection::{Pool, Transaction};
use serde::Serialize;

use super::{Administrator, doing, roles};
use crate::bookkeeping::quoted;
use crate::{Database, OWN_TABLES, ToolError};

/// What became of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// What the workspace calls it.
    pub database: String,
    /// What the server calls it.
    pub name: String,
    /// What is gone.
    pub what: WhatWasDropped,
}

/// What is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhatWasDropped {
    /// Nothing: there was no such database.
    Nothing,
    /// The database.
    Database,
    /// Its part of a database in which others of the workspace still are.
    Part {
        /// The schemas that are gone.
        schemas: Vec<String>,
        /// The tables that are gone from schemas that stay.
        tables: Vec<String>,
        /// Who is still there.
        beside: Vec<String>,
    },
}

/// What became of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DroppedRole {
    /// Its name.
    pub name: String,
    /// Why it stays, where it does.
    pub kept: Option<String>,
}

/// Connections of one role to a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Session {
    /// The role.
    pub role: String,
    /// What they call themselves, where the administrator may see it.
    pub application: String,
    /// How many there are.
    pub connections: i64,
}

impl Administrator {
    /// Who is connected to a database.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn sessions(&self, database: &Database) -> Result<Vec<Session>, ToolError> {
        let mut transaction = self.pool.begin().await.map_err(doing("connecting as the administrator"))?;
        let sql = "SELECT coalesce(usename::text, '') AS role, coalesce(application_name, '') AS application, count(*) AS connections
                   FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() GROUP BY 1, 2 ORDER BY 1, 2";
        sqlx::query_as(sql)
            .bind(database.addresses.owner().database())
            .fetch_all(&mut transaction)
            .await
            .map_err(doing("looking at the connections"))
    }

    /// Refuses where somebody is connected to a database, and says who.
    ///
    /// # Errors
    /// Somebody is, or the server cannot be reached.
    pub async fn nobody_is_connected(&self, database: &Database) -> Result<(), ToolError> {
        let sessions = self.sessions(database).await?;
        if sessions.is_empty() {
            return Ok(());
        }
        let who = |session: &Session| match session.application.as_str() {
            "" => format!("{} ({})", session.role, session.connections),
            application => format!("{} as {application} ({})", session.role, session.connections),
        };
        let who: Vec<String> = sessions.iter().map(who).collect();
        let why = format!("it has connections, of {}; end them, or cut them off with --force", who.join(", "));
        Err(ToolError::Refused { database: database.name().to_owned(), why })
    }

    /// Removes a role, unless something depends on it or it is the administrator's own.
    ///
    /// # Errors
    /// The administrator may not, or the server cannot be reached.
    pub async fn drop_role(&self, role: &str) -> Result<Option<DroppedRole>, ToolError> {
        let name = role.to_owned();
        let mut transaction = self.pool.begin().await.map_err(doing("connecting as the administrator"))?;
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(role)
            .fetch_one(&mut transaction)
            .await
            .map_err(doing("looking for the role"))?;
        if !there {
            return Ok(None);
        }
        if role == self.role {
            return Ok(Some(DroppedRole { name, kept: Some("it is the administrator".to_owned()) }));
        }
        match transaction.run_script(&format!("DROP ROLE {}", quoted(role))).await {
            Ok(()) => {
                transaction.commit().await.map_err(doing("removing the role"))?;
                Ok(Some(DroppedRole { name, kept: None }))
            }
            // dependent_objects_still_exist.
            Err(error) if error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "2BP01") => {
                let why = crate::error::message(&error);
                Ok(Some(DroppedRole { name, kept: Some(why) }))
            }
            Err(error) => Err(doing("removing the role")(error)),
        }
    }
}

impl Database {
    /// The names of its roles.
    pub fn roles(&self) -> Vec<String> {
        roles::of(self).into_iter().map(|(_, address)| address.user().to_owned()).collect()
    }

    /// Removes the database; where others of the workspace (`neighbours`) still are in it, only what is this one's. Roles stay.
    /// `force` cuts connections off.
    ///
    /// # Errors
    /// The database is protected (see [`Database::protection`]), has connections, has tables of this one that others refer to, somebody
    /// is at work on it, or the server cannot be reached.
    pub async fn drop(&self, administrator: &Administrator, neighbours: &[Self], force: bool) -> Result<Dropped, ToolError> {
        let name = self.addresses.owner().database().to_owned();
        let database = self.name().to_owned();
        if !administrator.has_database(&name).await? {
            return Ok(Dropped { database, name, what: WhatWasDropped::Nothing });
        }
        let pool = self.owner_pool();
        let part = self.leave(&pool, neighbours).await;
        pool.close().await;
        if let Some(part) = part? {
            return Ok(Dropped { database, name, what: part });
        }
        self.drop_whole(administrator, &name, force).await?;
        Ok(Dropped { database, name, what: WhatWasDropped::Database })
    }

    /// Makes sure that it may go, and takes its part away where others stay. Answers nothing where none do.
    async fn leave(&self, pool: &Pool, neighbours: &[Self]) -> Result<Option<WhatWasDropped>, ToolError> {
        self.protection(pool, neighbours).await?;
        let mut beside = Vec::new();
        for neighbour in self.beside(neighbours) {
            let pool = neighbour.owner_pool();
            let lives = neighbour.lives(&pool).await;
            pool.close().await;
            if lives? {
                beside.push(neighbour);
            }
        }
        let mut transaction = pool.begin_read_only().await.map_err(self.migrator.doing("connecting"))?;
        let has_history = self.migrator.table_exists(&mut transaction, "schema_lease").await?;
        transaction.rollback().await.map_err(self.migrator.doing("looking for the migration history"))?;
        let work = async || if beside.is_empty() { Ok(None) } else { self.drop_part(pool, &beside).await.map(Some) };
        // Nobody is at work where there is nothing to work on.
        if has_history { self.migrator.in_lease(pool, "drop", async |_| work().await).await } else { work().await }
    }

    async fn lives(&self, pool: &Pool) -> Result<bool, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(self.migrator.doing("connecting"))?;
        self.migrator.history_exists(&mut transaction).await
    }

    async fn drop_part(&self, pool: &Pool, beside: &[&Self]) -> Result<WhatWasDropped, ToolError> {
        self.migrator
            .with_patience(|| async {
                let mut transaction = self.migrator.begin_turn(pool).await?;
                self.protection_in(&mut transaction).await?;
                let owned = self.owned(&mut transaction).await?;
                self.no_strangers(&mut transaction, &owned, "dropped").await?;
                let (schemas, tables) = self.part(&mut transaction, beside).await?;
                let doing = || self.migrator.doing("dropping the schemas");
                for (schema, table) in &tables {
                    let statement = format!("DROP TABLE IF EXISTS {}.{} CASCADE", quoted(schema), quoted(table));
                    transaction.run_script(&statement).await.map_err(doing())?;
                }
                for schema in &schemas {
                    transaction.run_script(&format!("DROP SCHEMA {} CASCADE", quoted(schema))).await.map_err(doing())?;
                }
                transaction.commit().await.map_err(doing())?;
                let tables = tables.into_iter().map(|(schema, table)| format!("{schema}.{table}")).collect();
                let beside = beside.iter().map(|other| other.name().to_owned()).collect();
                Ok(WhatWasDropped::Part { schemas, tables, beside })
            })
            .await
    }

    /// The schemas that are wholly this one's, and its tables in the others.
    async fn part(&self, transaction: &mut Transaction, beside: &[&Self]) -> Result<(Vec<String>, Vec<(String, String)>), ToolError> {
        let whole = |schema: &str| {
            let theirs = beside.iter().any(|other| other.declaration.all_schemas().iter().any(|theirs| theirs == schema));
            schema != "public" && !theirs && self.declaration.schemas.iter().any(|own| own == schema)
        };
        let mut schemas = Vec::new();
        for schema in self.declaration.all_schemas().into_iter().filter(|schema| whole(schema)) {
            if self.migrator.schema_exists(transaction, &schema).await? {
                schemas.push(schema);
            }
        }
        let owned = self.owned(transaction).await?;
        let mut tables: Vec<(String, String)> =
            owned.tables().iter().map(|table| table.parts()).filter(|(schema, _)| !whole(schema)).collect();
        if !whole(&self.declaration.history) {
            tables.extend(OWN_TABLES.map(|table| (self.declaration.history.clone(), table.to_owned())));
        }
        Ok((schemas, tables))
    }

    async fn drop_whole(&self, administrator: &Administrator, name: &str, force: bool) -> Result<(), ToolError> {
        let doing = || self.migrator.doing("removing the database");
        if !administrator.superuser {
            let mut transaction = administrator.pool.begin().await.map_err(doing())?;
            // To cut its connections off, it has to be a member of their roles as well.
            let wanted = if force { self.roles() } else { vec![self.addresses.owner().user().to_owned()] };
            for role in wanted.iter().filter(|role| **role != administrator.role) {
                administrator.join(&mut transaction, role).await.map_err(doing())?;
            }
            transaction.commit().await.map_err(doing())?;
        }
        // PostgreSQL waits five seconds for connections that are about to end, as this tool's own.
        let how = if force { " WITH (FORCE)" } else { "" };
        match administrator.pool.run_alone(&format!("DROP DATABASE {}{how}", quoted(name))).await {
            // object_in_use.
            Err(error) if error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55006") => {
                administrator.nobody_is_connected(self).await?;
                Err(doing()(error))
            }
            result => result.map_err(doing()),
        }
    }
}
