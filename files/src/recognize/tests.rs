use model::FileKind;

use super::recognize;
use crate::refusal::{Reason, Refusal};
use crate::testing::{file, recognized};

const ZIPS: &str = "zip,lat,lng,city,state_id,state_name,population,density,county_name,timezone";
const USPS: &str = "Origin_ZIP_Code,Destination_ZIP_Code,PRI_Service_Standard,GAL_Service_Standard,MKT_Service_Standard,PER_Service_Standard,PKG_Service_Standard,FCM_Service_Standard,GAH_Service_Standard,PFC_Service_Standard";

fn refusal(content: &[u8]) -> Refusal {
    recognized(content, "uszips.csv").expect_err("is refused")
}

#[test]
fn publishers_files_are_recognized() {
    let zips =
        recognized(format!("{ZIPS},zcta\r\n\"00601\",18.1,-66.7,Adjuntas,PR,Puerto Rico,1,2.0,Adjuntas,X,TRUE\r\n").as_bytes(), "a.csv")
            .expect("us-zips");
    assert_eq!((zips.kind, zips.notes.as_slice()), (FileKind::UsZips, ["Ignored columns: zcta.".to_owned()].as_slice()));
    assert!(zips.drift.is_none() && zips.correction.is_none() && zips.release.is_none());

    let tab = "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG         \n00601\t1\t2\t3.\t0.\t18.1\t-66.7    \n";
    let gazetteer = recognized(tab.as_bytes(), "2017_Gaz_zcta_national.txt").expect("gaz-zcta");
    assert_eq!((gazetteer.kind, gazetteer.notes.len()), (FileKind::GazZcta, 0));
    assert_eq!(gazetteer.release.expect("a release").as_str(), "2017");
    let pipe = "GEOID|GEOIDFQ|ALAND|AWATER|ALAND_SQMI|AWATER_SQMI|INTPTLAT|INTPTLONG\n00601|x|1|2|3|4|5|6\n";
    let gazetteer = recognized(pipe.as_bytes(), "2025_Gaz_zcta_national.txt").expect("gaz-zcta");
    assert!(gazetteer.drift.is_none());
    assert_eq!(gazetteer.notes, ["Ignored columns: GEOIDFQ."]);

    let usps = recognized(format!("{USPS}\n010,006,3,5,10,9,6,5,6,4\n").as_bytes(), "3D_Base_Service_Standard_Directory_03012025.csv")
        .expect("usps-3d");
    assert_eq!((usps.kind, usps.release.expect("a release").as_str()), (FileKind::Usps3d, "2025-03-01"));

    let ground = recognized(b"28602,00501,NY,2,\n28602,99501,AK,7,\n", "28602_Outbound.csv").expect("ups-ground");
    assert_eq!((ground.kind, ground.header.len()), (FileKind::UpsGround, 0));
    let ground = recognized(b"Origin,Destination,State,Days\n28602,00501,NY,2\n", "28602.csv").expect("ups-ground");
    assert_eq!((ground.kind, ground.header.len()), (FileKind::UpsGround, 4));
}

#[test]
fn copies_saved_again_are_recognized() {
    let rows = "601;18.1;-66.7;Añasco;PR;1\n602;18.1;-66.7;Añasco;PR;1\n";
    let text = format!("ZIP;Lat;LNG;city ;state;population;;\n{rows}");
    let latin: Vec<u8> = text.chars().map(|character| character as u8).collect();
    let marked: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (content, note) in [
        (text.as_bytes(), None),
        (format!("\u{feff}{text}").as_bytes(), None),
        (text.replace('\n', "\r\n").as_bytes(), None),
        (text.replace('\n', "\r").as_bytes(), None),
        (text.replace(';', "|").as_bytes(), None),
        (text.replace(';', "\t").as_bytes(), None),
        (format!("sep=;\n{text}").as_bytes(), None),
        (format!("US ZIPs, a copy\n\n{text}").as_bytes(), None),
        (text.replace("ZIP;Lat", "'ZIP';'Lat'").replace("601;18.1", "'601';'18.1'").as_bytes(), None),
        (&latin, Some("Read as Windows-1252, as it is not UTF-8.")),
        (&marked, Some("Read as UTF-16.")),
        (&big, Some("Read as UTF-16.")),
    ] {
        let zips = recognized(content, "copy.csv").expect("us-zips");
        assert_eq!(zips.kind, FileKind::UsZips);
        assert_eq!(zips.drift.renamed, [("state".to_owned(), "state_id".to_owned())]);
        assert_eq!(zips.drift.missing, ["state_name", "density", "county_name", "timezone"]);
        assert_eq!(zips.notes.iter().find(|note| note.starts_with("Read as")).map(String::as_str), note);
        assert!(!zips.notes.iter().any(|note| note.contains("line break")), "{:?}", zips.notes);
    }
    let cut = recognized(text.trim_end().as_bytes(), "copy.csv").expect("us-zips");
    assert!(cut.notes.iter().any(|note| note.starts_with("The file does not end with a line break")));
}

#[test]
fn every_refusal_of_a_text_says_what_where_and_what_to_do() {
    let header_only = format!("{ZIPS}\r\n");
    for (content, reason, message) in [
        (b"".as_slice(), Reason::Empty, "uszips.csv is empty: it has 0 bytes. Download it again."),
        (b"\r\n \r\n", Reason::Empty, "uszips.csv is empty: it holds nothing but blanks and line breaks. Download it again."),
        (
            b"<!DOCTYPE html><html><body>Sign in</body></html>",
            Reason::WebPage,
            "uszips.csv is an HTML page, not a table: the download answered with a web page. Open it in a browser to see what it says, and download the file again.",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 6\n",
            Reason::GitLfsPointer,
            "uszips.csv is a Git LFS pointer, not the file itself. Fetch the file with `git lfs pull`, or ask whoever keeps it.",
        ),
        (
            b"7z\xbc\xaf\x27\x1c\0\x04",
            Reason::Archive,
            "uszips.csv is an archive (7Z), which is not opened here: only .zip and .gz are, and none inside another. Unpack it and import the files that it holds.",
        ),
        (
            b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
            Reason::NotATable,
            "uszips.csv is a picture (GIF), not a table. Choose the file that holds the rows.",
        ),
        (
            b"a\0b",
            Reason::Binary,
            "uszips.csv is binary data, not a table of text: its first bytes are no characters. Choose the CSV, the text or the workbook itself.",
        ),
        (
            b"zip,lat,lng,city\n00601,\0,",
            Reason::Binary,
            "uszips.csv is damaged: line 2 holds a byte of zero, which no text does. Get the file again.",
        ),
        (&[b'\n'; 70_000], Reason::Empty, "uszips.csv begins with 64 KiB of blanks and line breaks. Remove them, or download it again."),
        (
            b"name,age\nAda,36\n",
            Reason::UnknownHeader,
            "uszips.csv is not recognized: its first rows must name the columns of us-zips (zip, lat, lng, …) or gaz-zcta (geoid, aland, awater, …) or usps-3d (origin_zip_code, destination_zip_code, pri_service_standard, …), but line 1, with commas between its fields, reads \"name, age\". Choose another file, or name its columns so.",
        ),
        (
            b"zip,lat,lng,city,population\n00601,1,2,x,3\n",
            Reason::MissingColumns,
            "uszips.csv looks like a us-zips file, but line 1 has no column state_id. It has: zip, lat, lng, city, population. Get the file with these columns, or name them so.",
        ),
        (
            header_only.as_bytes(),
            Reason::NoRows,
            "uszips.csv is a us-zips file with a header on line 1 and no rows below it. Download it again.",
        ),
    ] {
        let refused = refusal(content);
        assert_eq!((refused.reason, refused.message.as_str()), (reason, message));
    }
}

#[test]
fn another_product_of_the_publisher_is_refused() {
    let content = b"USPS\tGEOID\tANSICODE\tNAME\tALAND\tAWATER\tINTPTLAT\tINTPTLONG\nAL\t01001\t00161526\tAutauga County\t1\t2\t3\t4\n";
    let refused = recognized(content, "2017_Gaz_counties_national.txt").expect_err("is refused");
    assert_eq!((refused.reason, refused.kind), (Reason::OtherProduct, Some(FileKind::GazZcta)));
    assert_eq!(
        refused.message,
        "2017_Gaz_counties_national.txt is no gaz-zcta file: line 1 also has the columns USPS, ANSICODE, NAME, so it is a gazetteer of counties, places or other areas, whose codes are no ZIPs. Choose YYYY_Gaz_zcta_national.txt."
    );
}

#[test]
fn a_column_that_stands_there_twice_is_refused() {
    let content = format!("{ZIPS},Zip\n00601,1,2,x,PR,x,1,2,y,z,00602\n");
    let refused = recognized(content.as_bytes(), "a.csv").expect_err("is refused");
    assert_eq!((refused.reason, refused.kind), (Reason::AmbiguousColumns, Some(FileKind::UsZips)));
    assert_eq!(
        refused.message,
        "a.csv is a us-zips file, but line 1 has two columns zip. Rename or remove the one that does not count and import the file again."
    );
    // Of a column that nobody reads there may be several.
    assert!(recognized(format!("{ZIPS},zcta,zcta\n00601,1,2,x,PR,x,1,2,y,z,,\n").as_bytes(), "a.csv").is_ok());
}

#[test]
fn utf8_with_a_few_wrong_bytes_stays_utf8_and_says_so() {
    let mut content = format!("{ZIPS}\n00601,1,2,A\u{f1}asco,PR,x,1,2,y,z\n00602,1,2,").into_bytes();
    content.extend(b"\xff\xfe,PR,x,1,2,y,z\n");
    let found = crate::testing::read_file(&content, "a.csv", false);
    assert_eq!(
        found.recognized.notes,
        ["Read as UTF-8, although 2 bytes are not: a row that holds one in a column that is used is rejected."]
    );
    assert_eq!((found.rows.len(), found.rows[0][3].as_str()), (1, "A\u{f1}asco"));
    assert_eq!((found.rejects[0].breach, found.rejects[0].column), (crate::Breach::NotText, Some("city")));
}

#[test]
fn another_kind_than_wanted_is_refused() {
    let content = b"GEOID\tALAND\tAWATER\tINTPTLAT\tINTPTLONG\n00601\t1\t2\t3\t4\n";
    let refused = recognize(file(content).path(), "gaz.txt", Some(FileKind::UsZips)).expect("reads").expect_err("is refused");
    assert_eq!(refused.message, "gaz.txt is a gaz-zcta file, not us-zips. Import it as gaz-zcta, or choose a us-zips file.");
    assert_eq!((refused.reason, refused.kind), (Reason::OtherKind, Some(FileKind::GazZcta)));
    let nothing = recognize(file(b"a,b\n1,2\n").path(), "x.csv", Some(FileKind::GazZcta)).expect("reads").expect_err("is refused");
    assert!(nothing.message.contains("gaz-zcta (geoid, aland, awater, intptlat, intptlong), but"), "{}", nothing.message);
}

#[test]
fn a_name_like_that_of_a_transit_file_says_what_its_rows_should_be() {
    let refused = recognized(b"one,two\n1,2\n", "28602_Outbound.csv").expect_err("is refused");
    assert_eq!(refused.reason, Reason::UnknownHeader);
    assert_eq!(refused.kind, Some(FileKind::UpsGround));
    assert_eq!(
        refused.message,
        "28602_Outbound.csv is not recognized: the rows of a ups-ground file hold origin ZIP, destination ZIP, two-letter state of the destination, days in transit and nothing else, but line 1 reads \"one, two\". Choose the file as UPS provides it."
    );
}

#[test]
fn a_correction_names_its_run() {
    let header = "origin,destination,state,days,handled_run,handled_line,handled_column,handled_problem";
    let run = "0198a2b4-0000-7000-8000-000000000001";
    let found =
        recognized(format!("{header}\r\n28602,00501,NY,2,{run},7,days,is empty\r\n").as_bytes(), "rejected.csv").expect("a correction");
    assert_eq!((found.kind, found.correction.expect("a run").as_str()), (FileKind::UpsGround, run));
    assert!(found.drift.is_none() && found.release.is_none());
    for empty in ["", "a b"] {
        let refused =
            recognized(format!("{header}\r\n28602,00501,NY,2,{empty},7,days,is empty\r\n").as_bytes(), "rejected.csv").expect_err("no run");
        assert_eq!(refused.reason, Reason::MissingColumns);
        assert!(refused.message.contains("line 2 does not say of which run"), "{}", refused.message);
    }
    // Without its run it would be taken for a whole table.
    let refused = recognized(b"origin,destination,state,days,handled_line\r\n28602,00501,NY,2,7\r\n", "rejected.csv").expect_err("no run");
    assert_eq!(refused.reason, Reason::MissingColumns);
    assert!(refused.message.contains("line 1 has no column handled_run"), "{}", refused.message);
}

/// A workbook with one sheet that holds these rows.
fn workbook(rows: &str) -> Vec<u8> {
    let sheet =
        format!("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>");
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        std::io::Write::write_all(&mut writer, content.as_bytes()).expect("writes");
    }
    writer.finish().expect("finishes").into_inner()
}

/// A sheet's row of texts, and numbers where they are.
fn sheet_row(number: u32, fields: &str) -> String {
    let cells = fields.split(',').zip('A'..).map(|(field, column)| match field.parse::<f64>() {
        Ok(_) => format!("<c r=\"{column}{number}\"><v>{field}</v></c>"),
        Err(_) => format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{field}</t></is></c>"),
    });
    format!("<row r=\"{number}\">{}</row>", cells.collect::<String>())
}

#[test]
fn a_workbook_with_a_header_is_recognized_and_read() {
    let header = sheet_row(3, "zip,lat,lng,city,state,population");
    let content = workbook(&format!("{}{header}{}", sheet_row(1, "US ZIPs"), sheet_row(4, "601,18.18,-66.75,Adjuntas,PR,16721")));
    let found = crate::testing::read_file(&content, "uszips.xlsx", true);
    assert_eq!(found.recognized.kind, FileKind::UsZips);
    assert_eq!(found.recognized.notes[0], "The columns are named on line 3; what stands above is ignored.");
    assert_eq!(found.rows[0][..7], ["00601", "18.18", "-66.75", "Adjuntas", "PR", "null", "16721"]);
    assert_eq!(found.report.expect("whole").first_leading_zeros.as_deref(), Some("line 4, zip 601 as 00601"));

    for (rows, reason) in [
        (header.clone(), Reason::NoRows),
        (sheet_row(1, "zip,lat,lng,city") + &sheet_row(2, "00601,1,2,x"), Reason::MissingColumns),
        (sheet_row(1, "name,age") + &sheet_row(2, "Ada,36"), Reason::UnknownHeader),
        (String::new(), Reason::BrokenWorkbook),
    ] {
        let refused = recognized(&workbook(&rows), "uszips.xlsx").expect_err("is refused");
        assert_eq!(refused.reason, reason, "{}", refused.message);
        assert!(refused.message.starts_with("uszips.xlsx "), "{}", refused.message);
    }
}

#[test]
fn pages_with_tables_that_are_none_of_ours_are_pages() {
    let refused =
        recognized(b"<html><body><table><tr><td>User</td><td>Password</td></tr></table></body></html>", "005.xls").expect_err("is refused");
    assert_eq!(refused.reason, Reason::WebPage, "{}", refused.message);
}

#[test]
fn workbooks_that_cannot_be_read_are_refused() {
    for (content, reason) in [
        (b"PK\x03\x04 and then nothing".as_slice(), Reason::BrokenWorkbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", Reason::BrokenWorkbook),
    ] {
        let refused = recognized(content, "005.xls").expect_err("is refused");
        assert_eq!(refused.reason, reason, "{}", refused.message);
    }
}
