//! SimpleMaps US ZIPs.

use crate::country::{Country, Place};
use crate::names;
use crate::random::{Random, number_of};
use crate::sheet::{Cell, Sheet};
use crate::text::{Column, Text, Writer};

const fn text(name: &'static str) -> Column {
    Column { name, code: false }
}

/// The columns of the authentic file.
const COLUMNS: [Column; 18] = [
    Column { name: "zip", code: true },
    text("lat"),
    text("lng"),
    text("city"),
    text("state_id"),
    text("state_name"),
    text("zcta"),
    text("parent_zcta"),
    text("population"),
    text("density"),
    Column { name: "county_fips", code: true },
    text("county_name"),
    text("county_weights"),
    text("county_names_all"),
    text("county_fips_all"),
    text("imprecise"),
    text("military"),
    text("timezone"),
];
/// The columns that a spreadsheet takes for numbers when it may.
const NUMBERS: [usize; 4] = [1, 2, 8, 9];

/// Whether a workbook holds codes as text or, without their leading zeros, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// As text: `00601`.
    Text,
    /// As numbers: 601.
    Numbers,
}

/// The file's bytes.
pub fn us_zips(country: &Country, text: &Text) -> Vec<u8> {
    let mut writer = Writer::new(text, &COLUMNS);
    for place in listed(country) {
        if writer.is_full() {
            break;
        }
        let fields = fields(country, place);
        writer.row(&fields.each_ref().map(String::as_str));
    }
    writer.finish()
}

/// The same as the sheet of a workbook.
pub fn us_zips_sheet(country: &Country, codes: Codes) -> Sheet {
    let header = COLUMNS.iter().map(|column| Cell::from(column.name)).collect();
    let rows = listed(country).map(|place| {
        let fields = fields(country, place);
        let cell = |(index, field): (usize, &String)| {
            let is_number = NUMBERS.contains(&index) || (codes == Codes::Numbers && COLUMNS[index].code);
            field.parse().ok().filter(|_| is_number).map_or_else(|| Cell::from(field.as_str()), Cell::Number)
        };
        fields.iter().enumerate().map(cell).collect()
    });
    Sheet { name: "Sheet1", rows: std::iter::once(header).chain(rows).collect() }
}

/// How many rows the file has.
pub(crate) fn rows(country: &Country) -> u64 {
    listed(country).count() as u64
}

fn listed(country: &Country) -> impl Iterator<Item = &Place> {
    country.places.iter().filter(|place| place.listed)
}

/// Degrees with their hundred-thousandths.
fn degrees(value: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:05}", value / 100_000, value % 100_000)
}

/// A county: its FIPS code and name.
fn county(place: &Place, number: u64) -> (String, String) {
    let mut random = Random::new("county", u64::from(place.fips) << 16 | number);
    (format!("{:02}{:03}", place.fips, number * 2 + 1), names::county(place.state, &mut random))
}

fn fields(country: &Country, place: &Place) -> [String; 18] {
    let area = &country.areas[place.area];
    let mut random = Random::new("counties", place.number());
    // The counties of an area are among four, which its neighbours in number share.
    let first = (number_of(&area.state.code[..1]) ^ area.zip3.parse::<u64>().unwrap_or(0)) % 180 * 2;
    let chance = random.below(10);
    let count = if chance < 6 {
        1
    } else if chance < 9 {
        2
    } else {
        3
    };
    let start = random.below(4);
    let counties: Vec<(String, String)> = (0..count).map(|next| county(place, first + (start + next) % 4)).collect();
    let mut left = 10_000;
    let shares: Vec<u64> = (1..=count)
        .map(|at| {
            let share = if at == count { left } else { left * (55 + random.below(44)) / 100 };
            left -= share;
            share
        })
        .collect();
    let weights: Vec<String> =
        counties.iter().zip(&shares).map(|((fips, _), share)| format!("\"{fips}\": {}", hundredths(*share))).collect();
    let join = |of: fn(&(String, String)) -> &str| counties.iter().map(of).collect::<Vec<_>>().join("|");
    let density = place.population.map(|population| {
        let tenths = population * 10_000_000 / place.land.max(10_000);
        format!("{}.{}", tenths / 10, tenths % 10)
    });
    [
        place.zip.clone(),
        degrees(place.point.latitude),
        degrees(place.point.longitude),
        place.city.clone(),
        place.state.to_owned(),
        place.state_name.to_owned(),
        "TRUE".to_owned(),
        String::new(),
        place.population.map(|population| population.to_string()).unwrap_or_default(),
        density.unwrap_or_default(),
        counties[0].0.clone(),
        counties[0].1.clone(),
        format!("{{{}}}", weights.join(", ")),
        join(|county| &county.1),
        join(|county| &county.0),
        "FALSE".to_owned(),
        "FALSE".to_owned(),
        area.state.timezone_at(place.point.longitude).to_owned(),
    ]
}

/// Hundredths as a percentage, without zeros at its end.
fn hundredths(share: u64) -> String {
    match (share / 100, share % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_look_like_the_publishers() {
        let country = Country::tiny();
        let text = String::from_utf8(us_zips(&country, &Text::us_zips())).expect("text");
        let mut lines = text.split("\r\n");
        let header = lines.next().expect("a header");
        assert!(header.starts_with("\"zip\",\"lat\",\"lng\",\"city\",\"state_id\",\"state_name\",\"zcta\",\"parent_zcta\",\"population\""));
        assert!(header.ends_with("\"county_weights\",\"county_names_all\",\"county_fips_all\",\"imprecise\",\"military\",\"timezone\""));
        let row = lines.next().expect("a row");
        assert!(row.starts_with("\"006") && row.ends_with("\"FALSE\",\"FALSE\",\"America/Puerto_Rico\""), "{row}");
        assert!(row.contains("\"{\"\"72"), "{row}");
        assert_eq!(text.matches("\r\n").count() as u64, rows(&country) + 1);
        assert!(Country::national().places.iter().any(|place| place.listed && !place.city.is_ascii()));
    }

    #[test]
    fn sheets_lose_zeros_when_codes_are_numbers() {
        let country = Country::tiny();
        let first = |codes| us_zips_sheet(&country, codes).rows[1][0].clone();
        let Cell::Text(zip) = first(Codes::Text) else { panic!("text") };
        assert_eq!(first(Codes::Numbers), Cell::Number(zip.parse().expect("a number")));
    }
}
