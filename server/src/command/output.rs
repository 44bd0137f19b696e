//! Results on standard output.

use std::io::Write;
use std::time::Duration;

pub use model::format::{counted, grouped};
use serde::Serialize;

use crate::failure::Failure;

/// Writes text, and has it out before anything else happens.
///
/// # Errors
/// Nobody reads any more.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Writes a value as JSON, for programs.
///
/// # Errors
/// Nobody reads any more.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Output(error.into()))?;
    print(&format!("{text}\n"))
}

/// Seconds with one decimal, or milliseconds below a second.
pub fn lasted(milliseconds: u64) -> String {
    let duration = Duration::from_millis(milliseconds);
    if milliseconds < 1_000 { format!("{milliseconds} ms") } else { format!("{:.1} s", duration.as_secs_f64()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!((lasted(20), lasted(61_260)), ("20 ms".to_owned(), "61.3 s".to_owned()));
    }
}
