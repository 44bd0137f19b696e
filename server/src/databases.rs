//! The two databases, opened as the settings say: addresses for the application and for migrations, and the
//! private PostgreSQL where it runs them.

use std::path::Path;

use database_connection::{DatabaseUrl, Pool, PoolSettings};
use database_data::DataPool;
use database_primary::{AuditEntry, PrimaryPool};
use database_tool::{Addresses, AppliedMigration, Database, MigrationState, Operator, Status, Verdict, Workspace};
use include_dir::{Dir, include_dir};
use model::format::counted;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::postgres::{self, PrivatePostgres};
use crate::settings::{self, DEFAULT_DATA_DIR, GivenDatabases, Settings};

/// What the platform's databases are, as in the source's root.
const WORKSPACE: &str = include_str!("../../databases.toml");
/// What the application's roles may do.
static PRIVILEGES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../migrations/privileges");
/// What follows the emptying of a database.
static AFTER_CLEAN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../migrations/after_clean");
/// What every installation has.
static PRIMARY_SEEDS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../seeds/primary");
static DATA_SEEDS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../seeds/data");

/// The platform's own workspace, which is part of this program.
///
/// # Errors
/// None in practice: a test reads it.
pub fn workspace() -> Result<Workspace, Failure> {
    let folders = [
        ("migrations/primary", &database_primary::MIGRATIONS),
        ("migrations/data", &database_data::MIGRATIONS),
        ("migrations/privileges", &PRIVILEGES),
        ("migrations/after_clean", &AFTER_CLEAN),
        ("seeds/primary", &PRIMARY_SEEDS),
        ("seeds/data", &DATA_SEEDS),
    ];
    Ok(Workspace::embedded(WORKSPACE, &folders)?)
}

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
                    primary_reader: None,
                    data_reader: None,
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

    /// The address of the private PostgreSQL's superuser, where there is a private one.
    ///
    /// # Errors
    /// None in practice: the parts are made by this crate.
    pub fn administrator(&self) -> Result<Option<DatabaseUrl>, Failure> {
        Ok(self.private.as_ref().map(PrivatePostgres::superuser).transpose()?)
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

    /// The addresses of this database.
    pub fn addresses(&self, target: Target) -> Addresses {
        let given = &self.addresses;
        let (app, reader) = match target {
            Target::Primary => (&given.primary, &given.primary_reader),
            Target::Data => (&given.data, &given.data_reader),
        };
        Addresses { app: app.clone(), owner: Some(self.owner(target).clone()), reader: reader.clone() }
    }

    /// The database with its migrations, changed by whoever runs this process.
    ///
    /// # Errors
    /// None in practice: the migrations are part of this program, and a test reads them.
    pub fn database(&self, target: Target) -> Result<Database, Failure> {
        let declaration = workspace()?.database(target.name())?.clone();
        Ok(Database::new(declaration, self.addresses(target), Operator { name: actor(), ..Operator::default() })?)
    }

    /// Applies what is pending, gives the application its privileges on PRIMARY, and records in PRIMARY's audit what was applied.
    ///
    /// # Errors
    /// A migration fails, the database cannot be reached, or PRIMARY's own migration cannot be recorded.
    pub async fn migrate(&self, target: Target) -> Result<Migrated, Failure> {
        let database = self.database(target)?;
        let pool = database.owner_pool();
        let result = database.migrate(&pool, None).await;
        pool.close().await;
        let applied = result?;
        let unrecorded = self.record_migrations(target, &applied).await?;
        Ok(Migrated { applied, unrecorded })
    }

    /// Records in PRIMARY's audit what was applied; answers why that was not possible where it was DATA's and PRIMARY does not take it.
    ///
    /// # Errors
    /// PRIMARY's own migrations cannot be recorded.
    pub async fn record_migrations(&self, target: Target, applied: &[AppliedMigration]) -> Result<Option<Failure>, Failure> {
        if applied.is_empty() {
            return Ok(None);
        }
        let versions: Vec<i32> = applied.iter().map(|migration| migration.version).collect();
        let recorded = self.record("migrate", target.name(), json!({ "versions": versions })).await;
        let unrecorded = recorded.err().map(|source| Failure::Unrecorded { database: target.name(), source });
        match (target, unrecorded) {
            (Target::Primary, Some(failure)) => Err(failure),
            (_, unrecorded) => Ok(unrecorded),
        }
    }

    /// Adds a row about a database to PRIMARY's audit, as the application: its role is the one that may.
    ///
    /// # Errors
    /// PRIMARY does not take it.
    pub async fn record(&self, action: &str, database: &str, after: Value) -> Result<(), sqlx::Error> {
        let actor = actor();
        let entry = AuditEntry {
            user_id: None,
            actor: &actor,
            on_behalf_of: None,
            action,
            resource: "database",
            resource_id: Some(database),
            before: None,
            after: Some(after),
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
        let database = self.database(target)?;
        let pool = database.reader_pool();
        let result = database.migrator.status(&pool).await;
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
        let status = self.status(target).await?;
        let name = target.name();
        match status.verdict() {
            Verdict::Clean => Ok(()),
            Verdict::Pending => Err(Failure::Said(format!(
                "The database {name} lacks {} of this program; run `handled db migrate {name}`, or `handled serve --migrate`.",
                counted(status.count(MigrationState::Pending) as u64, "migration", "migrations")
            ))),
            Verdict::Strange => Err(Failure::Said(format!(
                "The migrations of the database {name} are not this program's; see `handled db status {name}` and `handled db repair {name}`."
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

/// Whoever runs this process, as audits call them.
fn actor() -> String {
    format!("system:{}", postgres::name_of(nix::unistd::geteuid()))
}
