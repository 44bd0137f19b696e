//! Results on standard output.

use std::io::Write;
use std::time::Duration;

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

/// `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `2 rows`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
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
    fn numbers_are_grouped_and_counted() {
        assert_eq!([0, 7, 999, 1_000, 335_552_126].map(grouped), ["0", "7", "999", "1,000", "335,552,126"]);
        assert_eq!((counted(1, "row", "rows"), counted(2_000, "row", "rows")), ("1 row".to_owned(), "2,000 rows".to_owned()));
        assert_eq!((lasted(20), lasted(61_260)), ("20 ms".to_owned(), "61.3 s".to_owned()));
    }
}
