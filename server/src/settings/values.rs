//! One function for each kind of value: what it accepts and what it means.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::NaiveTime;
use database_connection::DatabaseUrl;
use platform::Store;

pub use platform::AuthSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::SettingsError;
use super::proxies::TrustedProxies;
use super::source::{Source, Value};

/// How many seconds a session may be answered from memory where nothing else is said, and the most that may be said.
const SESSION_CACHE_TTL: u64 = 30;
const SESSION_CACHE_TTL_MAX: u64 = 3_600;

/// How many days originals are kept where nothing else is said, and the most that may be said: ten years.
const ORIGINALS_KEPT_DAYS: u64 = 90;
const ORIGINALS_KEPT_DAYS_MAX: u64 = 3_650;

/// How many minutes a session goes on unused where nothing else is said, and what may be said.
const SESSION_IDLE_MINUTES: u64 = 120;
const SESSION_IDLE_MINUTES_ALLOWED: RangeInclusive<u64> = 5..=1_440;

/// How many hours a session lasts where nothing else is said, and what may be said: up to a week.
const SESSION_HOURS: u64 = 12;
const SESSION_HOURS_ALLOWED: RangeInclusive<u64> = 1..=168;

/// How many days the audit is kept where nothing else is said, which is also the least; at most a hundred years.
const AUDIT_RETENTION_DAYS: u64 = 400;
const AUDIT_RETENTION_DAYS_ALLOWED: RangeInclusive<u64> = 400..=36_500;

/// The fewest characters of `METRICS_TOKEN`.
const METRICS_TOKEN_MIN: usize = 16;

/// What an installation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Somebody's own machine: missing secrets are made.
    Development,
    /// People depend on it: every secret is given.
    Production,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// The tracing filter, where it is set.
    pub level: Option<String>,
    /// How log lines look.
    pub format: LogFormat,
    /// Whether each query is logged with its time.
    pub queries: bool,
}

/// What a scraper shows to read the figures; a debug print does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct MetricsToken(String);

impl MetricsToken {
    /// Takes a token of at least 16 printable ASCII characters: what fits into a header.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (text.len() >= METRICS_TOKEN_MIN && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(Self(text))
    }

    /// Whether this is the token. How long the answer takes tells nothing about it, not even its length.
    pub fn is(&self, shown: &[u8]) -> bool {
        Sha256::digest(self.0.as_bytes()).ct_eq(&Sha256::digest(shown)).into()
    }
}

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(..)")
    }
}

pub(super) fn malformed(name: &'static str, value: &Value, accepted: impl Into<String>) -> SettingsError {
    SettingsError::Malformed { name, value: value.text.clone(), origin: value.origin.clone(), accepted: accepted.into() }
}

/// `true` or `false`.
pub fn boolean(source: &Source, name: &'static str, default: bool) -> Result<bool, SettingsError> {
    match source.get(name) {
        None => Ok(default),
        Some(value) => value.text.to_lowercase().parse().map_err(|_| malformed(name, value, "true or false")),
    }
}

/// A time of day, UTC, as `03:30`.
pub fn time_of_day(source: &Source, name: &'static str) -> Result<Option<NaiveTime>, SettingsError> {
    let Some(value) = source.get(name) else { return Ok(None) };
    let time = NaiveTime::parse_from_str(&value.text, "%H:%M");
    time.map(Some).map_err(|_| malformed(name, value, "a time of day in UTC, as 03:30"))
}

/// A database's URL.
pub fn url(source: &Source, name: &'static str) -> Result<Option<DatabaseUrl>, SettingsError> {
    let Some(value) = source.get(name) else { return Ok(None) };
    value.text.parse::<DatabaseUrl>().map(Some).map_err(|error| SettingsError::MalformedSecret {
        name,
        origin: value.origin.clone(),
        problem: format!("is not a database's URL: {}", error.to_string().trim_end_matches('.')),
    })
}

/// The address to listen on: this machine's own, unless proxies are named that end TLS for other machines.
pub fn host(source: &Source, proxies: &TrustedProxies) -> Result<Option<IpAddr>, SettingsError> {
    let Some(value) = source.get("HOST") else { return Ok(None) };
    let host = match value.text.as_str() {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        text => text
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .map_err(|_| malformed("HOST", value, "an address of this machine, such as 127.0.0.1, or localhost"))?,
    };
    if host.is_loopback() || !proxies.is_empty() {
        Ok(Some(host))
    } else {
        Err(SettingsError::OpenHost { host, origin: value.origin.clone() })
    }
}

/// The port to listen on.
pub fn port(source: &Source) -> Result<Option<u16>, SettingsError> {
    let Some(value) = source.get("PORT") else { return Ok(None) };
    value.text.parse().map(Some).map_err(|_| malformed("PORT", value, "a number from 1 to 65535, or 0 for any free port"))
}

/// What the installation is for.
pub fn environment(source: &Source) -> Result<Environment, SettingsError> {
    match source.get("APP_ENV").map(|value| (value, value.text.as_str())) {
        None | Some((_, "development")) => Ok(Environment::Development),
        Some((_, "production")) => Ok(Environment::Production),
        Some((value, _)) => Err(malformed("APP_ENV", value, "production or development")),
    }
}

/// The key for secrets at rest.
pub fn auth_secret(source: &Source, environment: Environment) -> Result<Option<AuthSecret>, SettingsError> {
    match source.get("AUTH_SECRET") {
        None if environment == Environment::Production => Err(SettingsError::NoAuthSecret),
        None => Ok(None),
        Some(value) => AuthSecret::new(value.text.as_str()).map(Some).ok_or_else(|| SettingsError::MalformedSecret {
            name: "AUTH_SECRET",
            origin: value.origin.clone(),
            problem: format!("has {} bytes; it takes at least {} random bytes", value.text.len(), AuthSecret::MIN_BYTES),
        }),
    }
}

/// How long a session may be answered from memory.
pub fn session_cache_ttl(source: &Source) -> Result<Duration, SettingsError> {
    Ok(Duration::from_secs(count(source, "SESSION_CACHE_TTL", "seconds", SESSION_CACHE_TTL, &(0..=SESSION_CACHE_TTL_MAX))?))
}

/// What is logged, and how.
pub fn log(source: &Source) -> Result<LogSettings, SettingsError> {
    let level = match source.get("LOG_LEVEL") {
        Some(value) if is_filter(&value.text) => Some(value.text.clone()),
        Some(value) => {
            return Err(malformed("LOG_LEVEL", value, "off, error, warn, info, debug or trace, or a filter such as info,platform=debug"));
        }
        None => None,
    };
    let format = match source.get("LOG_FORMAT").map(|value| (value, value.text.as_str())) {
        None | Some((_, "text")) => LogFormat::Text,
        Some((_, "json")) => LogFormat::Json,
        Some((value, _)) => return Err(malformed("LOG_FORMAT", value, "text or json")),
    };
    Ok(LogSettings { level, format, queries: boolean(source, "LOG_DB_QUERIES", false)? })
}

/// tracing takes any lone word for the name of a module and then logs everything of it: a mistyped level
/// would silence all else, so lone words must be levels.
fn is_filter(text: &str) -> bool {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let directives_are_plain = text
        .split(',')
        .map(|directive| directive.trim().to_lowercase())
        .all(|directive| directive.contains(['=', '[']) || levels.contains(&directive.as_str()));
    directives_are_plain && tracing_subscriber::EnvFilter::try_new(text).is_ok()
}

/// A store: a folder, or one that speaks S3.
pub fn store(source: &Source, name: &'static str) -> Result<Option<Store>, SettingsError> {
    let Some(value) = source.get(name) else { return Ok(None) };
    // The URL is not repeated: people write keys into it.
    Store::at(&value.text, source.credentials()).map(Some).map_err(|error| SettingsError::MalformedSecret {
        name,
        origin: value.origin.clone(),
        problem: format!("cannot be used. {}", error.to_string().trim_end_matches('.')),
    })
}

/// How long the original of a file is kept that nothing needs any more.
pub fn originals_kept(source: &Source) -> Result<Duration, SettingsError> {
    let days = count(source, "ORIGINALS_KEPT_DAYS", "days", ORIGINALS_KEPT_DAYS, &(1..=ORIGINALS_KEPT_DAYS_MAX))?;
    Ok(Duration::from_secs(days * 24 * 3600))
}

/// A whole number of some unit.
fn count(source: &Source, name: &'static str, unit: &str, default: u64, allowed: &RangeInclusive<u64>) -> Result<u64, SettingsError> {
    let Some(value) = source.get(name) else { return Ok(default) };
    match value.text.parse() {
        Ok(number) if allowed.contains(&number) => Ok(number),
        _ => Err(malformed(name, value, format!("whole {unit} from {} to {}", allowed.start(), allowed.end()))),
    }
}

/// How long a session goes on without being used.
pub fn session_idle(source: &Source) -> Result<Duration, SettingsError> {
    let minutes = count(source, "SESSION_IDLE_MINUTES", "minutes", SESSION_IDLE_MINUTES, &SESSION_IDLE_MINUTES_ALLOWED)?;
    Ok(Duration::from_secs(minutes * 60))
}

/// How long a session lasts at most.
pub fn session_length(source: &Source) -> Result<Duration, SettingsError> {
    Ok(Duration::from_secs(count(source, "SESSION_HOURS", "hours", SESSION_HOURS, &SESSION_HOURS_ALLOWED)? * 3600))
}

/// How long what was done stays in the audit.
pub fn audit_kept(source: &Source) -> Result<Duration, SettingsError> {
    let days = count(source, "AUDIT_RETENTION_DAYS", "days", AUDIT_RETENTION_DAYS, &AUDIT_RETENTION_DAYS_ALLOWED)?;
    Ok(Duration::from_secs(days * 24 * 3600))
}

/// What a scraper shows to read the figures.
pub fn metrics_token(source: &Source) -> Result<Option<MetricsToken>, SettingsError> {
    let Some(value) = source.get("METRICS_TOKEN") else { return Ok(None) };
    MetricsToken::new(value.text.as_str()).map(Some).ok_or_else(|| SettingsError::MalformedSecret {
        name: "METRICS_TOKEN",
        origin: value.origin.clone(),
        problem: format!("cannot be used; it takes at least {METRICS_TOKEN_MIN} printable ASCII characters without blanks"),
    })
}
