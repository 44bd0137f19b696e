//! Writes what fuzzing begins with, a folder for each target: the demo files with their oddities, as small as they can be.
//! `cargo run --package fuzz --example seeds FOLDER`.

use std::io::{Cursor, Read};
use std::path::Path;

use demo::{Cell, Format, Sheet};
use zip::ZipArchive;

/// The most bytes of an input, as scripts/fuzz has them.
fn most(target: &str) -> usize {
    match target {
        "html" => 8 << 10,
        "unpack" | "xls" | "xlsx" => 24 << 10,
        _ => 4 << 10,
    }
}

/// The lines of a text that are kept.
const LINES: usize = 8;

/// The parts of a workbook, in the order in which the target has them.
const PARTS: [&str; 5] =
    ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"];

/// The beginning of a text, and its last line.
fn shortened(bytes: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.len() <= LINES + 1 { bytes.to_vec() } else { [&lines[..LINES], &lines[lines.len() - 1..]].concat().concat() }
}

/// The parts of a workbook with what stands between them.
fn parts(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for name in PARTS {
        let mut part = Vec::new();
        if let Ok(mut entry) = archive.by_name(name) {
            entry.read_to_end(&mut part).ok()?;
        }
        parts.push(part);
    }
    Some(parts.join(&0x1e))
}

/// The targets that an input is for, with the input.
fn targets(name: &str, bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let ending = name.rsplit('.').next().unwrap_or_default();
    let first = |byte: u8, bytes: &[u8]| [&[byte], bytes].concat();
    let is_workbook = bytes.starts_with(b"PK") && matches!(ending, "xlsx" | "xls");
    let which = match name {
        _ if name.starts_with("uszips") => 0,
        _ if name.contains("gaz") || name.contains("Gaz") => 1,
        _ if name.starts_with("3") && name.contains("d") || name.starts_with("3D") => 2,
        _ if name.starts_with("rejected") || name.starts_with("zones") => 4,
        _ => 3,
    };
    let mut targets = Vec::new();
    if is_workbook {
        targets.extend(parts(bytes).map(|parts| ("xlsx", first(u8::from(which != 0), &parts))));
    } else if bytes.starts_with(b"PK") || bytes.starts_with(&[0x1f, 0x8b]) {
        targets.push(("unpack", first(u8::from(ending == "gz"), bytes)));
    } else if bytes.starts_with(&[0xd0, 0xcf]) {
        targets.push(("xls", first(u8::from(which == 0), bytes)));
        // The stream of records by itself: what follows the first sector, up to where the container goes on.
        if let Some(at) = bytes.windows(8).position(|window| window[..6] == [9, 8, 16, 0, 0, 6]) {
            targets.push(("xls", first(u8::from(which == 0), &bytes[at..])));
        }
    } else if bytes.starts_with(b"<") {
        targets.push(("html", first(u8::from(which == 0), bytes)));
    } else if matches!(ending, "csv" | "txt" | "json" | "xml") {
        let text = shortened(bytes);
        if name == "140.csv" {
            targets.push(("charts", first(0, bytes)));
            targets.push(("charts", first(1, b"005,002,302,202,242,132,102\n")));
            targets.push(("charts", first(1, b"100-288,004,-,204,244,134,104\n[1] Notes\n\n")));
            targets.push(("charts", first(3, b"005,2,302[1],202,242,132,102\nFor Hawaii, the following Postal Codes are Zone 44 for Ground, Zone 124 for Next Day Air:\n96701,96703\n")));
        }
        if std::str::from_utf8(&text).is_ok_and(|text| !text.starts_with('\u{feff}')) {
            targets.push(("encodings", first(u8::from(which == 3), &text)));
        }
        targets.push(("delimited", first(which, &text)));
    }
    targets
}

/// Workbooks with a header, which are small: the demo files' are not.
fn sheets() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let text = |row: &str| row.split(',').map(|field| field.parse().map_or_else(|_| Cell::from(field), Cell::Number)).collect();
    let zips = ["US ZIPs", "zip,lat,lng,city,state_id,population", "601,18.18,-66.75,A\u{f1}asco,PR,16721", "x602,1,2,b,PR,"].map(text);
    let ground = ["28602,00501,NY,2", "28602,99501,AK,7"].map(text);
    let mut all = Vec::new();
    for (name, rows) in [("uszips", zips.to_vec()), ("ground", ground.to_vec())] {
        let sheet = Sheet { name: "a", rows };
        for (target, format) in [("xlsx", Format::Xlsx), ("xls", Format::Biff), ("html", Format::Html)] {
            all.push((target, name, sheet.bytes(format).expect("a workbook in memory")));
        }
    }
    all
}

/// Parts of a workbook with the sorts of cells that the demo files have not.
const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>zip</t></is></c><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c t=\"str\"><v>state</v></c><c t=\"inlineStr\"><is><r><t>popu</t></r><r><t>lation</t></r></is></c></row><row r=\"3\"><c r=\"A3\"><v>6.01E2</v></c><c r=\"B3\" s=\"1\"><v>44927.5</v></c><c r=\"C3\" t=\"b\"><v>1</v></c><c r=\"D3\" t=\"e\"><v>#N/A</v></c><c r=\"E3\" t=\"inlineStr\"><is><t>P_x0052_</t></is></c></row></sheetData></worksheet>\x1e<sst><si><t>lat</t></si><si><r><t>ln</t></r><r><t>g</t></r><rPh><t>x</t></rPh></si><si><t>ci&#116;y</t></si></sst>\x1e<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1) else {
        return Err(std::io::Error::other("the folder is missing: cargo run --package fuzz --example seeds FOLDER"));
    };
    let folder = Path::new(&folder);
    let mut all: Vec<(&str, String, Vec<u8>)> = Vec::new();
    for case in demo::corpus::bad_and_odd() {
        let seeds = targets(case.name, &case.bytes).into_iter().enumerate();
        all.extend(seeds.map(|(at, (target, bytes))| (target, format!("{}-{at}", case.name), bytes)));
    }
    for (target, name, bytes) in sheets() {
        let content = if target == "xlsx" { parts(&bytes).unwrap_or_default() } else { bytes };
        all.push((target, format!("small-{name}"), [&[u8::from(name != "uszips")], content.as_slice()].concat()));
        if let Some(at) = content.windows(8).position(|window| window[..6] == [9, 8, 16, 0, 0, 6]).filter(|_| target == "xls") {
            all.push((target, format!("small-{name}-records"), [&[1], &content[at..]].concat()));
        }
    }
    all.push(("xlsx", "small-cells".to_owned(), [b"\0", SHEET.as_bytes()].concat()));
    for (at, text) in
        ["-66.7\x1f=1+1\x1f@x\x1f'=y\x1f+1\x1e\x1f\"quoted\", text\x1fa\nb", "\x1f-\x1f'\x1f''=x\x1f\tx", "\x1fA\u{f1}asco\x1f \u{a0}"]
            .iter()
            .enumerate()
    {
        all.push(("corrections", format!("fields-{at}"), [&[at as u8], text.as_bytes()].concat()));
    }
    for (target, name, bytes) in all.into_iter().filter(|(target, _, bytes)| bytes.len() <= most(target)) {
        std::fs::create_dir_all(folder.join(target))?;
        std::fs::write(folder.join(target).join(name.replace(' ', "_")), bytes)?;
    }
    Ok(())
}
