//! The two databases, opened as the settings say: addresses for the application and for migrations, and the
//! private PostgreSQL where it runs them.

use std::path::Path;

use clap::ValueEnum;
use database_connection::{DatabaseUrl, Pool, PoolSettings};
use database_data::DataPool;
use database_primary::{AuditEntry, PrimaryPool};
use database_tool::{AppliedMigration, Migrator, Status, ToolError};
use tokio_util::sync::CancellationToken;

use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::postgres::{self, PrivatePostgres};
use crate::settings::{self, DEFAULT_DATA_DIR, GivenDatabases, Settings};

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// Users, sessions, roles, runs, audit.
    Primary,
    /// Imported and derived tables.
    Data,
}

impl Target {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Data];

    /// The name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Data => "data",
        }
    }
}

/// The databases' addresses, and the share in the private PostgreSQL where they are in it.
pub struct Databases {
    addresses: GivenDatabases,
    private: Option<PrivatePostgres>,
    folder: DataFolder,
    notice: Option<String>,
    log_queries: bool,
}

/// The application's connections.
#[derive(Debug, Clone)]
pub struct Pools {
    /// PRIMARY's.
    pub primary: PrimaryPool,
    /// DATA's.
    pub data: DataPool,
}

/// What was applied to a database.
#[derive(Debug)]
pub struct Migrated {
    /// The migrations, in their order.
    pub applied: Vec<AppliedMigration>,
    /// Why PRIMARY's audit does not tell of it, where DATA was migrated and PRIMARY did not take the record. A warning, no failure:
    /// PRIMARY may be yet to be migrated, and DATA's own history tells of it all the same.
    pub unrecorded: Option<Failure>,
}

impl Pools {
    /// Closes every connection.
    pub async fn close(&self) {
        tokio::join!(self.primary.close(), self.data.close());
    }
}

impl Databases {
    /// Opens the databases: starts the private PostgreSQL, or takes part in it, where no URLs are set.
    ///
    /// # Errors
    /// The data folder or the private PostgreSQL cannot be had.
    pub async fn open(settings: &Settings) -> Result<Self, Failure> {
        let default = Path::new(DEFAULT_DATA_DIR);
        let log_queries = settings.log.queries;
        match &settings.databases {
            settings::Databases::Given(given) => {
                let folder = DataFolder::make_without_databases(settings.data_dir.as_deref().unwrap_or(default))?;
                Ok(Self { addresses: (**given).clone(), private: None, folder, notice: None, log_queries })
            }
            settings::Databases::Private => {
                let (folder, notice) = postgres::locate(settings.data_dir.as_deref(), default)?;
                let private = PrivatePostgres::take(folder.clone()).await?;
                let own = private.addresses(settings.split)?;
                let addresses = GivenDatabases {
                    primary: own.primary,
                    data: own.data,
                    primary_direct: None,
                    primary_owner: Some(own.primary_owner),
                    data_owner: Some(own.data_owner),
                };
                Ok(Self { addresses, private: Some(private), folder, notice, log_queries })
            }
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// What people should know about where the data goes.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Whether the databases are in the private PostgreSQL.
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Keeps the private PostgreSQL alive, where there is one, until told to stop.
    pub fn supervise(&self, stop: CancellationToken) -> Option<tokio::task::JoinHandle<()>> {
        self.private.as_ref().map(|private| private.supervise(stop))
    }

    /// The application's connections, under this name, at most so many to PRIMARY and to DATA.
    pub fn pools(&self, name: &str, primary: u32, data: u32) -> Pools {
        Pools {
            primary: PrimaryPool::new(self.pool(&self.addresses.primary, name, primary)),
            data: DataPool::new(self.pool(&self.addresses.data, name, data)),
        }
    }

    fn pool(&self, address: &DatabaseUrl, name: &str, max_connections: u32) -> Pool {
        let settings =
            PoolSettings { max_connections, log_queries: self.log_queries, application_name: name.to_owned(), ..PoolSettings::default() };
        Pool::new(address, settings)
    }

    /// The address that changes this database's schema.
    fn owner(&self, target: Target) -> &DatabaseUrl {
        let given = &self.addresses;
        let primary = given.primary_owner.as_ref().or(given.primary_direct.as_ref());
        match target {
            Target::Primary => primary.unwrap_or(&given.primary),
            Target::Data => {
                // With one database, what may change PRIMARY may change DATA.
                let same = given.primary.names_same_database(&given.data);
                given.data_owner.as_ref().or(primary.filter(|_| same)).unwrap_or(&given.data)
            }
        }
    }

    fn migrator(&self, target: Target) -> Result<Migrator, Failure> {
        Ok(match target {
            Target::Primary => database_primary::migrator()?,
            Target::Data => {
                let app = self.addresses.data.user();
                database_data::migrator((self.owner(target).user() != app).then(|| app.to_owned()))?
            }
        })
    }

    fn migration_pool(&self, target: Target) -> Pool {
        self.pool(self.owner(target), "handled db", 1)
    }

    /// Applies what is pending, gives the application its privileges on PRIMARY, and records in PRIMARY's audit what was applied.
    ///
    /// # Errors
    /// A migration fails, the database cannot be reached, or PRIMARY's own migration cannot be recorded.
    pub async fn migrate(&self, target: Target) -> Result<Migrated, Failure> {
        let migrator = self.migrator(target)?;
        let pool = self.migration_pool(target);
        let work = async {
            let applied = migrator.migrate(&pool).await?;
            if target == Target::Primary {
                migrator.grant(&pool, self.addresses.primary.user(), database_primary::PRIVILEGES).await?;
            }
            Ok::<_, ToolError>(applied)
        };
        let result = work.await;
        pool.close().await;
        let applied = result?;
        let recorded = if applied.is_empty() { Ok(()) } else { self.record_migration(target, &applied).await };
        let unrecorded = recorded.err().map(|source| Failure::Unrecorded { database: target.name(), source });
        match (target, unrecorded) {
            (Target::Primary, Some(failure)) => Err(failure),
            (_, unrecorded) => Ok(Migrated { applied, unrecorded }),
        }
    }

    /// Adds the row to the audit, as the application: its role is the one that may.
    async fn record_migration(&self, target: Target, applied: &[AppliedMigration]) -> Result<(), sqlx::Error> {
        let versions: Vec<i32> = applied.iter().map(|migration| migration.version).collect();
        let actor = format!("system:{}", postgres::name_of(nix::unistd::geteuid()));
        let entry = AuditEntry {
            user_id: None,
            actor: &actor,
            on_behalf_of: None,
            action: "migrate",
            resource: "database",
            resource_id: Some(target.name()),
            before: None,
            after: Some(serde_json::json!({ "versions": versions })),
            address: None,
            request_id: None,
        };
        let pool = self.pool(&self.addresses.primary, "handled db", 1);
        let primary = PrimaryPool::new(pool);
        let work = async {
            let mut transaction = primary.begin().await?;
            transaction.audit(entry).await?;
            transaction.commit().await
        };
        let result = work.await;
        primary.close().await;
        result
    }

    /// Where the database stands.
    ///
    /// # Errors
    /// It cannot be reached, or its history not be read.
    pub async fn status(&self, target: Target) -> Result<Status, Failure> {
        let migrator = self.migrator(target)?;
        let pool = self.migration_pool(target);
        let result = migrator.status(&pool).await;
        pool.close().await;
        Ok(result?)
    }

    /// Makes sure that the databases fit this program: the private ones are migrated, others only where `migrate` says so.
    /// A DATA that does not answer is let pass: the platform works without it as far as it can.
    ///
    /// # Errors
    /// Migrations are pending or fail, or PRIMARY cannot be reached.
    pub async fn ready(&self, migrate: bool) -> Result<(), Failure> {
        for target in Target::ALL {
            let outcome = if migrate || self.is_private() { self.migrate_at_start(target).await } else { self.check(target).await };
            match outcome {
                Err(Failure::Tool(error)) if target == Target::Data && error.is_unreachable() => {
                    tracing::warn!(%error, "DATA does not answer; imports and answers wait until it does");
                }
                outcome => outcome?,
            }
        }
        Ok(())
    }

    async fn migrate_at_start(&self, target: Target) -> Result<(), Failure> {
        if let Some(failure) = self.migrate(target).await?.unrecorded {
            tracing::warn!("{failure}");
        }
        Ok(())
    }

    async fn check(&self, target: Target) -> Result<(), Failure> {
        use database_tool::MigrationState::{Missing, Modified, Pending};
        let status = self.status(target).await?;
        let name = target.name();
        match (status.count(Pending), status.count(Modified) + status.count(Missing)) {
            (0, 0) => Ok(()),
            (pending, 0) => Err(Failure::Said(format!(
                "The database {name} lacks {pending} migrations of this program; run `handled db migrate {name}`, or `handled serve --migrate`."
            ))),
            (_, strange) => Err(Failure::Said(format!(
                "The database {name} has {strange} migrations that are not this program's; see `handled db status {name}`."
            ))),
        }
    }

    /// Lets go of the private PostgreSQL, which stops it unless somebody else uses it.
    ///
    /// # Errors
    /// It does not stop.
    pub async fn close(self) -> Result<(), Failure> {
        match self.private {
            Some(private) => Ok(private.release().await?),
            None => Ok(()),
        }
    }
}
