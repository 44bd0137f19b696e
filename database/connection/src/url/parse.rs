//! From text to a [`DatabaseUrl`].

use std::collections::HashSet;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::Url;

use super::parameter::{Use, use_of};
use super::{DatabaseUrl, password, redact};

/// Why a text is not a database's address. No variant holds the password, or text that may be a part of it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// Another scheme, or none.
    #[error("the address must begin with postgres:// or postgresql://")]
    Scheme,
    /// Not an address at all.
    #[error(
        "the address cannot be read ({0}); it has the form postgres://USER:PASSWORD@HOST:PORT/DATABASE, \
         with the characters / ? # @ : % in the user or the password written as %2F %3F %23 %40 %3A %25"
    )]
    Unreadable(String),
    /// A character that ends the password too early.
    #[error(
        "the address falls apart at a character that must not stand for itself: in the user and the password write \
         / ? # @ : % as %2F %3F %23 %40 %3A %25"
    )]
    Unencoded,
    /// A parameter that nobody knows.
    #[error("the address has the parameter `{0}`, which is not known here; check its spelling or take it out")]
    UnknownParameter(String),
    /// A parameter given twice.
    #[error("the address has the parameter `{0}` more than once; keep one")]
    RepeatedParameter(String),
    /// A parameter with a value that it cannot have.
    #[error("the address's parameter `{name}` must be {expected}")]
    ParameterValue {
        /// The parameter.
        name: String,
        /// What its value should be.
        expected: &'static str,
    },
}

pub(super) fn parse(text: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
    let text = text.trim();
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err(DatabaseUrlError::Scheme);
    }
    let url = Url::parse(text).map_err(|error| DatabaseUrlError::Unreadable(error.to_string()))?;
    // A / ? or # in the password ends the part before the @ early: what follows, the @ included, then lands in the path or behind it.
    let tail_has_at = url.path().contains('@') || url.query().is_some_and(|query| query.contains('@'));
    if url.fragment().is_some() || (tail_has_at && url.username().is_empty()) || url.path().trim_start_matches('/').contains('/') {
        return Err(DatabaseUrlError::Unencoded);
    }

    let mut connection_limit = None;
    let mut pgbouncer = false;
    let mut names_application = false;
    let mut for_sqlx: Vec<(String, String)> = Vec::new();
    let mut seen = HashSet::new();
    for (name, value) in url.query_pairs() {
        let usage = use_of(&name).ok_or_else(|| unknown(&url, &name))?;
        if !seen.insert(name.to_string()) {
            return Err(DatabaseUrlError::RepeatedParameter(name.into_owned()));
        }
        match usage {
            Use::Ignored => {}
            Use::PgBouncer => pgbouncer = value.parse().map_err(|_| wrong(&name, "true or false"))?,
            Use::ConnectionLimit => {
                let limit = value.parse().ok().filter(|limit| *limit > 0);
                connection_limit = Some(limit.ok_or_else(|| wrong(&name, "a whole number of connections, at least 1"))?);
            }
            Use::Sqlx => {
                check_value(&name, &value)?;
                names_application |= name == "application_name";
                for_sqlx.push((name.into_owned(), value.into_owned()));
            }
        }
    }

    let redacted = redact(&url);
    let mut bare = url.clone();
    bare.set_query(None);
    if !for_sqlx.is_empty() {
        bare.query_pairs_mut().extend_pairs(for_sqlx);
    }
    // sqlx's error may quote what it could not read, so only the form is explained.
    let mut options =
        PgConnectOptions::from_str(bare.as_str()).map_err(|_| DatabaseUrlError::Unreadable("its text is not valid UTF-8".to_owned()))?;
    // An IPv6 address stands in brackets in an address and without them everywhere else; sqlx leaves them on.
    if let Some(inner) = options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let inner = inner.to_owned();
        options = options.host(&inner);
    }
    let database = options.get_database().unwrap_or(options.get_username()).to_owned();
    Ok(DatabaseUrl { options, redacted, password: password(&url), database, connection_limit, pgbouncer, names_application })
}

/// Names the parameter, unless what looks like one may be the rest of a password with a question mark in it.
fn unknown(url: &Url, name: &str) -> DatabaseUrlError {
    let is_a_word = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "_-.[]".contains(character));
    if is_a_word && !url.query().is_some_and(|query| query.contains('@')) {
        DatabaseUrlError::UnknownParameter(name.to_owned())
    } else {
        DatabaseUrlError::Unencoded
    }
}

/// Finds the mistakes that sqlx would report in its own way, or quote.
fn check_value(name: &str, value: &str) -> Result<(), DatabaseUrlError> {
    match name {
        "sslmode" | "ssl-mode" if value.parse::<PgSslMode>().is_err() => {
            Err(wrong(name, "disable, allow, prefer, require, verify-ca or verify-full"))
        }
        "port" if value.parse::<u16>().is_err() => Err(wrong(name, "a port number")),
        "hostaddr" if value.parse::<std::net::IpAddr>().is_err() => Err(wrong(name, "an IP address")),
        _ => Ok(()),
    }
}

fn wrong(name: &str, expected: &'static str) -> DatabaseUrlError {
    DatabaseUrlError::ParameterValue { name: name.to_owned(), expected }
}
