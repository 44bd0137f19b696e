//! BIFF8 in a compound file, as Excel 97 to 2003 wrote it: [MS-XLS], the records without which no reader finds the cells, and those
//! few more that Excel itself insists on.

use std::collections::HashMap;
use std::io::{Cursor, Write};
use std::time::{Duration, SystemTime};

use super::{Cell, Sheet};
use crate::Error;

/// No record is longer; what is goes on in CONTINUE records.
const RECORD: usize = 8224;
/// BIFF8 has no more rows.
const ROWS: usize = 65_536;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const CODE_PAGE: u16 = 0x0042;
const WINDOW1: u16 = 0x003d;
const FONT: u16 = 0x0031;
const XF: u16 = 0x00e0;
const STYLE: u16 = 0x0293;
const BOUND_SHEET: u16 = 0x0085;
const SST: u16 = 0x00fc;
const CONTINUE: u16 = 0x003c;
const DIMENSIONS: u16 = 0x0200;
const WINDOW2: u16 = 0x023e;
const LABEL_SST: u16 = 0x00fd;
const NUMBER: u16 = 0x0203;
/// The first cell format; those before it are of styles.
const CELL_FORMAT: u16 = 15;

/// The bytes of the workbook.
pub(super) fn bytes(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    if sheet.rows.len() > ROWS {
        let message = format!("a sheet of {} rows does not fit into an .xls workbook, which holds {ROWS}", sheet.rows.len());
        return Err(Error::Container(std::io::Error::new(std::io::ErrorKind::InvalidInput, message)));
    }
    compound(&[("/Workbook", &stream(sheet))])
}

/// A compound file with these streams. The root's date is fixed; streams have none.
pub(crate) fn compound(streams: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let fixed = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    for (path, bytes) in streams {
        file.create_stream(path)?.write_all(bytes)?;
    }
    file.set_created_time("/", fixed)?;
    file.set_modified_time("/", fixed)?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

fn record(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(body);
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// BOF: version, what follows (5 the workbook's own records, 16 a sheet), and the program that wrote it.
fn bof(of: u16) -> Vec<u8> {
    words(&[0x0600, of, 0x0dbb, 0x07cc, 0, 0, 6, 0])
}

/// The characters of a string: a flag, and a byte for each where Latin-1 suffices, two where not.
fn characters(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let narrow: Option<Vec<u8>> = units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    match narrow {
        Some(bytes) => [vec![0], bytes].concat(),
        None => [vec![1], words(&units)].concat(),
    }
}

/// The stream `Workbook`: the workbook's own records, then the sheet's.
fn stream(sheet: &Sheet) -> Vec<u8> {
    let (strings, indexes, total) = strings(sheet);
    let mut out = Vec::new();
    record(&mut out, BOF, &bof(5));
    record(&mut out, CODE_PAGE, &words(&[1200]));
    record(&mut out, WINDOW1, &words(&[0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 600]));
    for _ in 0..5 {
        record(&mut out, FONT, &[words(&[200, 0, 0x7fff, 400, 0, 0, 0]), vec![5], characters("Arial")].concat());
    }
    for index in 0..=CELL_FORMAT {
        let (style, used) = if index == CELL_FORMAT { (0x0001, 0) } else { (0xfff5, 0xf400) };
        record(&mut out, XF, &words(&[0, 0, style, 0x0020, used, 0, 0, 0, 0, 0x20c0]));
    }
    // The style "Normal", built in.
    record(&mut out, STYLE, &[0x00, 0x80, 0x00, 0xff]);
    let name = [vec![sheet.name.encode_utf16().count() as u8], characters(sheet.name)].concat();
    let position = out.len() + 4;
    record(&mut out, BOUND_SHEET, &[vec![0; 6], name].concat());
    string_table(&mut out, &strings, total);
    record(&mut out, EOF, &[]);
    let begin = (out.len() as u32).to_le_bytes();
    out[position..position + 4].copy_from_slice(&begin);
    record(&mut out, BOF, &bof(16));
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0) as u16;
    let rows = (sheet.rows.len() as u32).to_le_bytes();
    record(&mut out, DIMENSIONS, &[vec![0; 4], rows.to_vec(), words(&[0, width, 0])].concat());
    for (row, cells) in (0..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            let place = words(&[row, column, CELL_FORMAT]);
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => record(&mut out, LABEL_SST, &[place, indexes[text.as_str()].to_le_bytes().to_vec()].concat()),
                Cell::Number(number) => record(&mut out, NUMBER, &[place, number.to_le_bytes().to_vec()].concat()),
            }
        }
    }
    record(&mut out, WINDOW2, &words(&[0x06b6, 0, 0, 0x40, 0, 0, 0, 0, 0]));
    record(&mut out, EOF, &[]);
    out
}

/// The sheet's distinct strings in order of appearance, their indexes, and how many cells have one.
fn strings(sheet: &Sheet) -> (Vec<&str>, HashMap<&str, u32>, u32) {
    let (mut strings, mut indexes, mut total) = (Vec::new(), HashMap::new(), 0);
    for cell in sheet.rows.iter().flatten() {
        if let Cell::Text(text) = cell {
            total += 1;
            indexes.entry(text.as_str()).or_insert_with(|| {
                strings.push(text.as_str());
                strings.len() as u32 - 1
            });
        }
    }
    (strings, indexes, total)
}

/// The table of strings. A string that does not fit into a record any more begins the next; none here is longer than a record.
fn string_table(out: &mut Vec<u8>, strings: &[&str], total: u32) {
    let mut kind = SST;
    let mut body = [total.to_le_bytes(), (strings.len() as u32).to_le_bytes()].concat();
    for text in strings {
        let length = text.encode_utf16().count() as u16;
        let string = [length.to_le_bytes().to_vec(), characters(text)].concat();
        if body.len() + string.len() > RECORD {
            record(out, kind, &body);
            (kind, body) = (CONTINUE, Vec::new());
        }
        body.extend(string);
    }
    record(out, kind, &body);
}
