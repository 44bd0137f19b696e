//! What can be wrong with settings, each as one sentence that names the setting.

use std::path::PathBuf;

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value is not one that the setting takes.
    #[error("{name} is {value:?} ({origin}); it takes {accepted}.")]
    Malformed {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// Where it was set.
        origin: String,
        /// What would be accepted.
        accepted: String,
    },
    /// A value that holds a secret is not one that the setting takes; it is not shown.
    #[error("{name} ({origin}) {problem}.")]
    MalformedSecret {
        /// The setting.
        name: &'static str,
        /// Where it was set.
        origin: String,
        /// What is wrong and what would be accepted, going on from the setting's name.
        problem: String,
    },
    /// There is no such setting.
    #[error("{name} ({origin}) is not a setting{}", suggestion.map_or_else(|| ".".to_owned(), |known| format!("; did you mean {known}?")))]
    Unknown {
        /// The name that was found.
        name: String,
        /// Where it was set.
        origin: String,
        /// The nearest known name.
        suggestion: Option<&'static str>,
    },
    /// The env file sets a name twice.
    #[error("{name} is set twice in {}; keep one of the two lines.", file.display())]
    Twice {
        /// The setting.
        name: String,
        /// The env file.
        file: PathBuf,
    },
    /// The env file cannot be read.
    #[error("The env file {} cannot be read: {source}.", file.display())]
    Unreadable {
        /// The env file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of the env file is not `NAME=value`.
    #[error("Line {line} of {} is not NAME=value; write values that hold quotes, blanks or # in single quotes.", file.display())]
    Line {
        /// The env file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A line of the env file holds a `$` that would be taken for a variable.
    #[error("Line {line} of {} holds a $ that would be replaced by a variable; write the value in single quotes.", file.display())]
    Dollar {
        /// The env file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A value in the environment is not UTF-8.
    #[error("{name} (in the environment) is not valid UTF-8.")]
    NotUtf8 {
        /// The setting.
        name: &'static str,
    },
    /// Two databases, and only one URL.
    #[error(
        "{set} is set and {missing} is not: with SPLIT_DB_MODE=true both are needed, one for each database; \
         set {missing} too, or SPLIT_DB_MODE=false for one database."
    )]
    OneUrl {
        /// The URL that is set.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// Two databases wanted, one named twice.
    #[error(
        "PRIMARY_DATABASE_URL and DATA_DATABASE_URL name the same database, and SPLIT_DB_MODE=true needs two; \
         change one of them, or set SPLIT_DB_MODE=false for one database."
    )]
    SameDatabase,
    /// One database wanted, two named.
    #[error(
        "SPLIT_DB_MODE=false puts everything in PRIMARY_DATABASE_URL, and DATA_DATABASE_URL names another database; \
         unset DATA_DATABASE_URL, or set SPLIT_DB_MODE=true for two databases."
    )]
    TwoDatabases,
    /// A URL that only makes sense beside `PRIMARY_DATABASE_URL`.
    #[error("{name} is set and PRIMARY_DATABASE_URL is not; set both, or neither for the private PostgreSQL.")]
    NeedsPrimaryUrl {
        /// The URL that is set.
        name: &'static str,
    },
    /// Production without its secret.
    #[error(
        "AUTH_SECRET is required with APP_ENV=production; set it to at least 32 random bytes, for example from `openssl rand -base64 48`."
    )]
    NoAuthSecret,
    /// An address that other machines reach.
    #[error(
        "HOST={host} ({origin}) is refused: other machines would reach the platform over plain http, where browsers drop its \
         session cookie; leave HOST at 127.0.0.1 and put a reverse proxy with TLS in front, or name the proxies on other machines in \
         TRUSTED_PROXIES and let a firewall keep everybody else away."
    )]
    OpenHost {
        /// The address.
        host: std::net::IpAddr,
        /// Where it was set.
        origin: String,
    },
}
