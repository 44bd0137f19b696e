//! Roles and databases of the private PostgreSQL: an owner that may change schemas, and the application, which may not.

use std::path::Path;

use database_connection::DatabaseUrl;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::configuration::SUPERUSER;
use super::error::PostgresError;
use super::postmaster::Postmaster;
use crate::data_folder::DataFolder;
use crate::secrets;

/// Owns both databases; migrations run as it.
pub const OWNER: &str = "handled_owner";
/// The application.
pub const APP: &str = "handled_app";
/// PRIMARY, and the only database where there is one.
pub const PRIMARY: &str = "handled_primary";
/// DATA.
pub const DATA: &str = "handled_data";
/// The database that every server has.
const MAINTENANCE: &str = "postgres";

/// The passwords of the three roles.
#[derive(Clone)]
pub struct Passwords {
    /// The superuser's.
    pub superuser: String,
    owner: String,
    app: String,
}

impl Passwords {
    /// Reads the passwords, or makes them.
    ///
    /// # Errors
    /// The folder of secrets cannot be read or written.
    pub fn keep(folder: &DataFolder) -> Result<Self, PostgresError> {
        let secret = |name| secrets::keep(&folder.secrets(), name);
        Ok(Self { superuser: secret("postgres_superuser")?, owner: secret("postgres_owner")?, app: secret("postgres_app")? })
    }
}

/// Under which addresses the private databases are reached.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// PRIMARY as the application.
    pub primary: DatabaseUrl,
    /// DATA as the application.
    pub data: DatabaseUrl,
    /// PRIMARY as its owner.
    pub primary_owner: DatabaseUrl,
    /// DATA as its owner.
    pub data_owner: DatabaseUrl,
}

impl Addresses {
    /// The addresses on this server; with one database both lead to PRIMARY.
    ///
    /// # Errors
    /// None in practice: the parts are made by this crate.
    pub fn new(server: &Postmaster, passwords: &Passwords, split: bool) -> Result<Self, PostgresError> {
        let data = if split { DATA } else { PRIMARY };
        Ok(Self {
            primary: address(server, APP, &passwords.app, PRIMARY)?,
            data: address(server, APP, &passwords.app, data)?,
            primary_owner: address(server, OWNER, &passwords.owner, PRIMARY)?,
            data_owner: address(server, OWNER, &passwords.owner, data)?,
        })
    }
}

/// The superuser's address of the maintenance database.
///
/// # Errors
/// None in practice: the parts are made by this crate.
pub fn superuser(server: &Postmaster, passwords: &Passwords) -> Result<DatabaseUrl, PostgresError> {
    address(server, SUPERUSER, &passwords.superuser, MAINTENANCE)
}

/// By TCP rather than by the socket: a systemd unit with a /tmp of its own would hide the socket from commands.
fn address(server: &Postmaster, role: &str, password: &str, database: &str) -> Result<DatabaseUrl, PostgresError> {
    let text = format!("postgres://{role}:{password}@127.0.0.1:{}/{database}?sslmode=disable", server.port);
    text.parse().map_err(|error| PostgresError::Setup(sqlx::Error::Configuration(Box::new(error))))
}

/// Makes the roles and databases that are missing. Called once a start, behind the gate.
///
/// # Errors
/// The superuser's password is refused, or a statement fails.
pub async fn ensure(server: &Postmaster, passwords: &Passwords, folder: &DataFolder) -> Result<(), PostgresError> {
    let mut connection = connect(server, passwords, MAINTENANCE, folder).await?;
    // Granting what is granted already is noted otherwise.
    execute(&mut connection, "SET client_min_messages = warning".to_owned()).await?;
    let existing: Vec<String> =
        sqlx::query_scalar("SELECT rolname::text FROM pg_roles UNION ALL SELECT 'database ' || datname FROM pg_database")
            .fetch_all(&mut connection)
            .await
            .map_err(PostgresError::Setup)?;
    let missing = |name: &str| !existing.iter().any(|known| known == name);
    // The passwords hold letters and digits only.
    if missing(APP) {
        execute(&mut connection, format!("CREATE ROLE {APP} LOGIN PASSWORD '{}'", passwords.app)).await?;
    }
    if missing(OWNER) {
        execute(&mut connection, format!("CREATE ROLE {OWNER} LOGIN PASSWORD '{}'", passwords.owner)).await?;
    }
    // The owner can so make schemas that belong to the application.
    execute(&mut connection, format!("GRANT {APP} TO {OWNER}")).await?;
    for database in [PRIMARY, DATA] {
        if missing(&format!("database {database}")) {
            execute(&mut connection, format!("CREATE DATABASE {database} OWNER {OWNER}")).await?;
        }
        execute(&mut connection, format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")).await?;
        execute(&mut connection, format!("GRANT CONNECT ON DATABASE {database} TO {APP}")).await?;
        let mut inside = connect(server, passwords, database, folder).await?;
        execute(&mut inside, "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned()).await?;
        inside.close().await.map_err(PostgresError::Setup)?;
    }
    connection.close().await.map_err(PostgresError::Setup)
}

async fn execute(connection: &mut PgConnection, statement: String) -> Result<(), PostgresError> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map(|_| ()).map_err(PostgresError::Setup)
}

async fn connect(server: &Postmaster, passwords: &Passwords, database: &str, folder: &DataFolder) -> Result<PgConnection, PostgresError> {
    let url = address(server, SUPERUSER, &passwords.superuser, database)?;
    // Making databases may be slow, and a log of slow statements would show the passwords that are set here.
    PgConnection::connect_with(&url.connect_options().disable_statement_logging()).await.map_err(|error| {
        // 28P01: the password is wrong.
        let refused = error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "28P01");
        if refused { wrong_password(&folder.cluster(), &folder.secrets()) } else { PostgresError::Setup(error) }
    })
}

fn wrong_password(cluster: &Path, secrets: &Path) -> PostgresError {
    PostgresError::Secrets { cluster: cluster.to_owned(), secrets: secrets.to_owned() }
}
