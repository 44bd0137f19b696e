//! Values: what a field must be to stand in its column.

use model::integration::{Column, ColumnType};

use crate::sink::{Breach, Value};

/// The greatest count: the land of all the United States in square metres fits, and a sum over every ZIP cannot overflow.
const COUNT_MAX: i64 = 10_000_000_000_000;

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
    std::str::from_utf8(field)
        .or_else(|_| fault(Breach::ControlCharacter, "holds bytes that are no text; the file may have been damaged in transit"))
}

/// A code of so many digits, fewer being what a spreadsheet leaves of one with leading zeros.
fn code<'a>(field: &'a [u8], expected: usize, scratch: &'a mut Scratch) -> Result<Checked<'a>, Fault> {
    if field.len() > expected || !field.iter().all(u8::is_ascii_digit) {
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
        return fault(Breach::NotANumber, "is not a whole number");
    }
    let days = digits.iter().try_fold(0_i16, |sum, digit| sum.checked_mul(10)?.checked_add(i16::from(digit - b'0')));
    match days {
        Some(days) if (min..=max).contains(&days) => Ok(Value::Smallint(days)),
        _ => out_of_range(),
    }
}

fn one_digit(digit: u8, min: i16, max: i16) -> Result<Value<'static>, Fault> {
    if !digit.is_ascii_digit() {
        return fault(Breach::NotANumber, "is not a whole number");
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
    if text.chars().any(char::is_control) {
        return fault(Breach::ControlCharacter, "holds a control character");
    }
    Ok(Value::Text(text))
}

fn number(field: &[u8], min: f64, max: f64) -> Result<Value<'static>, Fault> {
    // Rust also reads "inf", "nan" and "1e5"; a publisher's number has digits, a sign and a point, no more.
    let plain = field.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    match std::str::from_utf8(field).ok().filter(|_| plain).and_then(|text| text.parse::<f64>().ok()) {
        // No negative zero: it would differ from zero in nothing but its looks.
        Some(number) if (min..=max).contains(&number) => Ok(Value::Double(number + 0.0)),
        Some(_) => fault(Breach::OutOfRange, format!("is not between {min} and {max}")),
        None => fault(Breach::NotANumber, "is not a number"),
    }
}

fn count(field: &[u8]) -> Result<Value<'static>, Fault> {
    // Older gazetteers end whole numbers in a bare point.
    let digits = whole_number(field);
    match std::str::from_utf8(digits).ok().and_then(|text| text.parse::<i64>().ok()) {
        Some(number) if number < 0 => fault(Breach::OutOfRange, "is negative"),
        Some(number) if number > COUNT_MAX => fault(Breach::OutOfRange, format!("is greater than {COUNT_MAX}")),
        Some(number) => Ok(Value::Bigint(number)),
        None if digits.iter().all(u8::is_ascii_digit) => fault(Breach::OutOfRange, format!("is greater than {COUNT_MAX}")),
        None => fault(Breach::NotANumber, "is not a whole number"),
    }
}

#[cfg(test)]
mod tests {
    use model::integration::CONTRACTS;

    use super::*;

    /// A column of this type, which the contracts have.
    fn column(wanted: fn(ColumnType) -> bool, nullable: bool) -> Column {
        let columns = CONTRACTS.iter().flat_map(|contract| contract.columns);
        let column = columns.copied().find(|column| wanted(column.kind)).expect("a column");
        Column { nullable, ..column }
    }

    fn of(kind: ColumnType, nullable: bool) -> Column {
        Column { kind, ..column(|_| true, nullable) }
    }

    fn accepted(column: &Column, field: &str, value: Value<'_>) {
        let mut scratch = Scratch::default();
        assert_eq!(check(column, trimmed(field.as_bytes()), &mut scratch), Ok(Checked::Whole(value)), "{field:?}");
    }

    #[test]
    fn publishers_oddities_are_read() {
        let degrees = ColumnType::Number { min: -180.0, max: 180.0 };
        accepted(&of(ColumnType::Count, false), "166659745         ", Value::Bigint(166_659_745));
        accepted(&of(ColumnType::Count, false), "0.", Value::Bigint(0));
        accepted(&of(ColumnType::Count, false), "16721.0", Value::Bigint(16_721));
        accepted(&of(degrees, false), "0.", Value::Double(0.0));
        accepted(&of(degrees, false), " -66.749961\u{a0}", Value::Double(-66.749961));
        accepted(&of(ColumnType::Count, true), "   ", Value::Null);
        accepted(&of(ColumnType::Text { max: 6 }, false), "Añasco", Value::Text("Añasco"));
        accepted(&of(ColumnType::Zip5, false), "00601", Value::Text("00601"));
        accepted(&of(ColumnType::Zip3OrZip5, false), "967", Value::Text("967"));
        accepted(&of(ColumnType::Zip3OrZip5, false), "96701", Value::Text("96701"));
        let days = of(ColumnType::Days { min: 1, max: 30 }, true);
        for (field, value) in [("3", 3), ("3.0", 3), (" 30 ", 30), ("03", 3), ("7.", 7)] {
            accepted(&days, field, Value::Smallint(value));
        }
        accepted(&days, "", Value::Null);
    }

    #[test]
    fn zones_are_padded_and_a_dash_is_none() {
        let zone = of(ColumnType::Zone, true);
        for (field, value) in [("44", "044"), ("002", "002"), ("2", "002"), ("302", "302")] {
            accepted(&zone, field, Value::Text(value));
        }
        accepted(&zone, "-", Value::Null);
        accepted(&zone, " ", Value::Null);
    }

    #[test]
    fn lost_zeros_are_told_and_never_padded_in_silence() {
        for (kind, field, value) in [
            (ColumnType::Zip5, "601", "00601"),
            (ColumnType::Zip5, "6", "00006"),
            (ColumnType::Zip3, "6", "006"),
            (ColumnType::Zip3OrZip5, "6", "006"),
            (ColumnType::Zip3OrZip5, "44", "044"),
            (ColumnType::Zip3OrZip5, "6390", "06390"),
        ] {
            let mut scratch = Scratch::default();
            assert_eq!(check(&of(kind, false), field.as_bytes(), &mut scratch), Ok(Checked::Repaired(Value::Text(value))), "{field}");
        }
    }

    #[test]
    fn every_rule_has_its_words() {
        let latitude = ColumnType::Number { min: -90.0, max: 90.0 };
        let days = ColumnType::Days { min: 1, max: 10 };
        for (kind, field, breach, words) in [
            (ColumnType::Zip5, "ABCDE", Breach::NotACode, "is not a code of 5 digits"),
            (ColumnType::Zip5, "00601-1234", Breach::NotACode, "is not a code of 5 digits"),
            (ColumnType::Zip5, "", Breach::Empty, "is empty"),
            (ColumnType::Zip3, "00601", Breach::NotACode, "is not a code of 3 digits"),
            (ColumnType::Zip3OrZip5, "006011", Breach::NotACode, "is not a code of 3 or 5 digits"),
            (ColumnType::Zip3OrZip5, "6a", Breach::NotACode, "is not a code of 3 digits"),
            (ColumnType::Zone, "1234", Breach::NotACode, "is not a zone of up to three digits"),
            (ColumnType::Zone, "-", Breach::Empty, "is empty"),
            (ColumnType::StateCode, "Pr", Breach::NotAState, "is not two capital letters"),
            (latitude, "91", Breach::OutOfRange, "is not between -90 and 90"),
            (latitude, "inf", Breach::NotANumber, "is not a number"),
            (latitude, "1e1", Breach::NotANumber, "is not a number"),
            (latitude, "NaN", Breach::NotANumber, "is not a number"),
            (latitude, "1.2.3", Breach::NotANumber, "is not a number"),
            (ColumnType::Count, "-1", Breach::OutOfRange, "is negative"),
            (ColumnType::Count, "10000000000001", Breach::OutOfRange, "is greater than 10000000000000"),
            (ColumnType::Count, "1.5", Breach::NotANumber, "is not a whole number"),
            (ColumnType::Count, "99999999999999999999", Breach::OutOfRange, "is greater than 10000000000000"),
            (ColumnType::Count, ".", Breach::NotANumber, "is not a whole number"),
            (ColumnType::Text { max: 3 }, "abcd", Breach::TooLong, "has 4 characters, at most 3 are allowed"),
            (ColumnType::Text { max: 9 }, "a\u{0}b", Breach::ControlCharacter, "holds a control character"),
            (days, "0", Breach::OutOfRange, "is not between 1 and 10"),
            (days, "11", Breach::OutOfRange, "is not between 1 and 10"),
            (days, "99999999", Breach::OutOfRange, "is not between 1 and 10"),
            (days, "-3", Breach::OutOfRange, "is not between 1 and 10"),
            (days, "2.5", Breach::NotANumber, "is not a whole number"),
            (days, "x", Breach::NotANumber, "is not a whole number"),
            (days, "-", Breach::NotANumber, "is not a whole number"),
        ] {
            let fault = Fault { breach, reason: words.to_owned() };
            assert_eq!(check(&of(kind, false), field.as_bytes(), &mut Scratch::default()), Err(fault), "{field:?}");
        }
        let invalid = check(&of(ColumnType::Text { max: 9 }, false), b"A\xf1asco", &mut Scratch::default()).expect_err("no UTF-8");
        assert_eq!(invalid.breach, Breach::ControlCharacter);
    }
}
