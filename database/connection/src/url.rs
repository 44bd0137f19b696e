//! A database's address.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use sqlx::postgres::PgConnectOptions;
use url::Url;

mod parameter;
mod parse;
#[cfg(test)]
mod tests;

pub use parse::DatabaseUrlError;

/// How connections call themselves unless told otherwise.
pub(crate) const APPLICATION_NAME: &str = "handled";

/// A `postgres://` address, checked and taken apart.
///
/// Besides the parameters that sqlx knows it honours Prisma's `pgbouncer=true|false` and `connection_limit=N`. What an address
/// leaves out comes from `PGHOST`, `PGUSER`, `PGPASSWORD` and the like, as in every PostgreSQL program.
/// Neither [`fmt::Debug`] nor any error shows the password.
#[derive(Clone)]
pub struct DatabaseUrl {
    options: PgConnectOptions,
    redacted: String,
    password: Option<String>,
    database: String,
    connection_limit: Option<u32>,
    pgbouncer: bool,
    names_application: bool,
}

impl DatabaseUrl {
    /// The address with `***` in the password's place.
    pub fn redacted(&self) -> String {
        self.redacted.clone()
    }

    /// The password that stands in the address itself: what a role that is yet to be made is to have. Never show it.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The role that connects.
    pub fn user(&self) -> &str {
        self.options.get_username()
    }

    /// The database's name; the user's where the address names none, as the server has it.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The most connections that may be open at a time, where the address limits them.
    pub fn connection_limit(&self) -> Option<u32> {
        self.connection_limit
    }

    /// Whether the address says that it leads to a PgBouncer in transaction mode. Every address is treated as if it did.
    pub fn pgbouncer(&self) -> bool {
        self.pgbouncer
    }

    /// Whether both name the same database of the same server, as far as addresses can tell. The machine's own names and
    /// addresses are one, and a socket folder is one with them where the port is the same.
    pub fn names_same_database(&self, other: &Self) -> bool {
        self.database == other.database && self.options.get_port() == other.options.get_port() && self.place().is(&other.place())
    }

    /// What sqlx needs to connect.
    pub fn connect_options(&self) -> PgConnectOptions {
        self.connect_options_named(APPLICATION_NAME)
    }

    /// The same, under a name of the caller's choice where the address has none.
    pub(crate) fn connect_options_named(&self, application: &str) -> PgConnectOptions {
        let options = self
            .options
            .clone()
            // PgBouncer refuses this start-up parameter by default. PostgreSQL from 12 on writes floats exactly without it.
            .extra_float_digits(None)
            // Nothing is ever prepared under a name (see `unnamed`), so there is nothing to keep.
            .statement_cache_capacity(0);
        if self.names_application { options } else { options.application_name(application) }
    }

    fn place(&self) -> Place<'_> {
        let socket = self.options.get_socket().map(|folder| folder.as_path());
        let host = self.options.get_host();
        match socket.or_else(|| host.starts_with('/').then(|| Path::new(host))) {
            Some(folder) => Place::Socket(folder),
            None if is_this_machine(host) => Place::ThisMachine,
            None => Place::Host(host),
        }
    }
}

/// Where a server listens.
enum Place<'a> {
    Socket(&'a Path),
    ThisMachine,
    Host(&'a str),
}

impl Place<'_> {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            // Paths compare by their parts, so a slash at the end does not matter.
            (Place::Socket(one), Place::Socket(two)) => one == two,
            // A server listens on one port number, on its socket and on TCP.
            (Place::ThisMachine | Place::Socket(_), Place::ThisMachine | Place::Socket(_)) => true,
            (Place::Host(one), Place::Host(two)) => one.trim_end_matches('.').eq_ignore_ascii_case(two.trim_end_matches('.')),
            _ => false,
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    host.trim_end_matches('.').eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        parse::parse(text)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("DatabaseUrl").field(&self.redacted).finish()
    }
}

/// The address with `***` for whatever is secret in it.
fn redact(url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() {
        // Fails only for addresses without a host, which cannot hold a password.
        let _ = url.set_password(Some("***"));
    }
    if url.query().is_some() {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| {
                let value = if parameter::is_secret(&name) { "***".into() } else { value };
                (name.into_owned(), value.into_owned())
            })
            .collect();
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url.into()
}

/// The password in the address, its characters as themselves. Behind the question mark it counts more, as it does for sqlx.
fn password(url: &Url) -> Option<String> {
    let behind = url.query_pairs().find(|(name, _)| name == "password").map(|(_, value)| value.into_owned());
    behind.or_else(|| url.password().map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned()))
}
