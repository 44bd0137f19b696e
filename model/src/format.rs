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

/// A size in the greatest unit that leaves at least one whole: `5.4 MB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let Some((unit, factor)) = UNITS.into_iter().find(|(_, factor)| size >= *factor) else { return counted(size, "byte", "bytes") };
    let tenths = size / (factor / 10);
    if tenths >= 1_000 { format!("{} {unit}", grouped(tenths / 10)) } else { format!("{}.{} {unit}", tenths / 10, tenths % 10) }
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

    #[test]
    fn sizes_have_the_greatest_unit() {
        for (size, text) in [(1, "1 byte"), (999, "999 bytes"), (5_432_100, "5.4 MB"), (123_456_789, "123 MB"), (1_000_000_000, "1.0 GB")] {
            assert_eq!(bytes(size), text);
        }
    }
}
