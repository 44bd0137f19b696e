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
        (ColumnType::Zip5, "006", Breach::NotACode, "is not a code of 5 digits"),
        (ColumnType::Zip3OrZip5, "0055", Breach::NotACode, "is not a code of 5 digits"),
        (ColumnType::Zip3OrZip5, "6a", Breach::NotACode, "is not a code of 3 digits"),
        (ColumnType::Zone, "1234", Breach::NotACode, "is not a zone of up to three digits"),
        (ColumnType::Zone, "-", Breach::Empty, "is empty"),
        (ColumnType::StateCode, "Pr", Breach::NotAState, "is not two capital letters"),
        (latitude, "91", Breach::OutOfRange, "is not between -90 and 90"),
        (latitude, "inf", Breach::NotANumber, "is not a number"),
        (latitude, "1e1", Breach::NotANumber, "is written with an exponent; write its digits out"),
        (latitude, "-1.5E+2", Breach::NotANumber, "is written with an exponent; write its digits out"),
        (latitude, "east", Breach::NotANumber, "is not a number"),
        (latitude, "18,18027", Breach::NotANumber, "has a comma for the decimal point"),
        (latitude, "-66,7", Breach::NotANumber, "has a comma for the decimal point"),
        (latitude, "1,234.5", Breach::NotANumber, "has a comma between its digits; write it without"),
        (latitude, "a,b", Breach::NotANumber, "is not a number"),
        (latitude, ",", Breach::NotANumber, "is not a number"),
        (ColumnType::Count, "1,200", Breach::NotANumber, "has a comma between its digits; write it without"),
        (ColumnType::Count, "6.01E2", Breach::NotANumber, "is written with an exponent; write its digits out"),
        (days, "2,0", Breach::NotANumber, "has a comma between its digits; write it without"),
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
}

#[test]
fn what_is_no_text_is_said_to_be_none_whatever_its_column() {
    let latitude = ColumnType::Number { min: -90.0, max: 90.0 };
    let days = ColumnType::Days { min: 1, max: 10 };
    for kind in [ColumnType::Text { max: 9 }, ColumnType::Zip5, ColumnType::Zone, ColumnType::StateCode, latitude, ColumnType::Count, days]
    {
        let fault = check(&of(kind, false), b"A\xf1", &mut Scratch::default()).expect_err("no UTF-8");
        assert_eq!((fault.breach, fault.reason.as_str()), (Breach::NotText, "holds bytes that are not UTF-8"), "{kind:?}");
        let fault = check(&of(kind, false), "A\u{fffd}".as_bytes(), &mut Scratch::default()).expect_err("a lost character");
        assert_eq!(fault.breach, Breach::NotText, "{kind:?}");
    }
}
