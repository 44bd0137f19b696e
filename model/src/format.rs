//! Numbers as text, the same for pages and commands.

/// A number with a comma before every third digit: `335,552,126`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 row`, `33,782 rows`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three_and_counted() {
        for (number, text) in [(0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (335_552_126, "335,552,126")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((counted(1, "row", "rows"), counted(2_000, "row", "rows")), ("1 row".to_owned(), "2,000 rows".to_owned()));
    }
}
