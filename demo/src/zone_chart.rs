//! UPS zone charts.

use crate::Error;
use crate::country::{Area, Country};
use crate::distance::{Reach, distance_class};
use crate::sheet::{Cell, Format, Sheet};

/// How a chart differs from the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chart {
    /// What its bytes are.
    pub format: Format,
    /// The first of several origins that its title names, where there are several; the last is the one that it is named after.
    pub covers_from: Option<&'static str>,
    /// The date in its title, where it has one: `December 26, 2022`.
    pub release: Option<&'static str>,
    /// Whether destinations that follow each other and have the same zones share a row: `100-102`.
    pub ranges: bool,
    /// Whether some destinations stand there twice, with the same zones.
    pub repeated: bool,
    /// Whether the grid of Hawaii and Alaska follows.
    pub grid: bool,
}

impl Default for Chart {
    /// An XLSX workbook for one origin with a row for each destination and the grid.
    fn default() -> Self {
        Self { format: Format::Xlsx, covers_from: None, release: None, ranges: false, repeated: false, grid: true }
    }
}

const HEADER: [&str; 7] = ["Dest. ZIP", "Ground", "3 Day Select", "2nd Day Air", "2nd Day Air A.M.", "Next Day Air Saver", "Next Day Air"];

/// ZIPs in a row of the grid.
const GRID_WIDTH: usize = 9;

/// The bytes of the chart of a ZIP3.
///
/// # Errors
/// When the country lacks the origin, or the workbook cannot be written.
pub fn zone_chart(country: &Country, origin: &str, chart: &Chart) -> Result<Vec<u8>, Error> {
    zone_chart_sheet(country, origin, chart)?.bytes(chart.format)
}

/// The sheet of the chart of a ZIP3.
///
/// # Errors
/// When the country lacks the origin.
pub fn zone_chart_sheet(country: &Country, origin: &str, chart: &Chart) -> Result<Sheet, Error> {
    let area = country.area(origin).ok_or_else(|| Error::NoSuchOrigin(origin.to_owned()))?;
    let one = |text: String| vec![Cell::Text(text)];
    let mut rows = vec![
        one("ZONE CHART".to_owned()),
        chart.release.map_or_else(Vec::new, |date| one(format!("Effective {date}"))),
        one(HEADER[1..].iter().map(|service| format!("UPS {service}")).collect::<Vec<_>>().join("/")),
        Vec::new(),
        one(format!("For shipments originating in ZIP Codes {}-01 to {origin}-99. To find a zone", chart.covers_from.unwrap_or(origin))),
        one("look for the receiver's first three digits in this chart:".to_owned()),
        Vec::new(),
        one("ZONES".to_owned()),
        HEADER.map(Cell::from).to_vec(),
    ];
    rows.extend(destinations(country, area, chart));
    rows.extend(std::iter::repeat_n(Vec::new(), 6));
    rows.push(one("[1] Virgin Islands, Guam and other islands: see the worldwide zones.".to_owned()));
    if chart.grid {
        for (note, states) in [("[2]", ("Hawaii", "HI")), ("[3]", ("Alaska", "AK"))] {
            rows.push(Vec::new());
            rows.extend(grid(country, note, states));
        }
    }
    Ok(Sheet { name: "Zones", rows })
}

/// How many rows the chart has with the entries of its grid, for one origin.
pub(crate) fn rows(country: &Country, chart: &Chart) -> u64 {
    let rows = country.areas.iter().filter(|area| area.has_row).count();
    let grid = if chart.grid { country.places.iter().filter(|place| place.grid.is_some()).count() } else { 0 };
    (rows + grid) as u64
}

/// The zones of the six services from one area to another.
fn zones(from: &Area, to: &Area) -> [String; 6] {
    if Reach::of(&from.zip3) != Reach::of(&to.zip3) {
        return ["045", "-", "225", "-", "-", "125"].map(str::to_owned);
    }
    let class = if from.zip3 == to.zip3 { 2 } else { distance_class(from.middle.miles_to(to.middle)) };
    ["00", "30", "20", "24", "13", "10"].map(|series| format!("{series}{class}"))
}

fn destinations(country: &Country, from: &Area, chart: &Chart) -> Vec<Vec<Cell>> {
    // First and last destination of each row.
    let mut rows: Vec<(&str, &str, [String; 6])> = Vec::new();
    for to in country.areas.iter().filter(|area| area.has_row) {
        let zones = zones(from, to);
        match rows.last_mut() {
            Some((_, last, same)) if chart.ranges && *same == zones && follows(last, &to.zip3) => *last = &to.zip3,
            _ => rows.push((&to.zip3, &to.zip3, zones)),
        }
    }
    if chart.repeated {
        let again: Vec<_> = rows.iter().filter(|(first, ..)| Reach::of(first) == Reach::PuertoRico).cloned().collect();
        rows.extend(again);
    }
    let cells = |(first, last, zones): (&str, &str, [String; 6])| {
        let destination = if first == last { first.to_owned() } else { format!("{first}-{last}") };
        std::iter::once(destination).chain(zones).map(Cell::Text).collect()
    };
    rows.into_iter().map(cells).collect()
}

/// Whether one number is the next after another.
fn follows(one: &str, next: &str) -> bool {
    matches!((one.parse::<u16>(), next.parse::<u16>()), (Ok(one), Ok(next)) if one + 1 == next)
}

/// The two blocks of a state: a sentence that says the zones, then ZIPs as numbers, nine in a row.
fn grid(country: &Country, note: &str, (name, code): (&str, &str)) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for zone in [44, 46] {
        let zips: Vec<Cell> = country
            .places
            .iter()
            .filter(|place| place.state == code && place.grid == Some(zone))
            .filter_map(|place| place.zip.parse().ok().map(Cell::Number))
            .collect();
        let lead = if zone == 44 { format!("{note} ") } else { String::new() };
        rows.push(vec![Cell::Text(format!(
            "{lead}For {name}, the following Postal Codes are Zone {zone} for Ground, Zone {} for Next Day Air and Zone {} for 2nd Day Air:",
            80 + zone,
            180 + u16::from(zone),
        ))]);
        rows.extend(zips.chunks(GRID_WIDTH).map(<[Cell]>::to_vec));
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader};

    use super::*;

    #[test]
    fn charts_have_rows_and_grid() {
        let country = Country::national();
        let sheet = zone_chart_sheet(&country, "286", &Chart::default()).expect("a chart");
        assert_eq!(sheet.rows[8][0], Cell::from("Dest. ZIP"));
        assert_eq!(sheet.rows.iter().filter(|row| row.len() == 7 && row[0] != Cell::from("Dest. ZIP")).count(), 906);
        let numbers = sheet.rows.iter().flatten().filter(|cell| matches!(cell, Cell::Number(_))).count();
        assert_eq!(numbers, 419);
        assert_eq!(rows(&country, &Chart::default()), 1325);
        let row = |zip3: &str| sheet.rows.iter().find(|row| row.first() == Some(&Cell::from(zip3))).expect("a row");
        assert_eq!(row("286")[1], Cell::from("002"));
        assert_eq!(row("006")[1..].iter().map(|cell| format!("{cell:?}")).collect::<String>().matches("\"-\"").count(), 3);
        assert_eq!(row("980")[6], Cell::from("108"));
    }

    #[test]
    fn ranges_and_repetitions_say_the_same() {
        let country = Country::national();
        let count = |chart: Chart| zone_chart_sheet(&country, "100", &chart).expect("a chart").rows.len();
        let usual = count(Chart::default());
        assert!(count(Chart { ranges: true, ..Chart::default() }) < usual - 500);
        assert_eq!(count(Chart { repeated: true, ..Chart::default() }), usual + 3);
        assert!(zone_chart_sheet(&country, "001", &Chart::default()).is_err());
    }

    #[test]
    fn charts_are_readable_in_every_format() {
        let country = Country::small();
        for format in [Format::Xlsx, Format::Biff] {
            let bytes = zone_chart(&country, "286", &Chart { format, ..Chart::default() }).expect("a chart");
            let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).expect("a workbook");
            let range = book.worksheet_range("Zones").expect("the sheet");
            assert_eq!(range.get_value((8, 1)), Some(&Data::String("Ground".to_owned())), "{format:?}");
            assert_eq!(range.get_value((9, 0)), Some(&Data::String("005".to_owned())), "{format:?}");
        }
        let html = zone_chart(&country, "286", &Chart { format: Format::Html, ..Chart::default() }).expect("a chart");
        assert!(html.starts_with(b"<html"));
    }
}
