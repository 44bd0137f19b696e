//! HTML tables named `.xls`.

use super::*;

fn rows(page: &str) -> Result<Vec<String>, String> {
    rows_of(page.as_bytes(), SheetFormat::Html)
}

fn expect(page: &str, expected: &[&str]) {
    assert_eq!(rows(page), Ok(expected.iter().map(|row| (*row).to_owned()).collect()), "{page}");
}

const TABLE: &str = "<table><tr><th>Dest. ZIP</th><th>Ground</th></tr><tr><td>005</td><td>Añasco</td></tr></table>";

#[test]
fn tables_are_told_from_pages() {
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let latin: Vec<u8> = TABLE.chars().map(|character| u8::try_from(u32::from(character)).expect("Latin-1")).collect();
    let excel = format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><style><!-- table {{}} --></style></head><body>{TABLE}</body></html>"
    );
    for bytes in [
        TABLE.as_bytes().to_vec(),
        format!(" \r\n\u{feff}{TABLE}").into_bytes(),
        format!("\u{feff}<!DOCTYPE html>{TABLE}").into_bytes(),
        excel.into_bytes(),
        format!("<?xml version=\"1.0\"?><html>{TABLE}</html>").into_bytes(),
        utf16(&format!("\u{feff}{TABLE}")),
        utf16(TABLE),
        latin,
    ] {
        assert_eq!(detected(&bytes, "005.xls"), Some(Ok(SheetFormat::Html)), "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(rows_of(&bytes, SheetFormat::Html).expect("rows")[1], "2: 005|Añasco");
    }
    for page in [
        "<html><body><h1>404 Not Found</h1></body></html>",
        "<html><body><table><tr><td>User</td><td><input name=u></td></tr><tr><td>Password</td><td><input type=password></td></tr></table></body></html>",
        "<html><body><form><table><tr><td>User</td><td>you</td></tr><tr><td>Password</td><td>secret</td></tr></table></form></body></html>",
        "<html><body><table><tr><td>Home</td><td>About</td><td>Contact</td></tr></table><p>Sign in</p></body></html>",
        "<html><script>document.write('<table><tr><td>a</td><td>b</td></tr><tr><td>a</td><td>b</td></tr></table>')</script></html>",
        "<!-- <table><tr><td>a</td><td>b</td></tr><tr><td>a</td><td>b</td></tr></table> --><html></html>",
    ] {
        assert_eq!(detected(page.as_bytes(), "005.xls"), None, "{page}");
    }
    let spreadsheet = "<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet/></Workbook>";
    assert!(refused(spreadsheet.as_bytes(), "005.xls").1.contains("XML spreadsheet of Excel 2003"));
}

#[test]
fn cells_are_read_however_they_are_written() {
    expect(
        "<table border=1><TR class='a'><TD>a &amp; b&nbsp;<TD> <b>c</b>\n d<br>e<tr><td><font>005</font></td><td x:num=\"1\">&#48;1</td></tr></table>",
        &["1: a & b|c d e", "2: 005|01"],
    );
    expect("<table><tr><td colspan=3>title</td><td>x</td></tr><tr><td>1<td>2<td>3<td>4</table>", &["1: title|||x", "2: 1|2|3|4"]);
    expect("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>", &["1: a|b", "2: |c", "3: d|"]);
    expect("<table><tr><td>&nbsp;</td></tr><tr><td colspan=0 rowspan=x>1</td><td>2</td></tr></table>", &["2: 1|2"]);
    expect("<p>before</p><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><p>after", &["1: a", "2: 1"]);
}

#[test]
fn tables_in_tables_and_side_by_side_make_one_sheet() {
    expect("<table><tr><td>title</td></tr></table><table><tr><td>1</td><td>2</td></tr></table>", &["1: title", "2: 1|2"]);
    expect("<table><tr><td><table><tr><td>1</td><td>2</td></tr></table></td></tr><tr><td>foot</td></tr></table>", &["1: 1|2", "3: foot|"]);
    let deep = format!("{}{}", "<table><tr><td>".repeat(500), "</table>".repeat(500));
    expect(&deep, &[]);
}

#[test]
fn a_table_that_is_cut_is_damaged() {
    let damage = rows(&TABLE[..TABLE.len() - 10]).expect_err("is damaged");
    assert!(damage.starts_with("is a damaged workbook: its table breaks off after row 1."), "{damage}");
}

#[test]
fn nothing_grows_without_bound() {
    let text = format!("<table><tr><td>1</td><td>2</td></tr><tr><td>{}", "x".repeat(6 << 20));
    assert!(rows(&text).expect_err("is damaged").contains("longer than 4 MiB"));
    let tag = format!("<table><tr><td {}", "x".repeat(6 << 20));
    assert!(rows(&tag).expect_err("is damaged").contains("longer than 4 MiB"));
    let runs = format!("<table><tr><td>{}", "<b>x</b> y ".repeat(2 << 20));
    assert!(rows(&runs).expect_err("is damaged").contains("more than 16384 cells or 4 MiB"));
    let cells = format!("<table><tr>{}", "<td>".repeat(20_000));
    assert!(rows(&cells).expect_err("is damaged").contains("more than 16384 cells"));
    let wide = format!("<table>{}</table>", "<tr><td colspan=1000 rowspan=65534>a".repeat(100));
    assert_eq!(rows(&wide).expect("rows").len(), 17);
}
