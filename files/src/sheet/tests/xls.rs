//! XLS, made by `demo` and by hand.

use demo::{Cell, Format, Sheet};

use super::*;

fn record(sort: u16, data: &[u8]) -> Vec<u8> {
    [&sort.to_le_bytes()[..], &u16::try_from(data.len()).expect("short").to_le_bytes(), data].concat()
}

/// The data of a record: row, column and style, then what the cell holds.
fn cell(row: u16, column: u16, style: u16, rest: &[u8]) -> Vec<u8> {
    [&row.to_le_bytes()[..], &column.to_le_bytes(), &style.to_le_bytes(), rest].concat()
}

/// A text of Unicode with its count.
fn text(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u16::try_from(units.len() / 2).expect("short").to_le_bytes()[..], &[1], &units].concat()
}

fn bof(version: u16, sort: u16) -> Vec<u8> {
    record(0x0809, &[&version.to_le_bytes()[..], &sort.to_le_bytes(), &[0; 4]].concat())
}

/// Records of a workbook without a container: its own, then those of sheets with their visibility.
pub(super) fn made(version: u16, globals: &[Vec<u8>], sheets: &[(u8, Vec<Vec<u8>>)]) -> Vec<u8> {
    let globals: Vec<u8> = globals.concat();
    let mut position = bof(version, 5).len() + globals.len() + sheets.len() * 12 + 4;
    let (mut list, mut contents) = (Vec::new(), Vec::new());
    for (visibility, records) in sheets {
        let content = [bof(version, 0x10), records.concat(), record(0x0a, &[])].concat();
        list.extend(record(0x85, &[&u32::try_from(position).expect("short").to_le_bytes()[..], &[*visibility, 0, 0, 0]].concat()));
        position += content.len();
        contents.extend(content);
    }
    [bof(version, 5), globals, list, record(0x0a, &[]), contents].concat()
}

fn rows(globals: &[Vec<u8>], records: Vec<Vec<u8>>) -> Result<Vec<String>, String> {
    rows_of(&made(0x0600, globals, &[(0, records)]), SheetFormat::Xls)
}

#[test]
fn what_demo_writes_is_read_as_calamine_reads_it() {
    let mut rows = vec![vec![Cell::from("zip"), Cell::from("city"), Cell::from("lat")], Vec::new()];
    for number in 0..3000_i32 {
        let city = if number % 7 == 0 { format!("Łódź {number}") } else { format!("Añasco {number}") };
        rows.push(vec![Cell::Text(format!("{number:05}")), Cell::Text(city), Cell::Number(f64::from(number) / 4.0)]);
    }
    let sheet = Sheet { name: "ZIPs", rows };
    for (format, read_as) in [(Format::Biff, SheetFormat::Xls), (Format::Xlsx, SheetFormat::Xlsx)] {
        let bytes = sheet.bytes(format).expect("a workbook");
        assert_eq!(detected(&bytes, "a.csv"), Some(Ok(read_as)));
        let file = file(&bytes);
        assert_eq!(rows_at(file.path(), read_as), Ok(rows_of_calamine(file.path())));
        assert_eq!(rows_at(file.path(), read_as).expect("rows").len(), 3001);
    }
}

#[test]
fn every_sort_of_cell_is_read() {
    let globals = [
        record(0x41e, &[&170_u16.to_le_bytes()[..], &text("yyyy-mm-dd")].concat()),
        record(0xe0, &[0, 0, 0, 0]),
        record(0xe0, &[0, 0, 170, 0]),
        record(0xe0, &[0, 0, 14, 0]),
        record(0xfc, &[&1_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), &text("shared")].concat()),
    ];
    let formula = |row: u16, column: u16, result: [u8; 8]| record(0x06, &cell(row, column, 0, &[&result[..], &[0; 8]].concat()));
    let records = vec![
        // Out of order, and with a chart inside that has cells of its own.
        record(0x203, &cell(4, 0, 0, &0.1_f64.to_le_bytes())),
        record(0xfd, &cell(0, 0, 0, &0_u32.to_le_bytes())),
        record(0x204, &cell(0, 2, 0, &text(" own "))),
        record(0x27e, &cell(1, 0, 0, &((601_u32 << 2) | 2).to_le_bytes())),
        record(0x203, &cell(1, 1, 1, &44_927_f64.to_le_bytes())),
        record(0x27e, &cell(1, 2, 2, &((44_927_u32 << 2) | 2).to_le_bytes())),
        bof(0x0600, 0x20),
        record(0x203, &cell(9, 9, 0, &9_f64.to_le_bytes())),
        record(0x0a, &[]),
        record(
            0xbd,
            &[&cell(2, 0, 0, &((1_u32 << 2) | 2).to_le_bytes())[..], &[0, 0], &((1818_u32 << 2) | 3).to_le_bytes(), &[1, 0]].concat(),
        ),
        record(0x205, &cell(3, 0, 0, &[1, 0])),
        record(0x205, &cell(3, 1, 0, &[0x2a, 1])),
        formula(5, 0, 2.5_f64.to_le_bytes()),
        formula(5, 1, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        record(0x207, &text("formula's")),
        formula(5, 2, [1, 0, 1, 0, 0, 0, 0xff, 0xff]),
        formula(5, 3, [2, 0, 7, 0, 0, 0, 0xff, 0xff]),
        formula(5, 4, [3, 0, 0, 0, 0, 0, 0xff, 0xff]),
        // The later of two in one place counts.
        record(0x203, &cell(4, 0, 0, &0.2_f64.to_le_bytes())),
    ];
    let expected =
        ["1: shared||own", "2: 601|2023-01-01|2023-01-01", "3: 1|18.18|", "4: TRUE|#N/A|", "5: 0.2||", "6: 2.5|formula's|TRUE|#DIV/0!"];
    assert_eq!(rows(&globals, records), Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn workbooks_before_excel_97_hold_bytes() {
    let label = record(0x204, &cell(0, 0, 0, b"\x04\0Ni\xf1o"));
    let bytes = made(0x0500, &[record(0x42, &1252_u16.to_le_bytes())], &[(0, vec![label])]);
    assert_eq!(detected(&bytes, "a.xls"), Some(Ok(SheetFormat::Xls)));
    assert_eq!(rows_of(&bytes, SheetFormat::Xls), Ok(vec!["1: Niño".to_owned()]));
    assert!(refused(b"\x09\0\x04\0\x02\0\x10\0", "a.xls").1.contains("Excel 4 or older"));
}

#[test]
fn the_first_filled_sheet_is_read_and_hidden_ones_last() {
    let one = |value: f64| vec![record(0x203, &cell(0, 0, 0, &value.to_le_bytes()))];
    let bytes = made(0x0600, &[], &[(1, one(1.0)), (0, Vec::new()), (0, one(2.0))]);
    assert_eq!(rows_of(&bytes, SheetFormat::Xls), Ok(vec!["1: 2".to_owned()]));
    let (reason, message) = refused(&made(0x0600, &[], &[(0, Vec::new())]), "a.xls");
    assert!(reason == Reason::BrokenWorkbook && message.contains("without a filled sheet"), "{message}");
}

#[test]
fn damage_is_said() {
    for (records, message) in [
        (vec![record(0xfd, &cell(0, 0, 0, &7_u32.to_le_bytes()))], "row 1 refers to a text that there is not"),
        (vec![record(0x203, &[0; 8])], "one of its records is too short"),
        (vec![record(0x204, &cell(0, 0, 0, &[9, 0, 0, b'a']))], "one of its texts breaks off"),
        (vec![record(0x204, &cell(0, 0, 0, &[9, 0, 1, b'a']))], "one of its texts is cut within a character"),
        (vec![record(0x203, &cell(0, 0x7fff, 0, &[0; 8]))], "row 1 has more than 16384 cells"),
    ] {
        let damage = rows(&[], records).expect_err("is damaged");
        assert!(damage.starts_with("is a damaged workbook: ") && damage.contains(message) && damage.ends_with('.'), "{damage}");
    }
    let whole = made(0x0600, &[], &[(0, vec![record(0x203, &cell(0, 0, 0, &[0; 8]))])]);
    let damage = rows_of(&whole[..whole.len() - 2], SheetFormat::Xls).expect_err("is damaged");
    assert!(damage.contains("it breaks off"), "{damage}");
}

#[test]
fn protected_workbooks_and_other_documents_are_refused() {
    let protected = made(0x0600, &[record(0x2f, &[1, 0, 1, 2])], &[]);
    assert_eq!(refused(&protected, "a.xls").0, Reason::PasswordProtected);
    for (stream, reason, words) in [
        ("EncryptedPackage", Reason::PasswordProtected, "only a password opens"),
        ("WordDocument", Reason::NotATable, "is a Word document"),
        ("PowerPoint Document", Reason::NotATable, "is a PowerPoint presentation"),
        ("Contents", Reason::NotATable, "is an Office document"),
    ] {
        let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
        container.create_stream(stream).expect("a stream").write_all(&[0; 5000]).expect("writes");
        let bytes = container.into_inner().into_inner();
        let (found, message) = refused(&bytes, "a.xlsx");
        assert!(found == reason && message.contains(words), "{message}");
    }
}
