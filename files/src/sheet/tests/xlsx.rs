//! XLSX, made by a library and by hand.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

const HEAD: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of sheets, each with its state and the content of its rows, with shared texts and styles.
pub(super) fn made(sheets: &[(&str, &str)], strings: &str, styles: &str) -> Vec<u8> {
    let list: String = (1..)
        .zip(sheets)
        .map(|(id, (state, _))| format!(r#"<sheet name="S{id}" sheetId="{id}" state="{state}" r:id="rId{id}"/>"#))
        .collect();
    let workbook = format!("<workbook {HEAD}><sheets>{list}</sheets></workbook>");
    let mut relations: String = (1..=sheets.len())
        .map(|id| format!(r#"<Relationship Id="rId{id}" Type="{RELATION}/worksheet" Target="worksheets/sheet{id}.xml"/>"#))
        .collect();
    relations.push_str(&format!(r#"<Relationship Id="rId90" Type="{RELATION}/sharedStrings" Target="/xl/sharedStrings.xml"/>"#));
    relations.push_str(&format!(r#"<Relationship Id="rId91" Type="{RELATION}/styles" Target="styles.xml"/>"#));
    let relations = format!("<Relationships>{relations}</Relationships>");
    let strings = format!("<sst {HEAD}>{strings}</sst>");
    let styles = format!("<styleSheet {HEAD}>{styles}</styleSheet>");
    let contents: Vec<(String, String)> = (1..)
        .zip(sheets)
        .map(|(id, (_, rows))| {
            (format!("xl/worksheets/sheet{id}.xml"), format!("<worksheet {HEAD}><sheetData>{rows}</sheetData></worksheet>"))
        })
        .collect();
    let mut entries: Vec<(&str, &[u8])> = vec![
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ];
    entries.extend(contents.iter().map(|(name, content)| (name.as_str(), content.as_bytes())));
    archive(&entries, CompressionMethod::Deflated)
}

fn rows(sheet: &str) -> Result<Vec<String>, String> {
    let strings = "<si><t>one</t></si><si><r><t>t</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">wo </t></r><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si><si/><si><t>a &amp; b_x000D_</t></si>";
    let styles = r#"<numFmts><numFmt numFmtId="170" formatCode="d\-mmm"/><numFmt numFmtId="171" formatCode="00000"/></numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs>"#;
    rows_of(&made(&[("visible", sheet)], strings, styles), SheetFormat::Xlsx)
}

#[test]
fn what_a_library_writes_is_read() {
    let mut workbook = Workbook::new();
    let empty = workbook.add_worksheet();
    empty.set_column_width(0, 20).expect("a width");
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    sheet.write(1, 0, "zip").expect("writes");
    sheet.write(1, 1, " Añasco ").expect("writes");
    sheet.write(1, 4, "last").expect("writes");
    sheet.write(3, 0, 601).expect("writes");
    sheet.write(3, 1, 18.18).expect("writes");
    sheet.write(3, 2, true).expect("writes");
    sheet
        .write_with_format(3, 3, ExcelDateTime::from_ymd(2022, 12, 26).expect("a date").and_hms(8, 30, 0).expect("a time"), &date)
        .expect("writes");
    sheet.write(4, 0, Formula::new("=NA()").set_result("#N/A")).expect("writes");
    sheet.write(4, 1, Formula::new("=\"a\"&\"b\"").set_result("ab")).expect("writes");
    sheet.merge_range(6, 0, 7, 2, "merged", &Format::new()).expect("merges");
    let bytes = workbook.save_to_buffer().expect("a workbook");
    assert_eq!(detected(&bytes, "a.csv"), Some(Ok(SheetFormat::Xlsx)));
    let expected = ["2: zip|Añasco|||last", "4: 601|18.18|TRUE|2022-12-26 08:30:00|", "5: #N/A|ab|||", "7: merged||||"];
    assert_eq!(rows_of(&bytes, SheetFormat::Xlsx), Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn cells_are_read_however_they_are_written() {
    let sheet = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>
        <row><c t="inlineStr"><is><t>in</t><r><t> line</t></r></is></c><c r="D2" t="str"><f>A1&amp;"x"</f><v>a&lt;x</v></c></row>
        <row r="5"/><row r="7"><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="d"><v>2022-12-26</v></c><c><v> 1E3 </v></c><c s="3"><v>601</v></c></row>
        <row r="8"><c s="1"><v>44927</v></c><c s="2"><v>44927.5</v></c><c s="99"><v>1</v></c><c r="E8" t="n"><v>0.1</v></c><c/><c t="s"/></row>
        <x:row xmlns:x="urn:x" r="9"><x:c r="B9"><x:v>9</x:v></x:c></x:row>"#;
    let expected = [
        "1: one|two||a & b",
        "2: in line|||a<x",
        "7: TRUE|#REF!|2022-12-26|1000|601",
        "8: 2023-01-01|2023-01-01 12:00:00|1||0.1",
        "9: |9|||",
    ];
    assert_eq!(rows(sheet), Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn the_first_filled_sheet_is_read_and_hidden_ones_last() {
    let cell = |text: &str| format!(r#"<row r="1"><c t="inlineStr"><is><t>{text}</t></is></c></row>"#);
    let (hidden, shown, blank) = (cell("hidden"), cell("shown"), cell("  "));
    let first = |sheets: &[(&str, &str)]| rows_of(&made(sheets, "", ""), SheetFormat::Xlsx);
    assert_eq!(first(&[("hidden", &hidden), ("visible", ""), ("visible", &blank), ("visible", &shown)]), Ok(vec!["1: shown".to_owned()]));
    assert_eq!(first(&[("visible", ""), ("veryHidden", &hidden)]), Ok(vec!["1: hidden".to_owned()]));
    assert_eq!(first(&[("visible", &blank)]), Ok(Vec::new()));
    let (reason, message) = refused(&made(&[("visible", &blank)], "", ""), "a.xlsx");
    assert!(reason == Reason::BrokenWorkbook && message.contains("without a filled sheet"), "{message}");
}

#[test]
fn sheets_that_are_not_in_order_are_damaged() {
    for (sheet, message) in [
        (r#"<row r="2"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>"#, "row 2 follows row 2"),
        (r#"<row r="1048577"><c><v>1</v></c></row>"#, "row 1048577 follows row 0"),
        (r#"<row r="x"><c><v>1</v></c></row>"#, "the row after row 0 has no number"),
        (r#"<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#, "cell A1 of row 1 is not where it should be"),
        (r#"<row r="1"><c r="XFE1"><v>1</v></c></row>"#, "cell XFE1 of row 1"),
        ("<row r='1'><c r='1\n2'><v>1</v></c></row>", "cell 1 2 of row 1"),
        (r#"<row r="1"><c t="s"><v>4</v></c></row>"#, "row 1 refers to a text that there is not"),
        (r#"<row r="1"><c t="s"><v>-1</v></c></row>"#, "row 1 refers to a text that there is not"),
        (r"<c><v>1</v></c>", "a cell stands outside of the rows"),
        (r#"<row r="1"><c><v>1</v></c></c></row>"#, "expected `</row>`, but `</c>` was found"),
        (r#"<row r="1"><c =><v>1</v></c></row>"#, "an element c is no XML"),
        (r#"<row r="1"><c><c><v>1</v></c></c></row>"#, "a cell stands outside of the rows"),
    ] {
        let damage = rows(sheet).expect_err("is damaged");
        assert!(damage.starts_with("is a damaged workbook: ") && damage.contains(message) && damage.ends_with('.'), "{damage}");
    }
}

#[test]
fn a_sheet_that_ends_within_its_rows_is_damaged() {
    let workbook = format!(r#"<workbook {HEAD}><sheets><sheet r:id="rId1"/></sheets></workbook>"#);
    let relations = format!(r#"<Relationships><Relationship Id="rId1" Type="{RELATION}/worksheet" Target="s.xml"/></Relationships>"#);
    let sheet = b"<worksheet><sheetData><row><c><v>1</v></c></row><row>";
    let entries: [(&str, &[u8]); 3] =
        [("xl/workbook.xml", workbook.as_bytes()), ("xl/_rels/workbook.xml.rels", relations.as_bytes()), ("xl/s.xml", sheet)];
    let damage = rows_of(&archive(&entries, CompressionMethod::Stored), SheetFormat::Xlsx).expect_err("is damaged");
    assert!(damage.contains("its part xl/s.xml breaks off"), "{damage}");
}

#[test]
fn dates_may_count_from_1904() {
    let workbook = format!(r#"<workbook {HEAD}><workbookPr date1904="1"/><sheets><sheet r:id="rId1"/></sheets></workbook>"#);
    let relations = format!(
        r#"<Relationships><Relationship Id="rId1" Type="{RELATION}/worksheet" Target="S.XML"/><Relationship Id="rId2" Type="{RELATION}/styles" Target="styles.xml"/></Relationships>"#
    );
    let bytes = archive(
        &[
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl\\_rels\\workbook.xml.rels", relations.as_bytes()),
            ("xl/s.xml", br#"<worksheet><sheetData><row><c s="0"><v>1</v></c></row></sheetData></worksheet>"#),
            ("xl/styles.xml", br#"<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>"#),
        ],
        CompressionMethod::Deflated,
    );
    assert_eq!(rows_of(&bytes, SheetFormat::Xlsx), Ok(vec!["1: 1904-01-02".to_owned()]));
}

#[test]
fn other_documents_and_damage_are_refused_with_what_to_do() {
    let whole = made(&[("visible", r#"<row r="1"><c><v>1</v></c></row>"#)], "", "");
    let (reason, message) = refused(&whole[..whole.len() / 2], "005.xlsx");
    assert_eq!(reason, Reason::BrokenWorkbook);
    assert!(
        message.starts_with("005.xlsx is a damaged workbook: its container cannot be opened") && message.contains("Download it again"),
        "{message}"
    );
    let word = archive(
        &[
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships><Relationship Id="a" Type="{RELATION}/officeDocument" Target="word/document.xml"/></Relationships>"#
                )
                .as_bytes(),
            ),
            ("word/document.xml", b"<x/>"),
        ],
        CompressionMethod::Deflated,
    );
    assert_eq!(refused(&word, "a.xlsx").0, Reason::NotATable);
    let binary = archive(&[("xl/workbook.bin", b"x")], CompressionMethod::Deflated);
    assert!(refused(&binary, "a.xlsb").1.contains("(.xlsb)"));
}
