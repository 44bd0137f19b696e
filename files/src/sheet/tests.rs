//! Workbooks and pages of all sorts, read back, and laid beside what `calamine` reads.

mod hostile;
mod html;
mod xls;
mod xlsx;

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::testing::file;

/// The rows of a file as `line: field|field`, or what is wrong with it.
fn rows_at(path: &Path, format: SheetFormat) -> Result<Vec<String>, String> {
    let (rows, read) = all(open(path, format, "test").map_err(said)?)?;
    let length = std::fs::metadata(path).expect("a file").len();
    assert!(read <= length, "{read} of {length} bytes read");
    Ok(rows)
}

fn said(damage: Damage) -> String {
    match damage {
        Damage::Damaged(what) => what,
        Damage::Io(error) => panic!("{error}"),
    }
}

/// All rows, and how many bytes were said to have been read for them.
fn all(mut rows: Box<dyn Rows>) -> Result<(Vec<String>, u64), String> {
    let (mut row, mut all, mut read) = (Row::default(), Vec::new(), 0);
    while rows.read(&mut row).map_err(said)? {
        let fields: Vec<_> = row.fields.iter().map(|field| std::str::from_utf8(field).expect("UTF-8")).collect();
        all.push(format!("{}: {}", row.line, fields.join("|")));
        assert!(rows.bytes_read() >= read, "progress goes on");
        read = rows.bytes_read();
    }
    Ok((all, read))
}

fn rows_of(bytes: &[u8], format: SheetFormat) -> Result<Vec<String>, String> {
    rows_at(file(bytes).path(), format)
}

/// The beginning of a file, by which it is recognised.
fn head(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(HEAD as usize)]
}

/// What the bytes are, as a file of this name.
fn detected(bytes: &[u8], name: &str) -> Option<Result<SheetFormat, Refusal>> {
    let found = detect(file(bytes).path(), head(bytes), name).expect("reads");
    found.map(|found| found.map(|sheet| sheet.format))
}

/// Why the bytes are refused.
fn refused(bytes: &[u8], name: &str) -> (Reason, String) {
    let refusal = detected(bytes, name).expect("a workbook").expect_err("is refused");
    assert!(refusal.message.starts_with(&format!("{name} ")) && refusal.message.ends_with('.'), "{}", refusal.message);
    (refusal.reason, refusal.message)
}

/// The rows of a workbook's first sheet, read by `calamine`.
fn rows_of_calamine(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).expect("reads");
    let mut workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).expect("opens");
    let range = workbook.worksheet_range_at(0).expect("a sheet").expect("reads");
    let (first_row, first_column) = range.start().unwrap_or_default();
    let (mut all, mut widest) = (Vec::new(), 0);
    for (index, cells) in range.rows().enumerate() {
        let mut fields = vec![String::new(); first_column as usize];
        fields.extend(cells.iter().map(|cell| match cell {
            Data::Empty => String::new(),
            Data::Bool(value) => value.to_string().to_uppercase(),
            Data::Float(value) => value.to_string(),
            other => other.to_string().trim().to_owned(),
        }));
        while fields.last().is_some_and(String::is_empty) {
            fields.pop();
        }
        if !fields.is_empty() {
            widest = widest.max(fields.len());
            fields.resize(widest, String::new());
            all.push(format!("{}: {}", first_row as usize + index + 1, fields.join("|")));
        }
    }
    all
}

/// An archive of these entries.
fn archive(entries: &[(&str, &[u8])], compression: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(compression)).expect("an entry");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// The folder of real files, where there is one.
fn real_files() -> Option<PathBuf> {
    let folder = std::env::var_os("HANDLED_REAL_FILES").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: HANDLED_REAL_FILES names no folder");
    }
    folder
}

#[test]
fn real_charts_are_read_as_calamine_reads_them() {
    let Some(folder) = real_files() else { return };
    for name in ["005.xlsx", "010.xlsx", "011.xlsx", "012.xlsx", "013.xlsx"] {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).expect("reads");
        assert_eq!(detected(&bytes, name), Some(Ok(SheetFormat::Xlsx)));
        assert_eq!(rows_at(&path, SheetFormat::Xlsx), Ok(rows_of_calamine(&path)), "{name}");
    }
}

#[test]
fn other_files_are_no_sheets() {
    let zip = archive(&[("005.csv", b"a,b\n1,2\n")], CompressionMethod::Deflated);
    for (name, bytes) in [
        ("a.csv", b"zip,lat\n00601,18\n".as_slice()),
        ("a.xlsx", b""),
        ("a.xls", b"\x89PNG\r\n\x1a\n"),
        ("a.zip", &zip),
        ("a.zip", &zip[..zip.len() - 30]),
        ("a.csv", b"<3 hearts,1\n"),
        ("a.xml", b"<?xml version=\"1.0\"?><rows><row/></rows>"),
    ] {
        assert_eq!(detected(bytes, name), None, "{name}");
    }
}
