//! How far it is from one point to another, and what carriers make of that: zones and days. Only operations that IEEE 754 defines
//! to the last bit are used, so that every machine finds the same.

use crate::random::{Random, number_of};

/// A point, in hundred-thousandths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// North of the equator.
    pub latitude: i32,
    /// East of Greenwich.
    pub longitude: i32,
}

/// Miles in a degree of latitude.
const MILES: f64 = 69.055;

/// The cosine of an angle up to a right one, in radians; exact to a millionth.
fn cosine(angle: f64) -> f64 {
    let square = angle * angle;
    1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0 * (1.0 - square / 90.0))))
}

impl Point {
    /// The miles to another point, as on a map that is true along the parallel between the two.
    pub fn miles_to(self, other: Self) -> f64 {
        let degrees = |difference: i32| f64::from(difference) / 1e5;
        let north = degrees(other.latitude - self.latitude);
        let around = degrees((other.longitude - self.longitude).abs());
        let east = if around > 180.0 { 360.0 - around } else { around };
        let middle = degrees((self.latitude + other.latitude) / 2).abs().to_radians();
        let east = east * cosine(middle);
        MILES * (north * north + east * east).sqrt()
    }
}

/// Where a place lies for carriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In the forty-eight states and the capital.
    Mainland,
    /// Puerto Rico.
    PuertoRico,
    /// Hawaii or Alaska.
    Remote,
    /// Islands further off.
    Islands,
}

impl Reach {
    /// The reach of a ZIP, or of a ZIP3.
    pub fn of(zip: &str) -> Self {
        match zip.get(..3).unwrap_or_default() {
            "006" | "007" | "009" => Self::PuertoRico,
            "967" | "968" | "995" | "996" | "997" | "998" | "999" => Self::Remote,
            "008" | "969" => Self::Islands,
            _ => Self::Mainland,
        }
    }
}

/// The class of a distance, from 2 to 8, by which UPS numbers its zones.
pub fn distance_class(miles: f64) -> u8 {
    match miles {
        miles if miles <= 150.0 => 2,
        miles if miles <= 300.0 => 3,
        miles if miles <= 600.0 => 4,
        miles if miles <= 1000.0 => 5,
        miles if miles <= 1400.0 => 6,
        miles if miles <= 1800.0 => 7,
        _ => 8,
    }
}

/// The days of UPS Ground from one ZIP to another so many miles away: those usual for the distance, now and then one more or less.
pub fn ground_days(from: &str, to: &str, miles: f64) -> u8 {
    let mut random = Random::new("ground days", number_of(from) ^ number_of(to).rotate_left(17));
    if Reach::of(from) != Reach::of(to) {
        return match (Reach::of(from), Reach::of(to)) {
            (_, Reach::PuertoRico) | (Reach::PuertoRico, _) => 5 + u8::from(miles > 2200.0) + u8::from(random.per_mille(300)),
            _ => 4 + u8::from(miles > 2700.0) + u8::from(random.per_mille(400)) + u8::from(random.per_mille(100)),
        };
    }
    let usual = match miles {
        miles if miles <= 170.0 => 1,
        miles if miles <= 560.0 => 2,
        miles if miles <= 1080.0 => 3,
        miles if miles <= 1900.0 => 4,
        _ => 5,
    };
    match random.below(20) {
        0 => (usual + 1).min(5),
        1 => (usual - 1).max(1),
        _ => usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn miles_are_about_right() {
        let point = |latitude: f64, longitude: f64| Point { latitude: (latitude * 1e5) as i32, longitude: (longitude * 1e5) as i32 };
        let new_york = point(40.71, -74.01);
        for (there, miles) in [(point(34.05, -118.24), 2446.0), (point(41.88, -87.63), 712.0), (point(18.47, -66.11), 1600.0)] {
            let found = new_york.miles_to(there);
            assert!((found / miles - 1.0).abs() < 0.06, "{found} for {miles}");
        }
        // Across the date line.
        assert!(point(13.4, 144.8).miles_to(point(21.3, -157.9)) < 4000.0);
    }

    #[test]
    fn cosines_are_right() {
        for degrees in 0..=75 {
            let angle = f64::from(degrees).to_radians();
            assert!((cosine(angle) - angle.cos()).abs() < 1e-5, "{degrees}");
        }
    }
}
