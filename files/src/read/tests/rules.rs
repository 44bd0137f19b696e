//! Each rule that a row can break, and what is counted.

use model::RunId;
use model::integration::CONTRACTS;

use crate::testing::{Collected, Reject, file, read_file};
use crate::{Breach, ReadOptions, Rejected, RejectsWriter, read, recognize};

const ZIPS: &str = "zip,lat,lng,city,state_id,population,county_weights";
const USPS: &str = "Origin_ZIP_Code,Destination_ZIP_Code,PRI_Service_Standard,GAL_Service_Standard,MKT_Service_Standard,PER_Service_Standard,PKG_Service_Standard,FCM_Service_Standard,GAH_Service_Standard,PFC_Service_Standard";

fn reject_of(row: &str) -> Reject {
    let found = read_file(format!("{ZIPS}\n{row}\n00999,1,2,x,PR,1,w\n").as_bytes(), "a.csv", false);
    assert_eq!(found.rejects.len(), 1, "{:?}", found.rejects);
    assert_eq!(found.rows.len(), 1);
    found.rejects.into_iter().next().expect("a reject")
}

#[test]
fn each_breach_is_told_with_its_column_and_value() {
    let long = "x".repeat(300);
    for (row, breach, column, reason, value) in [
        ("00601,1,2,x,PR", Breach::FieldCount, None, "has 5 fields, the header 7", "00601, 1, 2, x, PR"),
        ("00601,1,2,x,PR,1,w,y", Breach::FieldCount, None, "has 8 fields, the header 7", "00601, 1, 2, x, PR, 1, w, y"),
        (",1,2,x,PR,1,w", Breach::Empty, Some("zip"), "is empty", ""),
        (
            "601,1,2,x,PR,1,w",
            Breach::LostLeadingZeros,
            Some("zip"),
            "has only 3 of 5 digits: leading zeros were lost, as spreadsheets do",
            "601",
        ),
        ("0060x,1,2,x,PR,1,w", Breach::NotACode, Some("zip"), "is not a code of 5 digits", "0060x"),
        ("00601,1,2,x,Pr,1,w", Breach::NotAState, Some("state_id"), "is not two capital letters", "Pr"),
        ("00601,a,2,x,PR,1,w", Breach::NotANumber, Some("lat"), "is not a number", "a"),
        ("00601,91,2,x,PR,1,w", Breach::OutOfRange, Some("lat"), "is not between -90 and 90", "91"),
        ("00601,1,2,x\u{1}y,PR,1,w", Breach::ControlCharacter, Some("city"), "holds a control character", "x\u{1}y"),
        (&format!("00601,1,2,{long},PR,1,w"), Breach::TooLong, Some("city"), "has 300 characters, at most 120 are allowed", &long[..200]),
    ] {
        let reject = reject_of(row);
        assert_eq!((reject.line, reject.breach, reject.column), (2, breach, column), "{row}");
        assert_eq!((reject.reason.as_str(), reject.value.as_str()), (reason, value));
        assert_eq!(reject.fields.len(), 10);
    }
}

#[test]
fn a_quote_too_many_rejects_all_the_lines_that_it_swallows() {
    let text = format!("{ZIPS}\n00601,1,2,\"x,PR,1,w\n00602,1,2,y,PR,1,w\n00603,1,2,z\",PR,1,w\n00604,1,2,x,PR,1,w\n");
    let found = read_file(text.as_bytes(), "a.csv", false);
    let report = found.report.expect("whole");
    assert_eq!((report.read, report.rejected, report.missing_keys, found.rows.len()), (4, 3, 0, 1));
    assert_eq!(found.rejects[0].breach, Breach::OpenQuote);
    assert_eq!(found.rejects[0].reason, "a quote is opened here and closed only 2 lines further down: those lines are lost");
}

#[test]
fn a_line_break_in_a_column_that_nobody_reads_harms_nothing() {
    let text = format!("{ZIPS}\r\n00601,1,2,x,PR,1,\"w\r\nw\"\r\n00601,9,2,x,PR,1,w\r\n");
    let found = read_file(text.as_bytes(), "a.csv", false);
    let report = found.report.expect("whole");
    assert_eq!((report.read, report.rejected, found.rows.len()), (2, 1, 1));
    assert_eq!((found.rejects[0].line, found.rejects[0].breach), (4, Breach::RepeatedKey));
    assert_eq!(found.rejects[0].reason, "repeats the zip of line 2 with other values");
}

#[test]
fn the_same_row_again_is_taken_once_and_another_with_its_key_is_rejected() {
    let rows = "010,006,3,5,10,9,6,5,6,4\n010,006, 3.0,5,10,9,6,5,6,4\n006,010,3,5,10,9,6,5,6,4\n010,006,4,5,10,9,6,5,6,4\n";
    let found = read_file(format!("{USPS}\n{rows}").as_bytes(), "a.csv", false);
    let report = found.report.expect("whole");
    assert_eq!((report.read, report.repeated, report.rejected, report.missing_keys, found.rows.len()), (4, 1, 1, 0, 2));
    let reject = &found.rejects[0];
    assert_eq!((reject.line, reject.column, reject.breach), (5, None, Breach::RepeatedKey));
    assert_eq!(
        (reject.reason.as_str(), reject.value.as_str()),
        ("repeats the origin and destination of line 2 with other values", "010, 006")
    );
}

#[test]
fn rows_of_another_origin_than_the_name_tells_are_rejected() {
    let content = b"28602,00501,NY,2,\n28603,00501,NY,2,\n28602,00502,NY,2,\n";
    let found = read_file(content, "28602_Outbound.csv", false);
    let report = found.report.expect("whole");
    assert_eq!((found.rows.len(), report.rejected, report.missing_keys), (2, 1, 0));
    assert_eq!((found.rejects[0].breach, found.rejects[0].column), (Breach::OtherOrigin, Some("origin")));
    assert_eq!(found.rejects[0].reason, "is not 28602, the origin that the file's name tells");
    assert_eq!(report.origins, ["28602"]);
    let found = read_file(content, "rows.csv", false);
    assert_eq!(found.report.expect("whole").origins, ["28602", "28603"]);
}

#[test]
fn lost_zeros_are_counted_always_and_put_back_with_consent_only() {
    let text = format!("{USPS}\n10,6,3,,10,9,6,5,6,4\n010,106,3,5,10,9,6,5,6,4\n6,6,x,5,10,9,6,5,6,4\n");
    for repair in [false, true] {
        let found = read_file(text.as_bytes(), "a.csv", repair);
        let report = found.report.expect("whole");
        assert_eq!((report.leading_zeros, report.first_leading_zeros.as_deref()), (2, Some("line 2, origin 10 as 010")));
        if repair {
            assert_eq!(found.rows[0][..4], ["010", "006", "3", "null"]);
            assert_eq!((report.rejected, report.missing_keys), (1, 0));
        } else {
            assert_eq!(found.rejects[0].breach, Breach::LostLeadingZeros);
            assert_eq!(found.rejects[0].value, "10");
            assert_eq!((report.rejected, report.missing_keys), (2, 1));
            let wanted = "line 2, origin has only 2 of 3 digits: leading zeros were lost, as spreadsheets do";
            assert_eq!(report.first_missing_key.as_deref(), Some(wanted));
        }
        assert_eq!(found.rejects.last().expect("one").breach, Breach::NotANumber);
    }
}

#[test]
fn more_origins_than_are_told_apart_are_damage() {
    let content: String = (1..=2_001).map(|origin| format!("{origin:05},00501,NY,2\n")).collect();
    let found = read_file(content.as_bytes(), "many.csv", false);
    assert_eq!(found.rows.len(), 2_000);
    let message = found.report.expect_err("damaged");
    assert!(message.starts_with("holds more origins than the 2000 that one file may: the row at line 2001 begins another."), "{message}");
}

#[test]
fn rejected_rows_come_back_as_a_correction_of_every_kind() {
    let run = RunId::new("0198a2b4-0000-7000-8000-000000000001");
    for contract in CONTRACTS {
        let good = |name: &str| match name {
            "zip" | "geoid" => "00601",
            "state" | "state_id" => "NY",
            "origin" | "destination" if contract.name == "ups-ground" => "28602",
            "origin" | "destination" => "286",
            "ground" => "44",
            "city" => "=Adjuntas",
            _ => "-",
        };
        let fields: Vec<String> = contract
            .columns
            .iter()
            .map(|column| if column.kind.is_numeric() { "1".to_owned() } else { good(column.name).to_owned() })
            .collect();
        let mut writer = RejectsWriter::new(Vec::new(), contract, &run).expect("writes");
        let rejected = Rejected {
            line: 9,
            column: Some(contract.columns[0].name),
            breach: Breach::Empty,
            reason: "is empty".to_owned(),
            value: "".into(),
            fields: fields.iter().map(Into::into).collect(),
        };
        writer.write(&rejected).expect("writes");
        let content = writer.finish().expect("finishes");
        let found = read_file(&content, "rejected.csv", false);
        assert_eq!((found.recognized.kind, found.recognized.correction.as_ref()), (contract.kind, Some(&run)));
        assert!(found.recognized.drift.is_none(), "{:?}", found.recognized.drift);
        assert_eq!((found.rows.len(), found.rejects.len()), (1, 0), "{}: {:?}", contract.name, found.rejects);
        if contract.name == "us-zips" {
            assert_eq!(found.rows[0][3], "=Adjuntas");
        }
        if contract.name == "ups-zones" {
            assert_eq!(found.rows[0][..4], ["286", "286", "044", "null"]);
        }
        // Rows of two runs in one list belong nowhere.
        let text = String::from_utf8(content).expect("UTF-8");
        let row = text.lines().nth(1).expect("a row").replace("8000-000000000001", "8000-000000000002");
        let message = read_file(format!("{text}{row}\r\n").as_bytes(), "rejected.csv", false).report.expect_err("two runs");
        assert!(message.contains(&format!("corrected rows of the run {run}, but line 3 names 0198")), "{message}");
    }
}

#[test]
fn a_sink_that_stops_ends_reading_early() {
    let content: String = (501..900).map(|zip| format!("28602,00{zip},NY,2\n")).collect();
    let file = file(content.as_bytes());
    let recognized = recognize(file.path(), "28602.csv", None).expect("reads").expect("is recognized");
    let mut sink = Collected { stop_after: Some(3), ..Collected::default() };
    let report = read(file.path(), "28602.csv", &recognized, &ReadOptions::default(), &|_, _, _| (), &mut sink).expect("stops");
    assert_eq!((sink.rows.len(), report.read), (3, 3));
}
