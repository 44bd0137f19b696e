//! Workbooks made of parts that a fuzzer changes, in a container that is whole: its check sums would stop nearly every change.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

/// What stands between the parts of an input: no character of XML.
pub(crate) const SEPARATOR: u8 = 0x1e;

const CONTENT_TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";
const RELATIONS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const WORKBOOK: &str = "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
const WORKBOOK_RELATIONS: &str = "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"r3\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>";

/// The parts that an input may hold, in its order, with what stands there if it does not. Names are the container's.
pub(crate) const PARTS: [(&str, &str); 5] = [
    ("xl/worksheets/sheet1.xml", ""),
    ("xl/sharedStrings.xml", "<sst/>"),
    ("xl/styles.xml", "<styleSheet/>"),
    ("xl/workbook.xml", WORKBOOK),
    ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
];

/// The workbook of an input's parts.
pub(crate) fn workbook(input: &[u8]) -> Vec<u8> {
    let mut given = input.split(|byte| *byte == SEPARATOR);
    let parts = PARTS.map(|(name, otherwise)| (name, given.next().filter(|part| !part.is_empty()).unwrap_or(otherwise.as_bytes())));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).compression_method(zip::CompressionMethod::Stored);
    let fixed = [("[Content_Types].xml", CONTENT_TYPES.as_bytes()), ("_rels/.rels", RELATIONS.as_bytes())];
    for (name, content) in fixed.into_iter().chain(parts) {
        writer.start_file(name, options).expect("an entry in memory");
        writer.write_all(content).expect("bytes in memory");
    }
    writer.finish().expect("an archive in memory").into_inner()
}
