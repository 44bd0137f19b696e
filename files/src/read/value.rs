//! Values: what a field must be to stand in its column.

#[cfg(test)]
mod tests;

use model::integration::{Column, ColumnType};

use crate::sink::{Breach, Value};

/// The greatest count: the land of all the United States in square metres fits, and a sum over every ZIP cannot overflow.
const COUNT_MAX: i64 = 10_000_000_000_000;

const NOT_A_NUMBER: &str = "is not a number";
const NOT_A_WHOLE_NUMBER: &str = "is not a whole number";
const LOST_CHARACTER: &str = "holds a character that was lost when the file was saved (\u{fffd})";

/// A field that keeps its column's contract.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Checked<'a> {
    /// As it is.
    Whole(Value<'a>),
    /// With the leading zeros that it had lost: nothing to be done without consent.
    Repaired(Value<'a>),
}

/// A field that does not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub(super) breach: Breach,
    /// A sentence's predicate: it follows the column's name.
    pub(super) reason: String,
}

/// Room for a code that gets its zeros back.
pub(super) type Scratch = [u8; 5];

fn fault<T>(breach: Breach, reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { breach, reason: reason.into() })
}

/// The field without the blanks around it, those that are no ASCII included.
pub(super) fn trimmed(field: &[u8]) -> &[u8] {
    let field = field.trim_ascii();
    match (field.first(), field.last()) {
        (Some(first), Some(last)) if !first.is_ascii() || !last.is_ascii() => {
            std::str::from_utf8(field).map_or(field, |text| text.trim().as_bytes())
        }
        _ => field,
    }
}

/// Checks a field, without the blanks around it, against its column.
pub(super) fn check<'a>(column: &Column, field: &'a [u8], scratch: &'a mut Scratch) -> Result<Checked<'a>, Fault> {
    if field.is_empty() {
        return if column.nullable { Ok(Checked::Whole(Value::Null)) } else { fault(Breach::Empty, "is empty") };
    }
    // What is no text breaks every rule: that it is none is said before the rule.
    checked(column, field, scratch).map_err(|fault| not_text(field).unwrap_or(fault))
}

/// What is wrong with a field as text, if anything is.
fn not_text(field: &[u8]) -> Option<Fault> {
    match std::str::from_utf8(field) {
        Err(_) => Some(Fault { breach: Breach::NotText, reason: "holds bytes that are not UTF-8".to_owned() }),
        Ok(text) if text.contains(char::REPLACEMENT_CHARACTER) => {
            Some(Fault { breach: Breach::NotText, reason: LOST_CHARACTER.to_owned() })
        }
        Ok(_) => None,
    }
}

fn checked<'a>(column: &Column, field: &'a [u8], scratch: &'a mut Scratch) -> Result<Checked<'a>, Fault> {
    let whole = |value| Ok(Checked::Whole(value));
    match column.kind {
        ColumnType::Days { min, max } => days(field, min, max).and_then(whole),
        ColumnType::Zip3 => code(field, 3, scratch),
        ColumnType::Zip5 => code(field, 5, scratch),
        ColumnType::Zip3OrZip5 => match field.len() {
            1..=3 => code(field, 3, scratch),
            4 | 5 => code(field, 5, scratch),
            _ => fault(Breach::NotACode, "is not a code of 3 or 5 digits"),
        },
        ColumnType::Zone => zone(field, column.nullable, scratch).and_then(whole),
        ColumnType::StateCode => match field {
            [b'A'..=b'Z', b'A'..=b'Z'] => whole(Value::Text(utf8(field)?)),
            _ => fault(Breach::NotAState, "is not two capital letters"),
        },
        ColumnType::Text { max } => text(field, max).and_then(whole),
        ColumnType::Number { min, max } => number(field, min, max).and_then(whole),
        ColumnType::Count => count(field).and_then(whole),
    }
}

fn utf8(field: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(field).or_else(|_| fault(Breach::NotText, "holds bytes that are not UTF-8"))
}

/// A code of so many digits, fewer being what a spreadsheet leaves of one with leading zeros.
fn code<'a>(field: &'a [u8], expected: usize, scratch: &'a mut Scratch) -> Result<Checked<'a>, Fault> {
    // One that begins with a zero has not lost any: it is short, and not a number.
    let is_short = field.len() < expected && field.len() > 1 && field[0] == b'0';
    if field.len() > expected || is_short || !field.iter().all(u8::is_ascii_digit) {
        return fault(Breach::NotACode, format!("is not a code of {expected} digits"));
    }
    if field.len() == expected {
        return Ok(Checked::Whole(Value::Text(utf8(field)?)));
    }
    Ok(Checked::Repaired(Value::Text(padded(field, expected, scratch)?)))
}

fn padded<'a>(field: &[u8], expected: usize, scratch: &'a mut Scratch) -> Result<&'a str, Fault> {
    let code = &mut scratch[..expected];
    let (zeros, digits) = code.split_at_mut(expected - field.len());
    zeros.fill(b'0');
    digits.copy_from_slice(field);
    utf8(code)
}

fn zone<'a>(field: &'a [u8], nullable: bool, scratch: &'a mut Scratch) -> Result<Value<'a>, Fault> {
    match field {
        b"-" if nullable => Ok(Value::Null),
        b"-" => fault(Breach::Empty, "is empty"),
        _ if field.len() > 3 || !field.iter().all(u8::is_ascii_digit) => fault(Breach::NotACode, "is not a zone of up to three digits"),
        _ if field.len() == 3 => Ok(Value::Text(utf8(field)?)),
        _ => Ok(Value::Text(padded(field, 3, scratch)?)),
    }
}

/// The field without a bare point, or a point and zeros, at its end: `0.`, `3.0`.
fn whole_number(field: &[u8]) -> &[u8] {
    match field.iter().position(|byte| *byte == b'.') {
        Some(point) if point > 0 && field[point + 1..].iter().all(|byte| *byte == b'0') => &field[..point],
        _ => field,
    }
}

fn days(field: &[u8], min: i16, max: i16) -> Result<Value<'static>, Fault> {
    let out_of_range = || fault(Breach::OutOfRange, format!("is not between {min} and {max}"));
    let digits = match field {
        [digit] => return one_digit(*digit, min, max),
        [b'-', rest @ ..] if !rest.is_empty() && whole_number(rest).iter().all(u8::is_ascii_digit) => return out_of_range(),
        _ => whole_number(field),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(not_a_number(field, NOT_A_WHOLE_NUMBER));
    }
    let days = digits.iter().try_fold(0_i16, |sum, digit| sum.checked_mul(10)?.checked_add(i16::from(digit - b'0')));
    match days {
        Some(days) if (min..=max).contains(&days) => Ok(Value::Smallint(days)),
        _ => out_of_range(),
    }
}

fn one_digit(digit: u8, min: i16, max: i16) -> Result<Value<'static>, Fault> {
    if !digit.is_ascii_digit() {
        return fault(Breach::NotANumber, NOT_A_WHOLE_NUMBER);
    }
    let days = i16::from(digit - b'0');
    if (min..=max).contains(&days) {
        Ok(Value::Smallint(days))
    } else {
        fault(Breach::OutOfRange, format!("is not between {min} and {max}"))
    }
}

fn text(field: &[u8], max: usize) -> Result<Value<'_>, Fault> {
    let text = utf8(field)?;
    if field.len() > max {
        let length = text.chars().count();
        if length > max {
            return fault(Breach::TooLong, format!("has {length} characters, at most {max} are allowed"));
        }
    }
    match text.chars().find(|character| character.is_control() || *character == char::REPLACEMENT_CHARACTER) {
        Some(char::REPLACEMENT_CHARACTER) => fault(Breach::NotText, LOST_CHARACTER),
        Some(_) => fault(Breach::ControlCharacter, "holds a control character"),
        None => Ok(Value::Text(text)),
    }
}

fn number(field: &[u8], min: f64, max: f64) -> Result<Value<'static>, Fault> {
    // Rust also reads "inf", "nan" and "1e5"; a publisher's number has digits, a sign and a point, no more.
    let plain = field.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    match std::str::from_utf8(field).ok().filter(|_| plain).and_then(|text| text.parse::<f64>().ok()) {
        // No negative zero: it would differ from zero in nothing but its looks.
        Some(number) if (min..=max).contains(&number) => Ok(Value::Double(number + 0.0)),
        Some(_) => fault(Breach::OutOfRange, format!("is not between {min} and {max}")),
        None => Err(not_a_number(field, NOT_A_NUMBER)),
    }
}

/// Why a field is no number, or no whole one: for what spreadsheets write, in words that say what to mend, and else in `plain` ones.
fn not_a_number(field: &[u8], plain: &str) -> Fault {
    let is_digits = |digits: &[u8]| !digits.is_empty() && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let unsigned = field.strip_prefix(b"-").or_else(|| field.strip_prefix(b"+")).unwrap_or(field);
    let exponent = unsigned.iter().position(|byte| matches!(byte, b'e' | b'E')).map(|at| (&unsigned[..at], &unsigned[at + 1..]));
    let reason = if unsigned.contains(&b',') && unsigned.split(|byte| *byte == b',').all(is_digits) {
        let is_decimal = plain == NOT_A_NUMBER && !unsigned.contains(&b'.') && unsigned.iter().filter(|byte| **byte == b',').count() == 1;
        if is_decimal { "has a comma for the decimal point" } else { "has a comma between its digits; write it without" }
    } else if exponent.is_some_and(|(digits, power)| {
        is_digits(digits) && is_digits(power.strip_prefix(b"-").or_else(|| power.strip_prefix(b"+")).unwrap_or(power))
    }) {
        "is written with an exponent; write its digits out"
    } else {
        plain
    };
    Fault { breach: Breach::NotANumber, reason: reason.to_owned() }
}

fn count(field: &[u8]) -> Result<Value<'static>, Fault> {
    // Older gazetteers end whole numbers in a bare point.
    let digits = whole_number(field);
    match std::str::from_utf8(digits).ok().and_then(|text| text.parse::<i64>().ok()) {
        Some(number) if number < 0 => fault(Breach::OutOfRange, "is negative"),
        Some(number) if number > COUNT_MAX => fault(Breach::OutOfRange, format!("is greater than {COUNT_MAX}")),
        Some(number) => Ok(Value::Bigint(number)),
        None if digits.iter().all(u8::is_ascii_digit) => fault(Breach::OutOfRange, format!("is greater than {COUNT_MAX}")),
        None => Err(not_a_number(field, NOT_A_WHOLE_NUMBER)),
    }
}
