//! What places are called, how far apart they are, and what is odd about how they were asked for.

use database_data::KnownPlace;
use model::transit::{Code, Point, Spot, miles_between};

/// Every code whose name is asked for: those that were typed, their areas, and the ZIPs that areas may have been meant for.
pub(super) fn asked(from: &Code, to: &Code) -> Vec<String> {
    let mut codes = Vec::new();
    for code in [from, to] {
        codes.push(code.as_str().to_owned());
        codes.push(match code {
            Code::Area(zip3) => with_zeros(zip3.as_str()),
            Code::Zip(zip) => zip.zip3().as_str().to_owned(),
        });
    }
    codes
}

/// The ZIP of which a spreadsheet would have left these three digits.
fn with_zeros(zip3: &str) -> String {
    format!("00{zip3}")
}

fn place<'a>(places: &'a [KnownPlace], code: &str) -> Option<&'a KnownPlace> {
    places.iter().find(|place| place.code == code)
}

/// The centroid, or that of the area where the ZIP is not known.
fn point(places: &[KnownPlace], code: &Code) -> Option<Point> {
    let place = place(places, code.as_str()).or_else(|| place(places, code.zip3().as_str()))?;
    Some(Point { lat: place.lat, lng: place.lng })
}

pub(super) fn spot(places: &[KnownPlace], code: Code) -> Spot {
    let known = place(places, code.as_str());
    Spot {
        city: known.map(|known| known.city.clone()),
        state: known.map(|known| known.state_id.clone()),
        point: point(places, &code),
        code,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "half the way round the globe is 12,451 miles")]
pub(super) fn miles(places: &[KnownPlace], from: &Code, to: &Code) -> Option<u32> {
    let (from, to) = point(places, from).zip(point(places, to))?;
    Some(miles_between(from, to).round() as u32)
}

/// What is odd about a code.
pub(super) fn note(places: &[KnownPlace], code: &Code, zips_known: bool) -> Option<String> {
    match code {
        Code::Area(zip3) => {
            let meant = place(places, &with_zeros(zip3.as_str()))?;
            Some(format!("{zip3} is taken for an area; the ZIP of {}, {} is {}.", meant.city, meant.state_id, meant.code))
        }
        Code::Zip(zip) if zips_known && place(places, zip.as_str()).is_none() => Some(format!(
            "{zip} is not among the imported US ZIPs. Where no carrier's file has it, the figures are those of its area, {}.",
            zip.zip3()
        )),
        Code::Zip(_) => None,
    }
}
