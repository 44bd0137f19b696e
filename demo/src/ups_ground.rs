//! UPS Ground time in transit.

use crate::Error;
use crate::country::{Country, Place};
use crate::distance::{Reach, ground_days};
use crate::text::{Column, Text, Writer};

const COLUMNS: [Column; 4] = [
    Column { name: "origin", code: true },
    Column { name: "destination", code: true },
    Column { name: "state", code: false },
    Column { name: "days", code: false },
];

/// The bytes of the file of an origin ZIP.
///
/// # Errors
/// When the country lacks the origin.
pub fn ups_ground(country: &Country, origin: &str, text: &Text) -> Result<Vec<u8>, Error> {
    let from = country.place(origin).ok_or_else(|| Error::NoSuchOrigin(origin.to_owned()))?;
    let mut writer = Writer::new(text, &COLUMNS);
    for to in destinations(country) {
        if writer.is_full() {
            break;
        }
        let days = ground_days(&from.zip, &to.zip, from.point.miles_to(to.point));
        writer.row(&[&from.zip, &to.zip, to.state, &days.to_string()]);
    }
    Ok(writer.finish())
}

/// How many rows the file has.
pub(crate) fn rows(country: &Country) -> u64 {
    destinations(country).count() as u64
}

/// Everywhere that trucks go to, and the ships that they are driven onto.
fn destinations(country: &Country) -> impl Iterator<Item = &Place> {
    country.places.iter().filter(|place| Reach::of(&place.zip) != Reach::Islands && place.state != "AS")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_look_like_the_publishers() {
        let country = Country::small();
        let origin = country.main_place(country.area("286").expect("an area")).expect("a place").zip.clone();
        let text = String::from_utf8(ups_ground(&country, &origin, &Text::ups_ground(1)).expect("bytes")).expect("text");
        let first = text.lines().next().expect("a row");
        assert!(first.starts_with(&format!("{origin},005")) && first.ends_with(','), "{first}");
        assert_eq!(text.lines().count() as u64, rows(&country));
        assert!(ups_ground(&country, "00000", &Text::ups_ground(0)).is_err());
    }

    #[test]
    fn days_are_plausible() {
        let country = Country::national();
        let from = country.main_place(country.area("286").expect("an area")).expect("a place");
        let mut counts = [0_u32; 12];
        for to in destinations(&country) {
            counts[usize::from(ground_days(&from.zip, &to.zip, from.point.miles_to(to.point)))] += 1;
        }
        assert_eq!(counts[0] + counts[11] + counts[10], 0);
        assert!(counts[1..=5].iter().all(|count| *count > 1000), "{counts:?}");
    }
}
