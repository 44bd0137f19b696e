//! Values of a chart as they are written: codes, ranges, zones, and footnotes' markers behind them.

/// A value without the footnotes' markers behind it: `045[1]` is 045, `[1]` is nothing.
pub(super) fn unmarked(value: &str) -> &str {
    let mut value = value.trim();
    while let Some((before, marker)) = value.strip_suffix(']').and_then(|value| value.rsplit_once('[')) {
        if marker.is_empty() || !marker.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        value = before.trim_end();
    }
    value
}

/// A zone as it is handed on: without markers, and with the hyphen that says that there is no service, whatever dash it is.
pub(super) fn zone(value: &str) -> &str {
    match unmarked(value) {
        "–" | "—" | "−" => "-",
        value => value,
    }
}

fn is_code(value: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it can be a zone: up to three digits, a hyphen for none, or blank.
pub(super) fn is_zone(value: &str) -> bool {
    let value = zone(value);
    value.is_empty() || value == "-" || is_code(value, 1..=3)
}

/// Whether it is a ZIP of five digits, as in the grid.
pub(super) fn is_zip(value: &str) -> bool {
    is_code(unmarked(value), 5..=5)
}

/// Whether it is a destination: a code, which may have lost its leading zeros, or a range.
pub(super) fn is_destination(value: &str) -> bool {
    let value = unmarked(value);
    is_code(value, 1..=5) || range(value).is_some()
}

/// The first and last of a range of areas.
fn range(value: &str) -> Option<(u16, u16)> {
    let (first, last) = ["-", "–", "—", "to"].iter().find_map(|dash| value.split_once(dash))?;
    let (first, last) = (first.trim(), last.trim());
    if !is_code(first, 3..=3) || !is_code(last, 3..=3) {
        return None;
    }
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

/// Adds the destinations that a value names to `out`: those of a range one by one, and anything else as it stands.
pub(super) fn destinations(value: &str, out: &mut Vec<String>) {
    let value = unmarked(value);
    match range(value) {
        Some((first, last)) => out.extend((first..=last).map(|code| format!("{code:03}"))),
        None => out.push(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_taken_off() {
        for (value, expected) in [
            ("045[1]", "045"),
            ("045 [1] [2]", "045"),
            ("[1]", ""),
            ("045", "045"),
            ("[a]", "[a]"),
            ("045[]", "045[]"),
            ("]", "]"),
            (" - ", "-"),
            ("–", "-"),
        ] {
            assert_eq!(zone(value), expected, "{value}");
        }
    }

    #[test]
    fn ranges_are_taken_apart() {
        let all = |value: &str| {
            let mut out = Vec::new();
            destinations(value, &mut out);
            out.join(" ")
        };
        assert_eq!(all("100-288").split(' ').count(), 189);
        for (value, expected) in [
            ("004-005", "004 005"),
            ("004 – 005[1]", "004 005"),
            ("004 to 006", "004 005 006"),
            ("005", "005"),
            ("5", "5"),
            ("288-100", "288-100"),
            ("4-5", "4-5"),
        ] {
            assert_eq!(all(value), expected);
        }
    }

    #[test]
    fn destinations_are_told_from_footnotes() {
        for value in ["005", "5", "100-288", "96701", "967[2]"] {
            assert!(is_destination(value), "{value}");
        }
        for value in ["", "[1]", "[1] For Virgin Islands", "ZONES", "Dest. ZIP", "-", "005-01", "123456"] {
            assert!(!is_destination(value), "{value}");
        }
    }
}
