//! Ctrl-C, SIGTERM and the end of the terminal (SIGHUP): the first asks for an orderly end, the second ends at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
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
    // Closing the terminal must not leave PostgreSQL behind; whoever wrote `nohup` wants to go on.
    let mut hang_up = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup()).map_err(failed)?) };
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        loop {
            let code = tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
                () = received(&mut hang_up) => 129,
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

/// Ends when the signal comes; never where it is not watched.
async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether whoever started this process has it ignore SIGHUP, as Linux tells in the first bit of a mask in hexadecimal.
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}
