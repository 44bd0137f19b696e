//! Input that means harm, or was damaged at random: refused or read, in bounds, and never a panic.

use std::sync::LazyLock;

use demo::{Chart, Country, Format, zone_chart};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::xlsx::made;
use super::*;
use crate::testing::cases;

#[test]
fn parts_that_inflate_beyond_reason_are_refused() {
    // Four megabytes of blanks in a sheet, as deflate packs them a thousandfold.
    let sheet = " ".repeat(4 << 20);
    let (reason, message) = refused(&made(&[("visible", &sheet)], "", ""), "bomb.xlsx");
    assert_eq!(reason, Reason::BrokenWorkbook);
    assert!(message.contains("claims to hold 4 MiB in 4 KiB, which no real sheet does"), "{message}");
    let strings = format!("<si><t>{}</t></si>", "a".repeat(8 << 20));
    let one = r#"<row><c t="s"><v>0</v></c></row>"#;
    assert!(refused(&made(&[("visible", one)], &strings, ""), "bomb.xlsx").1.contains("which no real sheet does"));
    // Too little to be refused for its size, too much for a cell.
    let digits: String = (0..300_000_u32).map(|number| format!("{:x}&#49;", number.wrapping_mul(2_654_435_761))).collect();
    let cell = format!("<row><c><v>{digits}</v></c></row>");
    assert!(refused(&made(&[("visible", &cell)], "", ""), "a.xlsx").1.contains("a cell of row 1 holds more than"));
}

#[test]
fn parts_that_lie_about_themselves_are_damaged() {
    let mut bytes = made(&[("visible", r#"<row><c><v>1</v></c></row>"#)], "", "");
    let entry = memchr::memmem::rfind(&bytes, b"xl/worksheets/sheet1.xml").expect("an entry");
    // In the directory the name is 46 bytes in, the sum 16 and the size 24.
    let (sum, size) = (entry - 46 + 16, entry - 46 + 24);
    for (at, wrong, message) in
        [(sum, bytes[sum] ^ 1, "check sum differs"), (size, bytes[size] - 1, "longer than"), (size, bytes[size] + 1, "shorter than")]
    {
        let right = std::mem::replace(&mut bytes[at], wrong);
        let damage = rows_of(&bytes, SheetFormat::Xlsx).expect_err("is damaged");
        assert!(damage.contains(message), "{damage}");
        bytes[at] = right;
    }
    assert!(rows_of(&bytes, SheetFormat::Xlsx).is_ok());
}

#[test]
fn deep_nesting_is_refused() {
    // Different names, as deflate would make too little of the same.
    let nested: String = (0..100_000_u32).map(|number| format!("<x{:x}>", number.wrapping_mul(2_654_435_761))).collect();
    let (_, message) = refused(&made(&[("visible", &nested)], "", ""), "deep.xlsx");
    assert!(message.contains("its part xl/worksheets/sheet1.xml nests elements deeper than any sheet does"), "{message}");
}

/// Whatever the bytes are, they are answered.
fn survives(bytes: &[u8], name: &str) -> Result<(), TestCaseError> {
    let file = file(bytes);
    match detect(file.path(), head(bytes), name).expect("reads") {
        Some(Ok(sheet)) => {
            let (detected, opened) = (all(sheet.rows).map(|(rows, _)| rows), rows_at(file.path(), sheet.format));
            prop_assert_eq!(&detected, &opened);
            prop_assert!(opened.is_err() || opened.is_ok_and(|rows| !rows.is_empty()), "a row was found before");
        }
        Some(Err(refusal)) => prop_assert!(refusal.message.starts_with(name) && refusal.message.ends_with('.'), "{}", refusal.message),
        None => {}
    }
    Ok(())
}

/// Changes to bytes: which, counted in parts of the whole, and to what; then where they are cut.
fn changes() -> impl Strategy<Value = (Vec<(u16, u8)>, Option<u16>)> {
    (prop::collection::vec((any::<u16>(), any::<u8>()), 0..12), prop::option::weighted(0.2, any::<u16>()))
}

fn changed(bytes: &[u8], (changes, cut): &(Vec<(u16, u8)>, Option<u16>)) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = |part: u16, length: usize| usize::from(part) * length / 65_536;
    for (part, value) in changes {
        let at = place(*part, bytes.len());
        bytes[at] = *value;
    }
    if let Some(part) = cut {
        bytes.truncate(place(*part, bytes.len()));
    }
    bytes
}

/// The same chart as XLSX, XLS and HTML.
static CHARTS: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let country = Country::tiny();
    [Format::Xlsx, Format::Biff, Format::Html]
        .map(|format| zone_chart(&country, "286", &Chart { format, ..Chart::default() }).expect("a chart"))
});

/// The parts of the chart as XLSX, to be changed before they are packed, so that sums and sizes are right.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut archive = zip::ZipArchive::new(Cursor::new(CHARTS[0].as_slice())).expect("an archive");
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).expect("an entry");
            let mut content = Vec::new();
            io::Read::read_to_end(&mut entry, &mut content).expect("reads");
            (entry.name().expect("a name").into_owned(), content)
        })
        .collect()
});

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn changed_workbooks_do_no_harm(which in 0..3_usize, changes in changes()) {
        survives(&changed(&CHARTS[which], &changes), "286.xls")?;
    }

    #[test]
    fn changed_parts_do_no_harm(which in any::<prop::sample::Index>(), changes in changes()) {
        let mut parts = PARTS.clone();
        let part = which.index(parts.len());
        parts[part].1 = changed(&parts[part].1, &changes);
        let entries: Vec<(&str, &[u8])> = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        survives(&archive(&entries, CompressionMethod::Stored), "286.xlsx")?;
    }

    #[test]
    fn changed_headers_of_containers_do_no_harm(at in 0..1024_usize, value in any::<[u8; 4]>()) {
        let mut bytes = CHARTS[1].clone();
        bytes[at..at + 4].copy_from_slice(&value);
        survives(&bytes, "286.xls")?;
    }

    #[test]
    fn any_bytes_of_markup_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), start in prop::sample::select(vec!["<table>", "<html><table><tr><td>", "<", ""])) {
        let bytes = [start.as_bytes(), &bytes].concat();
        survives(&bytes, "286.xls")?;
    }

    #[test]
    fn any_tags_do_no_harm(tags in prop::collection::vec(prop::sample::select(vec![
        "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<td colspan=7>", "<th rowspan=3>", "<br>", "x", " ", "&amp;", "<input>", "<style>", "</style>", "<!--", "-->",
    ]), 0..60)) {
        survives(tags.concat().as_bytes(), "286.xls")?;
    }

    #[test]
    fn any_records_do_no_harm(records in prop::collection::vec((prop::sample::select(vec![
        0x0809_u16, 0x0a, 0x85, 0xfc, 0x3c, 0x203, 0x204, 0xd6, 0x205, 0x27e, 0xfd, 0xbd, 0x06, 0x207, 0x42, 0x22, 0x41e, 0xe0,
    ]), prop::collection::vec(any::<u8>(), 0..40)), 0..40)) {
        let mut bytes = b"\x09\x08\x08\0\0\x06\x05\0\0\0\0\0\x85\0\x08\0\x1c\0\0\0\0\0\0\0\x0a\0\0\0".to_vec();
        for (sort, data) in records {
            bytes.extend(sort.to_le_bytes());
            bytes.extend(u16::try_from(data.len()).unwrap_or(0).to_le_bytes());
            bytes.extend(data);
        }
        survives(&bytes, "286.xls")?;
    }
}
