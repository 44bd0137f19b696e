//! Lists of ZIPs whose values break the contract, or seem to.

use super::Cases;
use super::table::Table;
use crate::text::Text;
use crate::us_zips::us_zips;

const ZIP: usize = 0;
const LAT: usize = 1;
const LNG: usize = 2;
const CITY: usize = 3;
const STATE: usize = 4;
const POPULATION: usize = 8;
const DENSITY: usize = 9;

pub(super) fn add(cases: &mut Cases) {
    for (name, what, column) in [
        ("uszips-without-zip.csv", "Without the column zip.", "zip"),
        ("uszips-without-lat.csv", "Without the column lat.", "lat"),
        ("uszips-without-lng.csv", "Without the column lng.", "lng"),
        ("uszips-without-city.csv", "Without the column city.", "city"),
        ("uszips-without-state.csv", "Without the column state_id.", "state_id"),
        ("uszips-without-population.csv", "Without the column population.", "population"),
    ] {
        let bytes = us_zips(&cases.country, &Text { without: vec![column], ..Text::us_zips() });
        cases.add(name, what, bytes);
    }
    let table = Table::of(true, |text| us_zips(&cases.country, text));
    // One bad value of 114 rows: few enough to be left out, unless it is the key.
    for (name, what, column, value) in [
        ("uszips-zip-empty.csv", "A row without a ZIP.", ZIP, ""),
        ("uszips-zip-letters.csv", "A ZIP with a letter.", ZIP, "0060A"),
        ("uszips-zip-plus-four.csv", "A ZIP with four digits more.", ZIP, "00601-1234"),
        ("uszips-zip-six.csv", "A ZIP of six digits.", ZIP, "006011"),
        ("uszips-zip-four.csv", "One ZIP that lost its leading zero.", ZIP, "6999"),
        ("uszips-zip-decimal.csv", "A ZIP as a number with a decimal.", ZIP, "601.0"),
        ("uszips-zip-exponent.csv", "A ZIP as a number with an exponent.", ZIP, "6.01E2"),
        ("uszips-zip-wide.csv", "A ZIP in digits of another script.", ZIP, "\u{ff10}\u{ff10}\u{ff16}\u{ff10}\u{ff11}"),
        ("uszips-lat-high.csv", "A latitude past the pole.", LAT, "91"),
        ("uszips-lat-empty.csv", "A row without a latitude.", LAT, ""),
        ("uszips-lat-word.csv", "A latitude that is a word.", LAT, "north"),
        ("uszips-lat-nan.csv", "A latitude that is no number and says so.", LAT, "NaN"),
        ("uszips-lat-endless.csv", "A latitude without end.", LAT, "inf"),
        ("uszips-lat-comma.csv", "A latitude with a decimal comma.", LAT, "18,18027"),
        ("uszips-lng-low.csv", "A longitude past the date line.", LNG, "-180.5"),
        ("uszips-city-empty.csv", "A row without a city.", CITY, ""),
        ("uszips-city-long.csv", "A city of 121 letters.", CITY, &"Ash".repeat(41)[..121]),
        ("uszips-state-small.csv", "A state in small letters.", STATE, "pr"),
        ("uszips-state-word.csv", "A state that is written out.", STATE, "Puerto Rico"),
        ("uszips-state-digits.csv", "A state in digits.", STATE, "72"),
        ("uszips-state-empty.csv", "A row without a state.", STATE, ""),
        ("uszips-population-negative.csv", "A negative population.", POPULATION, "-1"),
        ("uszips-population-half.csv", "A population with half a person.", POPULATION, "1200.5"),
        ("uszips-population-decimal.csv", "A population as a number with an empty decimal.", POPULATION, "1200.0"),
        ("uszips-population-thousands.csv", "A population with a separator of thousands.", POPULATION, "1,200"),
        ("uszips-population-vast.csv", "A population past 64 bits.", POPULATION, "99999999999999999999"),
        ("uszips-population-empty.csv", "A population that is not known, which is allowed.", POPULATION, ""),
        ("uszips-density-negative.csv", "A negative density.", DENSITY, "-0.5"),
        ("uszips-density-exponent.csv", "A density with an exponent.", DENSITY, "1.5e2"),
    ] {
        cases.add(name, what, table.clone().with(7, column, value).commas());
    }
    let again = |change: fn(&mut Vec<String>)| {
        table.clone().changed(|rows| {
            let mut row = rows[9].clone();
            change(&mut row);
            rows.insert(30, row);
        })
    };
    cases.add("uszips-repeated.csv", "A row that stands there twice.", again(|_| {}).commas());
    cases.add(
        "uszips-contradicted.csv",
        "A ZIP that stands there twice with two populations.",
        again(|row| row[POPULATION] = "7".to_owned()).commas(),
    );
    let few = table.clone().with(3, LAT, "95").with(13, STATE, "x");
    cases.add("uszips-two-bad.csv", "Two bad rows of 114: more than one in a hundred.", few.commas());
    let most = table.changed(|rows| rows.iter_mut().skip(1).for_each(|row| row[LNG] = "west".to_owned()));
    cases.add("uszips-all-bad.csv", "Not one good row.", most.commas());
}
