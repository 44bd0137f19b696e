//! Numbers and dates of cells as the text that a person would type for them.

use std::fmt::Write;

use chrono::{Days, NaiveDate};

/// How a number of a cell is shown, which alone tells a date from a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// As a number.
    #[default]
    Number,
    /// As a date, a time of day, or both.
    Date,
    /// As hours, minutes and seconds that run past a day.
    Elapsed,
}

impl Shown {
    /// The built-in formats of both XLSX (ECMA-376, 18.8.30) and XLS.
    pub(super) fn of_builtin(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            46 => Self::Elapsed,
            _ => Self::Number,
        }
    }

    /// What a custom format's code shows: its first section outside quotes, escapes and brackets holds a letter of a date or
    /// not.
    pub(super) fn of_code(code: &str) -> Self {
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => {
                    characters.by_ref().find(|character| *character == '"');
                }
                // The next character is literal, skipped in width, or repeated.
                '\\' | '_' | '*' => {
                    characters.next();
                }
                '[' => {
                    let inside: String = characters.by_ref().take_while(|character| *character != ']').collect();
                    let first = inside.chars().next().map(|character| character.to_ascii_lowercase());
                    if matches!(first, Some('h' | 'm' | 's')) && inside.chars().all(|next| Some(next.to_ascii_lowercase()) == first) {
                        return Self::Elapsed;
                    }
                }
                ';' => return Self::Number,
                'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => return Self::Date,
                _ => {}
            }
        }
        Self::Number
    }

    /// Adds a cell's number to `out`. `since_1904`: days are counted from 1904, as on old Macintoshes.
    pub(super) fn push(self, out: &mut String, value: f64, since_1904: bool) {
        match self {
            Self::Number => push_number(out, value),
            Self::Date => push_date(out, value, since_1904),
            Self::Elapsed => push_elapsed(out, value),
        }
    }
}

/// The shortest text for a number: `601`, `18.18`, and an exponent only where a person would write one.
fn push_number(out: &mut String, value: f64) {
    let size = value.abs();
    let written = if size == 0.0 {
        out.push('0');
        Ok(())
    } else if !value.is_finite() {
        out.push_str("#NUM!");
        Ok(())
    } else if (1e-7..1e21).contains(&size) {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

/// The last day of the calendar of spreadsheets, 9999-12-31, and what lies above is a number whatever its format says.
const DAYS_END: f64 = 2_958_466.0;
const DAY_SECONDS: f64 = 86_400.0;
/// Days from 1900's calendar to 1904's.
const DAYS_TO_1904: u64 = 1_462;

fn push_date(out: &mut String, value: f64, since_1904: bool) {
    if !(0.0..DAYS_END).contains(&value) {
        return push_number(out, value);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is at least 0 and below 2.6e11")]
    let seconds = (value * DAY_SECONDS).round() as u64;
    let (days, second) = (seconds / 86_400 + if since_1904 { DAYS_TO_1904 } else { 0 }, seconds % 86_400);
    // Spreadsheets have a 29 February 1900, day 60, and count from a day later before it.
    let day = match days {
        0 => None,
        60 => Some("1900-02-29".to_owned()),
        _ => {
            let start = NaiveDate::from_ymd_opt(1899, 12, if days < 60 { 31 } else { 30 });
            start.and_then(|start| start.checked_add_days(Days::new(days))).map(|date| date.to_string())
        }
    };
    let time = (second > 0 || day.is_none()).then(|| format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60));
    out.push_str(&[day, time].into_iter().flatten().collect::<Vec<_>>().join(" "));
}

fn push_elapsed(out: &mut String, value: f64) {
    if !(0.0..DAYS_END).contains(&value) {
        return push_number(out, value);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is at least 0 and below 2.6e11")]
    let seconds = (value * DAY_SECONDS).round() as u64;
    out.push_str(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(shown: Shown, value: f64) -> String {
        let mut out = String::new();
        shown.push(&mut out, value, false);
        out
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (value, expected) in [
            (601.0, "601"),
            (-66.7, "-66.7"),
            (0.1 + 0.2, "0.30000000000000004"),
            (18.18, "18.18"),
            (0.0, "0"),
            (-0.0, "0"),
            (335_552_126.0, "335552126"),
            (1e15, "1000000000000000"),
            (0.000_1, "0.0001"),
            (1e-9, "1e-9"),
            (1.5e300, "1.5e300"),
            (f64::NAN, "#NUM!"),
        ] {
            assert_eq!(text(Shown::Number, value), expected);
        }
    }

    #[test]
    fn dates_are_iso_dates() {
        for (value, expected) in [
            (44_927.0, "2023-01-01"),
            (44_927.5, "2023-01-01 12:00:00"),
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (60.0, "1900-02-29"),
            (61.0, "1900-03-01"),
            (0.25, "06:00:00"),
            (0.0, "00:00:00"),
            (-1.0, "-1"),
            (1e9, "1000000000"),
        ] {
            assert_eq!(text(Shown::Date, value), expected);
        }
        assert_eq!(text(Shown::Elapsed, 1.5), "36:00:00");
        let mut out = String::new();
        Shown::Date.push(&mut out, 0.0, true);
        assert_eq!(out, "1904-01-01");
    }

    #[test]
    fn formats_tell_dates_from_numbers() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("00000", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("yyyy-mm-dd", Shown::Date),
            ("[$-409]h:mm AM/PM;@", Shown::Date),
            ("[h]:mm:ss", Shown::Elapsed),
            ("[Red]0;[Blue]-0", Shown::Number),
            ("0 \"days\"", Shown::Number),
            ("0\\d", Shown::Number),
            ("#,##0;dd", Shown::Number),
            ("[", Shown::Number),
            ("\"", Shown::Number),
        ] {
            assert_eq!(Shown::of_code(code), shown, "{code}");
        }
    }
}
