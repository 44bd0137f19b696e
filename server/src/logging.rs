//! What the program says about its work: on standard error, so that results on standard output stay clean.

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, LogSettings};

/// Begins to log. `default` is the level where none is set.
pub fn start(settings: &LogSettings, default: &str) {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(settings, default)).with_writer(std::io::stderr);
    // A second start, in tests, keeps the first.
    let _ = match settings.format {
        LogFormat::Text => builder.with_target(false).with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    log_panics();
}

/// Has panics written to the log, with the request that they happened in, instead of past it.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !tracing::enabled!(tracing::Level::ERROR) {
            return before(panic);
        }
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(message, place, "a bug: the program panicked");
    }));
}

/// The filter, in which queries have a switch of their own.
fn filter(settings: &LogSettings, default: &str) -> EnvFilter {
    let mut text = settings.level.clone().unwrap_or_else(|| default.to_owned());
    if settings.queries {
        text.push_str(",sqlx::query=info");
    } else if !text.contains("sqlx") {
        text.push_str(",sqlx::query=warn");
    }
    if settings.level.is_none() && default == "warn" {
        // PostgreSQL warns of a rollback that finds no transaction, as there may be one after Ctrl-C. A command has better things to say.
        text.push_str(",sqlx::postgres::notice=error");
    }
    // The settings have been checked, so this does not fail.
    EnvFilter::try_new(text).unwrap_or_else(|_| EnvFilter::new(default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_have_a_switch_of_their_own() {
        let log = |level: Option<&str>, queries| LogSettings { level: level.map(ToOwned::to_owned), format: LogFormat::Text, queries };
        let text = |level, queries| filter(&log(level, queries), "info").to_string();
        assert!(text(None, true).contains("sqlx::query=info"));
        let command = filter(&log(None, false), "warn").to_string();
        assert!(command.contains("sqlx::postgres::notice=error") && !text(None, false).contains("notice"), "{command}");
        assert!(text(Some("debug"), false).contains("sqlx::query=warn"));
        assert!(text(Some("info,sqlx=trace"), false).contains("sqlx=trace") && !text(Some("info,sqlx=trace"), false).contains("warn"));
    }
}
