//! The names that exist, and the one that somebody probably meant.

/// Every setting.
pub const KNOWN: &[&str] = &[
    "PRIMARY_DATABASE_URL",
    "DATA_DATABASE_URL",
    "SPLIT_DB_MODE",
    "PRIMARY_DIRECT_URL",
    "PRIMARY_OWNER_URL",
    "DATA_OWNER_URL",
    "PRIMARY_READER_URL",
    "DATA_READER_URL",
    "HANDLED_DATA_DIR",
    "HOST",
    "PORT",
    "APP_ENV",
    "AUTH_SECRET",
    "SESSION_CACHE_TTL",
    "SESSION_IDLE_MINUTES",
    "SESSION_HOURS",
    "AUDIT_RETENTION_DAYS",
    "TRUSTED_PROXIES",
    "METRICS_TOKEN",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "LOG_DB_QUERIES",
    "STORE_URL",
    "ORIGINALS_KEPT_DAYS",
    "TRANSFORM_DAILY_AT",
    "EXPORT_DAILY_AT",
    "EXPORTS_URL",
];

/// What the names of a store's credentials begin with. They are the store's own, not settings: which of them there are, the library that
/// speaks to the store knows.
const CREDENTIALS: &str = "AWS_";

/// What only this platform's settings begin with: such a name in the environment that is not known is a
/// mistake, whereas any other belongs to somebody else.
const OURS: &[&str] = &[
    "HANDLED_",
    "PRIMARY_",
    "SPLIT_DB_",
    "SESSION_CACHE_",
    "SESSION_IDLE",
    "SESSION_HOUR",
    "AUDIT_RETENTION",
    "TRUSTED_PROX",
    "METRICS_TOK",
    "DATA_DATABASE",
    "DATA_OWNER",
    "DATA_READER",
    "LOG_DB_",
    "STORE_U",
    "ORIGINALS_",
    "TRANSFORM_DAILY",
    "EXPORT_DAILY",
    "EXPORTS_U",
];

/// The setting of this name.
pub fn known(name: &str) -> Option<&'static str> {
    KNOWN.iter().copied().find(|known| *known == name)
}

/// Whether the name is one of a store's credentials.
pub fn is_credential(name: &str) -> bool {
    name.starts_with(CREDENTIALS)
}

/// Whether a name in the environment can only be meant for this platform.
pub fn is_ours(name: &str) -> bool {
    OURS.iter().any(|prefix| name.starts_with(prefix))
}

/// The known name nearest to this one, unless all are far.
pub fn nearest(name: &str) -> Option<&'static str> {
    let upper = name.to_uppercase();
    KNOWN
        .iter()
        .copied()
        .map(|known| (strsim::jaro_winkler(&upper, known), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}
