//! Workbooks that cannot be opened, and documents that only look like workbooks.

use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::Cases;
use crate::sheet::{Cell, Format, Sheet, compound};
use crate::us_zips::{Codes, us_zips_sheet};
use crate::zone_chart::{Chart, zone_chart};

/// An archive of these entries, packed, dated 1980.
pub(super) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    zipped(entries, CompressionMethod::Deflated)
}

/// An archive of these entries as they are.
fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    zipped(entries, CompressionMethod::Stored)
}

fn zipped(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).compression_method(method);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, options).expect("an entry in memory");
        zip.write_all(bytes).expect("bytes in memory");
    }
    zip.finish().expect("an archive in memory").into_inner()
}

fn container(streams: &[(&str, &[u8])]) -> Vec<u8> {
    compound(streams).expect("a container in memory")
}

/// The same without its last part.
pub(super) fn cut(bytes: &[u8], part: usize) -> Vec<u8> {
    bytes[..bytes.len() * part / 100].to_vec()
}

pub(super) fn add(cases: &mut Cases) {
    let xlsx = zone_chart(&cases.country, "010", &Chart::default()).expect("a chart");
    let biff = zone_chart(&cases.country, "010", &Chart { format: Format::Biff, ..Chart::default() }).expect("a chart");

    // [MS-OFFCRYPTO]: the workbook as a whole is a stream of a compound file, beside how it is encrypted.
    let information = [b"\x04\0\x04\0\x40\0\0\0".as_slice(), b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><encryption/>"].concat();
    let locked = container(&[("/EncryptionInfo", &information), ("/EncryptedPackage", &[0x5a; 4096])]);
    cases.add("030.xlsx", "A workbook that a password protects.", locked.clone());
    cases.add("uszips-locked.xlsx", "A list of ZIPs that a password protects.", locked);
    // A FILEPASS record right after the first BOF says that the rest is encrypted.
    let bof = b"\x09\x08\x10\0\0\x06\x05\0\xbb\x0d\xcc\x07\0\0\0\0\x06\0\0\0";
    let filepass = [bof.as_slice(), b"\x2f\0\x06\0\0\0\x01\x02\x03\x04", &[0xa5; 4200]].concat();
    cases.add("031.xls", "An Excel 97 workbook that a password protects.", container(&[("/Workbook", &filepass)]));

    cases.add(
        "032.xls",
        "A Word document that is called a workbook.",
        container(&[("/WordDocument", &[0xec; 4600]), ("/1Table", &[0; 4096])]),
    );
    cases.add("message.msg", "A message of Outlook.", container(&[("/__properties_version1.0", &[0; 64])]));
    let types =
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let word = archive(&[("[Content_Types].xml", types), ("_rels/.rels", b"<Relationships/>"), ("word/document.xml", b"<w:document/>")]);
    cases.add("033.xlsx", "A Word document in the new format that is called a workbook.", word);
    let slides =
        archive(&[("[Content_Types].xml", types), ("_rels/.rels", b"<Relationships/>"), ("ppt/presentation.xml", b"<p:presentation/>")]);
    cases.add("rates.pptx", "A presentation.", slides);
    let open = stored(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<office:document-content/>")]);
    cases.add("uszips.ods", "A workbook of LibreOffice in its own format.", open);

    cases.add("034.xlsx", "A workbook that a broken transfer cut in half.", cut(&xlsx, 50));
    cases.add("035.xls", "An Excel 97 workbook that a broken transfer cut in half.", cut(&biff, 50));
    let mut broken = xlsx.clone();
    let middle = broken.len() / 2;
    for byte in &mut broken[middle..middle + 400] {
        *byte ^= 0x55;
    }
    cases.add("036.xlsx", "A workbook with 400 wrong bytes in its middle.", broken);
    cases.add("037.xls", "A compound file without a workbook.", container(&[("/Contents", &[1; 600])]));

    let sheet = |rows| Sheet { name: "Sheet1", rows };
    cases.add("038.xlsx", "A workbook whose only sheet is empty.", sheet(Vec::new()).bytes(Format::Xlsx).expect("a workbook"));
    let budget = vec![
        vec![Cell::from("Month"), Cell::from("Cost")],
        vec![Cell::from("January"), Cell::Number(12.5)],
        vec![Cell::from("February"), Cell::Number(11.0)],
    ];
    cases.add("budget.xlsx", "A workbook of another sort.", sheet(budget).bytes(Format::Xlsx).expect("a workbook"));

    for (name, what, codes, format) in [
        ("uszips-text.xlsx", "ZIPs in a workbook, as text.", Codes::Text, Format::Xlsx),
        ("uszips-numbers.xlsx", "ZIPs in a workbook as numbers, so that leading zeros are lost.", Codes::Numbers, Format::Xlsx),
        ("uszips-text.xls", "ZIPs in an Excel 97 workbook, as text.", Codes::Text, Format::Biff),
        ("uszips-numbers.xls", "ZIPs in an Excel 97 workbook as numbers, so that leading zeros are lost.", Codes::Numbers, Format::Biff),
    ] {
        let bytes = us_zips_sheet(&cases.country, codes).bytes(format).expect("a workbook");
        cases.add(name, what, bytes);
    }
    let mut dates = us_zips_sheet(&cases.country, Codes::Text);
    dates.rows[3][8] = Cell::from("many");
    cases.add("uszips-word.xlsx", "ZIPs in a workbook, one population of which is a word.", dates.bytes(Format::Xlsx).expect("a workbook"));
}
