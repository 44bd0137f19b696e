//! An HTML table.

use super::{Cell, Sheet};

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The bytes of a page that holds the sheet as a table; every row as wide as the widest, as spreadsheets write it.
pub(super) fn bytes(sheet: &Sheet) -> Vec<u8> {
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut html = format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n\
         <title>{}</title>\r\n<style>td {{ mso-number-format: \"\\@\"; }}</style>\r\n</head>\r\n<body>\r\n<table border=\"1\">\r\n",
        escaped(sheet.name)
    );
    for row in &sheet.rows {
        html.push_str("<tr>");
        for column in 0..width {
            let text = match row.get(column) {
                None | Some(Cell::Empty) => "&nbsp;".to_owned(),
                Some(Cell::Text(text)) => escaped(text),
                Some(Cell::Number(number)) => number.to_string(),
            };
            html.push_str("<td>");
            html.push_str(&text);
            html.push_str("</td>");
        }
        html.push_str("</tr>\r\n");
    }
    html.push_str("</table>\r\n</body>\r\n</html>\r\n");
    html.into_bytes()
}
