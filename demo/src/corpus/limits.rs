//! Bad rows among many good ones: few enough to be left out.

use super::Cases;
use super::table::Table;
use crate::country::Country;
use crate::sheet::{Cell, Format};
use crate::text::Text;
use crate::us_zips::us_zips;
use crate::zone_chart::{Chart, zone_chart_sheet};

pub(super) fn add(cases: &mut Cases) {
    // A chart has some 130 rows with three dozen more areas.
    let country = Country::national().part(|zip3| (10..=27).contains(&zip3) || (270..=319).contains(&zip3) || zip3 == 967, 60, 0);
    let mut sheet = zone_chart_sheet(&country, "304", &Chart::default()).expect("a chart");
    sheet.rows[12][1] = Cell::from("near");
    cases.add(
        "304.xlsx",
        "A chart with one zone of a hundred rows and more that is a word.",
        sheet.bytes(Format::Xlsx).expect("a workbook"),
    );
    let table = Table::of(true, |text: &Text| us_zips(&country, text));
    let some = table.clone().with(3, 1, "95").with(33, 4, "x").with(63, 8, "-4").with(93, 2, "west").with(123, 3, "");
    cases.add("uszips-five-bad.csv", "Five bad rows of over two thousand, each in another way.", some.commas());
    let keys = table.with(500, 0, "").with(600, 0, "x");
    cases.add("uszips-two-keys.csv", "Two rows without a ZIP of over two thousand.", keys.commas());
}
