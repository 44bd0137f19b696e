//! A database of a workspace with its addresses: what commands work on.

use std::sync::Arc;
use std::time::Duration;

use database_connection::{DatabaseUrl, Pool, PoolSettings};

use crate::{AppRole, Declaration, Migrations, Migrator, Operator, WorkspaceError};

/// How the tool's connections call themselves.
const NAME: &str = "handled db";
/// One works, the other renews the lease.
const CONNECTIONS: u32 = 2;

/// Under which addresses a database is reached.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// As the application.
    pub app: DatabaseUrl,
    /// As the role that owns the structure, where that is another.
    pub owner: Option<DatabaseUrl>,
    /// As a role that may read and nothing else.
    pub reader: Option<DatabaseUrl>,
}

/// One database, ready to be worked on. Nothing is connected before it is needed.
#[derive(Clone, Debug)]
pub struct Database {
    /// What the workspace says of it.
    pub declaration: Arc<Declaration>,
    /// Where it is.
    pub addresses: Addresses,
    /// Its migrations.
    pub migrator: Migrator,
}

impl Addresses {
    /// The address that changes structure.
    pub fn owner(&self) -> &DatabaseUrl {
        self.owner.as_ref().unwrap_or(&self.app)
    }

    /// The address with the least rights that can look.
    pub fn reader(&self) -> &DatabaseUrl {
        self.reader.as_ref().unwrap_or_else(|| self.owner())
    }

    /// The application's role, where another owns the structure.
    pub fn app_role(&self) -> Option<&str> {
        Some(self.app.user()).filter(|app| *app != self.owner().user())
    }

    /// The role that only reads, where there is one of its own.
    pub fn reader_role(&self) -> Option<&str> {
        let reader = self.reader.as_ref()?.user();
        Some(reader).filter(|reader| *reader != self.owner().user() && *reader != self.app.user())
    }
}

impl Database {
    /// Takes a database and reads its migrations.
    ///
    /// # Errors
    /// The migrations cannot be used.
    pub fn new(declaration: Declaration, addresses: Addresses, operator: Operator) -> Result<Self, WorkspaceError> {
        let migrations = Migrations::read(&declaration.migrations)
            .map_err(|source| WorkspaceError::Migrations { database: declaration.name.clone(), source })?;
        let objects_owner = addresses.app_role().filter(|_| declaration.app == AppRole::Owns).map(str::to_owned);
        let migrator = Migrator::new(&declaration.name, &declaration.history, migrations)
            .with_schemas(declaration.all_schemas())
            .owned_by(objects_owner)
            .operated_by(operator);
        Ok(Self { declaration: Arc::new(declaration), addresses, migrator })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.declaration.name
    }

    /// Connections of the role that owns the structure.
    pub fn owner_pool(&self) -> Pool {
        pool(self.addresses.owner())
    }

    /// Connections that look and change nothing.
    pub fn reader_pool(&self) -> Pool {
        pool(self.addresses.reader())
    }

    /// Whether both are in one database of one server, side by side.
    pub fn shares_database_with(&self, other: &Self) -> bool {
        self.addresses.app.names_same_database(&other.addresses.app)
    }
}

fn pool(address: &DatabaseUrl) -> Pool {
    let settings = PoolSettings {
        max_connections: CONNECTIONS,
        application_name: NAME.to_owned(),
        acquire_timeout: Duration::from_secs(10),
        ..PoolSettings::default()
    };
    Pool::new(address, settings)
}
