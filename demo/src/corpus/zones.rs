//! Zone charts.

use super::Cases;
use super::table::Table;
use crate::sheet::{Cell, Format, Sheet};
use crate::zone_chart::{Chart, zone_chart_sheet};

/// The row of the header, and that of the title.
const HEADER: usize = 8;
const TITLE: usize = 4;

pub(super) fn add(cases: &mut Cases) {
    let usual = Chart::default();
    let charts = [
        ("100.xlsx", "A chart as UPS makes it.", "100", usual),
        ("101.xls", "A chart whose name is not that of its origin.", "100", usual),
        ("286.xls", "A chart in OOXML under the old extension, as UPS serves it.", "286", usual),
        ("303.xls", "A chart in an Excel 97 workbook.", "303", Chart { format: Format::Biff, ..usual }),
        ("303.xlsx", "A chart in an Excel 97 workbook under the new extension.", "303", Chart { format: Format::Biff, ..usual }),
        ("600.xls", "A chart in an HTML table.", "600", Chart { format: Format::Html, ..usual }),
        ("005.xlsx", "A chart for two origins.", "005", Chart { covers_from: Some("004"), ..usual }),
        ("004.xlsx", "A chart for two origins that is named after the first.", "005", Chart { covers_from: Some("004"), ..usual }),
        ("761.xlsx", "A chart with ranges of destinations.", "761", Chart { ranges: true, ..usual }),
        ("010.xlsx", "A chart with destinations that stand there twice with the same zones.", "010", Chart { repeated: true, ..usual }),
        ("900.xlsx", "A chart without the grid of Hawaii and Alaska.", "900", Chart { grid: false, ..usual }),
        ("925.xlsx", "A chart with a date in its title.", "925", Chart { release: Some("December 26, 2022"), ..usual }),
        ("chart.xlsx", "A chart whose name says nothing.", "286", usual),
        ("286 (1).xlsx", "A chart under a copy's name.", "286", usual),
    ];
    for (name, what, origin, chart) in charts {
        let sheet = zone_chart_sheet(&cases.country, origin, &chart).expect("a chart");
        cases.add(name, what, sheet.bytes(chart.format).expect("a workbook"));
    }
    spoilt(cases);
    texts(cases);
}

/// A chart whose title names any origin; its zones are those of 010.
fn chart_of(cases: &Cases, origin: &str) -> Sheet {
    let mut sheet = zone_chart_sheet(&cases.country, "010", &Chart::default()).expect("a chart");
    sheet.rows[TITLE][0] = Cell::Text(format!("For shipments originating in ZIP Codes {origin}-01 to {origin}-99. To find a zone"));
    sheet
}

/// Charts in which something is wrong.
fn spoilt(cases: &mut Cases) {
    let changed = |origin: &str, change: &dyn Fn(&mut Vec<Vec<Cell>>)| {
        let mut sheet = chart_of(cases, origin);
        change(&mut sheet.rows);
        sheet.bytes(Format::Xlsx).expect("a workbook")
    };
    let set = |row: usize, column: usize, value: Cell| move |rows: &mut Vec<Vec<Cell>>| rows[row][column] = value.clone();
    let text = |value: &str| Cell::Text(value.to_owned());
    let first = HEADER + 1;
    let is_grid = |row: &Vec<Cell>| matches!(row.first(), Some(Cell::Number(_)));
    let made = [
        ("110.xlsx", "A chart without a title.", changed("110", &|rows| rows[..HEADER].iter_mut().for_each(Vec::clear))),
        ("111.xlsx", "A chart whose title names no origin.", changed("111", &set(TITLE, 0, text("For all shipments. To find a zone")))),
        (
            "112.xlsx",
            "A chart whose title names its origins the wrong way round.",
            changed("112", &set(TITLE, 0, text("For shipments originating in ZIP Codes 114-01 to 112-99."))),
        ),
        ("113.xlsx", "A chart without rows.", changed("113", &|rows| rows.truncate(HEADER + 1))),
        ("114.xlsx", "A chart without a header.", changed("114", &|rows| rows[HEADER].clear())),
        (
            "115.xlsx",
            "A chart that lacks Next Day Air.",
            changed("115", &|rows| rows.iter_mut().filter(|row| !is_grid(row)).for_each(|row| row.truncate(6))),
        ),
        ("116.xlsx", "A chart with a zone that is a word.", changed("116", &set(first, 1, text("near")))),
        ("117.xlsx", "A chart with a zone of four digits.", changed("117", &set(first, 1, text("0002")))),
        ("118.xlsx", "A chart with an empty zone, which means no service.", changed("118", &set(first, 2, Cell::Empty))),
        ("119.xlsx", "A chart whose zones are numbers, so that leading zeros are lost.", changed("119", &|rows| numbers(rows, 1))),
        ("120.xlsx", "A chart whose destinations are numbers, so that leading zeros are lost.", changed("120", &|rows| numbers(rows, 0))),
        ("121.xlsx", "A chart with a destination that is a word.", changed("121", &set(first, 0, text("Hawaii")))),
        ("122.xlsx", "A chart with a destination of four digits.", changed("122", &set(first, 0, text("0055")))),
        ("123.xlsx", "A chart with a range the wrong way round.", changed("123", &set(first, 0, text("288-100")))),
        (
            "124.xlsx",
            "A chart with a range over destinations that have rows with other zones.",
            changed("124", &|rows| {
                rows[first][0] = text("005-010");
                rows[first][1] = text("008");
            }),
        ),
        (
            "125.xlsx",
            "A chart with a destination that stands there twice with other zones.",
            changed("125", &|rows| {
                let mut row = rows[first].clone();
                row[1] = text("008");
                rows.insert(first + 3, row);
            }),
        ),
        (
            "126.xlsx",
            "A chart with a ZIP of four digits in its grid.",
            changed("126", &|rows| {
                if let Some(row) = rows.iter_mut().find(|row| is_grid(row)) {
                    row[0] = Cell::Number(9670.0);
                }
            }),
        ),
        (
            "127.xlsx",
            "A chart with a word in its grid.",
            changed("127", &|rows| {
                if let Some(row) = rows.iter_mut().find(|row| is_grid(row)) {
                    row[0] = text("Honolulu");
                }
            }),
        ),
        (
            "128.xlsx",
            "A chart with a ZIP in two blocks of its grid.",
            changed("128", &|rows| {
                let grid: Vec<usize> = (0..rows.len()).filter(|at| is_grid(&rows[*at])).collect();
                if let (Some(&one), Some(&last)) = (grid.first(), grid.last()) {
                    let cell = rows[one][0].clone();
                    rows[last].push(cell);
                }
            }),
        ),
        (
            "129.xlsx",
            "A chart whose grid is not told its zones.",
            changed("129", &|rows| rows.retain(|row| !matches!(row.first(), Some(Cell::Text(text)) if text.contains("Postal Codes are")))),
        ),
        (
            "130.xlsx",
            "A chart with the ZIPs of its grid as text.",
            changed("130", &|rows| {
                for cell in rows.iter_mut().flatten() {
                    if let Cell::Number(number) = cell {
                        *cell = Cell::Text(number.to_string());
                    }
                }
            }),
        ),
        (
            "131.xlsx",
            "A chart whose title names three origins.",
            changed("131", &set(TITLE, 0, text("For shipments originating in ZIP Codes 129-01 to 131-99. To find a zone"))),
        ),
        (
            "132.xlsx",
            "A chart whose header is in capitals, with line ends.",
            changed("132", &|rows| {
                for cell in &mut rows[HEADER] {
                    if let Cell::Text(text) = cell {
                        *text = text.to_uppercase().replacen(' ', "\n", 1);
                    }
                }
            }),
        ),
        (
            "133.xlsx",
            "A chart with an empty row and an empty column before it.",
            changed("133", &|rows| {
                rows.iter_mut().for_each(|row| row.insert(0, Cell::Empty));
                rows.insert(0, Vec::new());
            }),
        ),
    ];
    for (name, what, bytes) in made {
        cases.add(name, what, bytes);
    }
}

/// Turns what is digits in a column of the chart's rows into numbers.
fn numbers(rows: &mut [Vec<Cell>], column: usize) {
    for row in rows.iter_mut().skip(HEADER + 1).filter(|row| row.len() == 7) {
        if let Cell::Text(text) = &row[column]
            && let Ok(number) = text.parse()
        {
            row[column] = Cell::Number(number);
        }
    }
}

/// Charts that are no workbooks.
fn texts(cases: &mut Cases) {
    let cell = |cell: &Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
    };
    let table = Table { rows: chart_of(cases, "140").rows.iter().map(|row| row.iter().map(cell).collect()).collect() };
    cases.add("140.csv", "A chart that was saved as text.", table.commas());
    let page = |origin: &str| String::from_utf8_lossy(&chart_of(cases, origin).bytes(Format::Html).expect("a page")).into_owned();
    let (bare, part, loose) = (page("141"), page("142"), page("143"));
    cases.add(
        "141.xls",
        "A chart in an HTML table without what surrounds tables.",
        bare.split("<body>").nth(1).unwrap_or_default().replace("</body>\r\n</html>", ""),
    );
    cases.add("142.xls", "A chart in an HTML table that is cut.", part[..part.len() * 2 / 3].to_owned());
    cases.add(
        "143.xls",
        "A chart in an HTML table with letters in capitals and ends of cells left out.",
        loose.replace("</td>", "").replace("</tr>", "").replace("<td>", "<TD>").replace("<tr>", "<TR>"),
    );
    let layout = Sheet { name: "Zones", rows: vec![vec![Cell::from("ZONE CHART")]] };
    cases.add("144.xlsx", "A sheet that says ZONE CHART and nothing else.", layout.bytes(Format::Xlsx).expect("a workbook"));
}
