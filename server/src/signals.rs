//! Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Watches for signals from now on; the token is cancelled by the first.
///
/// # Errors
/// The operating system does not let signals be watched.
pub fn watch() -> Result<CancellationToken, Failure> {
    let failed = |source| Failure::Machine { doing: "Watching for signals", source };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        loop {
            let code = tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            };
            if token.is_cancelled() {
                // Whoever asks twice does not want to wait; the next start tidies up.
                std::process::exit(code);
            }
            token.cancel();
        }
    });
    Ok(stop)
}
