//! Values: what a field must be to stand in its column, and how it goes into COPY.

use database_data::CopyBuffer;
use model::Zip5;
use model::integration::{Column, ColumnType};

/// A value of a row, checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Text(&'a str),
    Double(f64),
    Bigint(i64),
}

impl Value<'_> {
    pub(super) fn encode(self, buffer: &mut CopyBuffer) {
        match self {
            Self::Null => buffer.null(),
            Self::Text(text) => buffer.text(text),
            Self::Double(number) => buffer.double(number),
            Self::Bigint(number) => buffer.bigint(number),
        }
    }
}

/// The greatest count: the land of all the United States in square metres fits, and a sum over every ZIP cannot overflow.
const COUNT_MAX: i64 = 10_000_000_000_000;

/// Checks a field against its column. The error is a sentence's predicate: it follows the column's name.
pub(super) fn check<'a>(column: &Column, field: &'a str) -> Result<Value<'a>, String> {
    let field = field.trim();
    if field.is_empty() {
        return if column.nullable { Ok(Value::Null) } else { Err("is empty".to_owned()) };
    }
    match column.kind {
        ColumnType::Zip5 => match field.parse::<Zip5>() {
            Ok(_) => Ok(Value::Text(field)),
            Err(error) => Err(error.to_string()),
        },
        ColumnType::Text { max } => text(field, max),
        ColumnType::StateCode => {
            if field.len() == 2 && field.bytes().all(|byte| byte.is_ascii_uppercase()) {
                Ok(Value::Text(field))
            } else {
                Err("is not two capital letters".to_owned())
            }
        }
        ColumnType::Number { min, max } => number(field, min, max),
        ColumnType::Count => count(field),
    }
}

fn text(field: &str, max: usize) -> Result<Value<'_>, String> {
    let length = field.chars().count();
    if length > max {
        return Err(format!("has {length} characters, at most {max} are allowed"));
    }
    if field.chars().any(char::is_control) {
        return Err("holds a control character".to_owned());
    }
    Ok(Value::Text(field))
}

fn number(field: &str, min: f64, max: f64) -> Result<Value<'static>, String> {
    // Rust also reads "inf", "nan" and "1e5"; a publisher's number has digits, a sign and a point, no more.
    let plain = field.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    match field.parse::<f64>() {
        Ok(number) if plain && (min..=max).contains(&number) => Ok(Value::Double(number)),
        Ok(_) if plain => Err(format!("is not between {min} and {max}")),
        _ => Err("is not a number".to_owned()),
    }
}

fn count(field: &str) -> Result<Value<'static>, String> {
    // Older gazetteers end whole numbers in a bare point.
    match field.strip_suffix('.').unwrap_or(field).parse::<i64>() {
        Ok(number) if number < 0 => Err("is negative".to_owned()),
        Ok(number) if number > COUNT_MAX => Err(format!("is greater than {COUNT_MAX}")),
        Ok(number) => Ok(Value::Bigint(number)),
        Err(_) => Err("is not a whole number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(kind: ColumnType, nullable: bool, field: &str) -> Result<Value<'_>, String> {
        check(&Column { name: "c", synonyms: &[], kind, required: true, nullable, meaning: "" }, field)
    }

    #[test]
    fn publishers_oddities_are_read() {
        assert_eq!(checked(ColumnType::Count, false, "166659745         "), Ok(Value::Bigint(166_659_745)));
        assert_eq!(checked(ColumnType::Count, false, "0."), Ok(Value::Bigint(0)));
        assert_eq!(checked(ColumnType::Number { min: 0.0, max: 9.0 }, false, "0."), Ok(Value::Double(0.0)));
        assert_eq!(checked(ColumnType::Number { min: -180.0, max: 180.0 }, false, " -66.749961"), Ok(Value::Double(-66.749961)));
        assert_eq!(checked(ColumnType::Count, true, "   "), Ok(Value::Null));
        assert_eq!(checked(ColumnType::Text { max: 6 }, false, "Añasco"), Ok(Value::Text("Añasco")));
    }

    #[test]
    fn every_rule_has_its_words() {
        let latitude = ColumnType::Number { min: -90.0, max: 90.0 };
        for (kind, field, words) in [
            (ColumnType::Zip5, "601", "has only 3 of 5 digits: leading zeros were lost, as spreadsheets do"),
            (ColumnType::Zip5, "ABCDE", "is not a code of 5 digits"),
            (ColumnType::Zip5, "", "is empty"),
            (ColumnType::StateCode, "Pr", "is not two capital letters"),
            (latitude, "91", "is not between -90 and 90"),
            (latitude, "inf", "is not a number"),
            (latitude, "1e1", "is not a number"),
            (latitude, "NaN", "is not a number"),
            (ColumnType::Count, "-1", "is negative"),
            (ColumnType::Count, "10000000000001", "is greater than 10000000000000"),
            (ColumnType::Count, "1.5", "is not a whole number"),
            (ColumnType::Count, "99999999999999999999", "is not a whole number"),
            (ColumnType::Text { max: 3 }, "abcd", "has 4 characters, at most 3 are allowed"),
            (ColumnType::Text { max: 9 }, "a\u{0}b", "holds a control character"),
        ] {
            assert_eq!(checked(kind, false, field), Err(words.to_owned()), "{field:?}");
        }
    }
}
