//! What the person who runs the platform has decided: read from the environment or from an env file,
//! the environment first, and checked as a whole before anything is started.

mod error;
mod names;
mod proxies;
mod source;
mod values;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveTime;
use database_connection::DatabaseUrl;
use platform::Store;

pub use error::SettingsError;
pub use proxies::TrustedProxies;
pub use values::{AuthSecret, LogFormat, LogSettings, MetricsToken};

use source::Source;

/// The env file that is read when no other is named.
pub const DEFAULT_ENV_FILE: &str = "handled.env";

/// The data folder where `HANDLED_DATA_DIR` is not set.
pub const DEFAULT_DATA_DIR: &str = ".handled";

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the two databases are.
    pub databases: Databases,
    /// Whether PRIMARY and DATA are two databases.
    pub split: bool,
    /// Whether this is where people's work is.
    pub production: bool,
    /// `HANDLED_DATA_DIR`, where it is set.
    pub data_dir: Option<PathBuf>,
    /// The address to listen on; `None` where it is not set.
    pub host: Option<IpAddr>,
    /// The port to listen on; 0 takes any free one; `None` where it is not set.
    pub port: Option<u16>,
    /// The key for secrets at rest, where it is set.
    pub auth_secret: Option<AuthSecret>,
    /// How long a session may be answered from memory.
    pub session_cache_ttl: Duration,
    /// How long a session goes on without being used.
    pub session_idle: Duration,
    /// How long a session lasts at most.
    pub session_length: Duration,
    /// How long what was done stays in the audit.
    pub audit_kept: Duration,
    /// Whose word on where a request comes from is believed.
    pub trusted_proxies: TrustedProxies,
    /// What a scraper shows to read the figures, where it is set.
    pub metrics_token: Option<MetricsToken>,
    /// Where originals and lists of rejected rows are kept; `None` for a folder in the data folder.
    pub store: Option<Store>,
    /// How long the original of a file is kept that nothing needs any more.
    pub originals_kept: Duration,
    /// When what is derived is brought up to date every day, UTC.
    pub transform_daily: Option<NaiveTime>,
    /// When the exports are written to where `exports` says every day, UTC.
    pub export_daily: Option<NaiveTime>,
    /// Where that is; `None` for the folder `exports` of the store.
    pub exports: Option<Store>,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// Where the two databases are.
#[derive(Debug, Clone)]
pub enum Databases {
    /// In a PostgreSQL that the platform starts and stops itself.
    Private,
    /// Where the URLs say.
    Given(Box<GivenDatabases>),
}

/// Databases that somebody else runs.
#[derive(Debug, Clone)]
pub struct GivenDatabases {
    /// PRIMARY, as the application uses it.
    pub primary: DatabaseUrl,
    /// DATA, as the application uses it; the same as `primary` with one database.
    pub data: DatabaseUrl,
    /// PRIMARY past its pooler.
    pub primary_direct: Option<DatabaseUrl>,
    /// PRIMARY as a role that may change its schema.
    pub primary_owner: Option<DatabaseUrl>,
    /// DATA as a role that may change its schema.
    pub data_owner: Option<DatabaseUrl>,
    /// PRIMARY as a role that may read and nothing else.
    pub primary_reader: Option<DatabaseUrl>,
    /// DATA as a role that may read and nothing else.
    pub data_reader: Option<DatabaseUrl>,
}

impl Settings {
    /// Reads the environment and the env file: the one named, or `handled.env` in the working directory where there is one.
    ///
    /// # Errors
    /// A name that is not known, a value that is not accepted, or settings that contradict each other.
    pub fn read(env_file: Option<&Path>) -> Result<Self, SettingsError> {
        let source = Source::new(std::env::vars_os(), env_file, Path::new(DEFAULT_ENV_FILE))?;
        Self::from_source(&source)
    }

    fn from_source(source: &Source) -> Result<Self, SettingsError> {
        let split = values::boolean(source, "SPLIT_DB_MODE", true)?;
        let environment = values::environment(source)?;
        let trusted_proxies = proxies::trusted_proxies(source)?;
        Ok(Self {
            databases: databases(source, split)?,
            split,
            production: environment == values::Environment::Production,
            data_dir: source.get("HANDLED_DATA_DIR").map(|value| PathBuf::from(&value.text)),
            host: values::host(source, &trusted_proxies)?,
            port: values::port(source)?,
            auth_secret: values::auth_secret(source, environment)?,
            session_cache_ttl: values::session_cache_ttl(source)?,
            session_idle: values::session_idle(source)?,
            session_length: values::session_length(source)?,
            audit_kept: values::audit_kept(source)?,
            trusted_proxies,
            metrics_token: values::metrics_token(source)?,
            store: values::store(source, "STORE_URL")?,
            originals_kept: values::originals_kept(source)?,
            transform_daily: values::time_of_day(source, "TRANSFORM_DAILY_AT")?,
            export_daily: values::time_of_day(source, "EXPORT_DAILY_AT")?,
            exports: values::store(source, "EXPORTS_URL")?,
            log: values::log(source)?,
        })
    }
}

/// Reads the URLs and checks that they fit the mode.
fn databases(source: &Source, split: bool) -> Result<Databases, SettingsError> {
    let primary = values::url(source, "PRIMARY_DATABASE_URL")?;
    let data = values::url(source, "DATA_DATABASE_URL")?;
    let primary_direct = values::url(source, "PRIMARY_DIRECT_URL")?;
    let primary_owner = values::url(source, "PRIMARY_OWNER_URL")?;
    let data_owner = values::url(source, "DATA_OWNER_URL")?;
    let primary_reader = values::url(source, "PRIMARY_READER_URL")?;
    let data_reader = values::url(source, "DATA_READER_URL")?;
    let (primary, data) = match (primary, data, split) {
        (None, None, _) => {
            let extra = [
                ("PRIMARY_DIRECT_URL", &primary_direct),
                ("PRIMARY_OWNER_URL", &primary_owner),
                ("DATA_OWNER_URL", &data_owner),
                ("PRIMARY_READER_URL", &primary_reader),
                ("DATA_READER_URL", &data_reader),
            ];
            return match extra.iter().find(|(_, url)| url.is_some()) {
                Some((name, _)) => Err(SettingsError::NeedsPrimaryUrl { name }),
                None => Ok(Databases::Private),
            };
        }
        (None, Some(_), true) => return Err(SettingsError::OneUrl { set: "DATA_DATABASE_URL", missing: "PRIMARY_DATABASE_URL" }),
        (Some(_), None, true) => return Err(SettingsError::OneUrl { set: "PRIMARY_DATABASE_URL", missing: "DATA_DATABASE_URL" }),
        (None, Some(_), false) => return Err(SettingsError::NeedsPrimaryUrl { name: "DATA_DATABASE_URL" }),
        (Some(primary), Some(data), true) if primary.names_same_database(&data) => return Err(SettingsError::SameDatabase),
        (Some(primary), Some(data), false) if !primary.names_same_database(&data) => return Err(SettingsError::TwoDatabases),
        (Some(primary), Some(data), _) => (primary, data),
        (Some(primary), None, false) => (primary.clone(), primary),
    };
    Ok(Databases::Given(Box::new(GivenDatabases { primary, data, primary_direct, primary_owner, data_owner, primary_reader, data_reader })))
}

#[cfg(test)]
mod tests;
