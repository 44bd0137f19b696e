//! What an accepted value must be, said once more and otherwise than where it is checked.

use files::Value;
use model::integration::{Column, ColumnType};

fn is_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.chars().all(|character| character.is_ascii_digit())
}

/// Whether a value may stand in a column.
pub(crate) fn holds(column: &Column, value: &Value<'_>) -> bool {
    match (column.kind, value) {
        (_, Value::Null) => column.nullable,
        (ColumnType::Zip5, Value::Text(text)) => is_digits(text, &[5]),
        (ColumnType::Zip3 | ColumnType::Zone, Value::Text(text)) => is_digits(text, &[3]),
        (ColumnType::Zip3OrZip5, Value::Text(text)) => is_digits(text, &[3, 5]),
        (ColumnType::StateCode, Value::Text(text)) => text.len() == 2 && text.chars().all(|character| character.is_ascii_uppercase()),
        (ColumnType::Text { max }, Value::Text(text)) => {
            !text.is_empty()
                && text.trim_ascii() == *text
                && text.chars().count() <= max
                && !text.contains(|character: char| character.is_control() || character == char::REPLACEMENT_CHARACTER)
        }
        (ColumnType::Number { min, max }, Value::Double(number)) => {
            (min..=max).contains(number) && !(*number == 0.0 && number.is_sign_negative())
        }
        (ColumnType::Count, Value::Bigint(number)) => (0..=10_000_000_000_000).contains(number),
        (ColumnType::Days { min, max }, Value::Smallint(days)) => (min..=max).contains(days),
        _ => false,
    }
}
