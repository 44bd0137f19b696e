//! The parameters after an address's question mark.

/// What becomes of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// sqlx knows it.
    Sqlx,
    /// The most connections at a time.
    ConnectionLimit,
    /// Whether the address leads to PgBouncer.
    PgBouncer,
    /// Another program's, without meaning here: people share one address between programs.
    Ignored,
}

/// Every parameter that an address may carry. Those of sqlx are the ones in sqlx-postgres 0.9, `options/parse.rs`, which
/// logs any other with its value and goes on; so everything is checked here first.
const KNOWN: &[(&str, Use)] = &[
    ("sslmode", Use::Sqlx),
    ("ssl-mode", Use::Sqlx),
    ("sslrootcert", Use::Sqlx),
    ("ssl-root-cert", Use::Sqlx),
    ("ssl-ca", Use::Sqlx),
    ("sslcert", Use::Sqlx),
    ("ssl-cert", Use::Sqlx),
    ("sslkey", Use::Sqlx),
    ("ssl-key", Use::Sqlx),
    ("host", Use::Sqlx),
    ("hostaddr", Use::Sqlx),
    ("port", Use::Sqlx),
    ("dbname", Use::Sqlx),
    ("user", Use::Sqlx),
    ("password", Use::Sqlx),
    ("application_name", Use::Sqlx),
    ("options", Use::Sqlx),
    ("connection_limit", Use::ConnectionLimit),
    ("pgbouncer", Use::PgBouncer),
    ("schema", Use::Ignored),
    ("pool_timeout", Use::Ignored),
    ("connect_timeout", Use::Ignored),
    ("socket_timeout", Use::Ignored),
    ("statement_cache_size", Use::Ignored),
    ("statement-cache-capacity", Use::Ignored),
];

/// What becomes of the parameter of this name; nothing where no program is known to use it.
pub(super) fn use_of(name: &str) -> Option<Use> {
    // options[name]=value sets one server setting.
    if name.starts_with("options[") && name.ends_with(']') {
        return Some(Use::Sqlx);
    }
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, usage)| *usage)
}

/// Whether the parameter's value must not be shown.
pub(super) fn is_secret(name: &str) -> bool {
    matches!(name, "password" | "sslkey" | "ssl-key" | "options") || name.starts_with("options[")
}
