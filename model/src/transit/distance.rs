//! Distances on the globe.

use serde::{Deserialize, Serialize};

/// The earth's mean radius, in miles (6,371.0088 km).
const EARTH_MILES: f64 = 3_958.761_3;

/// A place on the globe.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
}

/// The great-circle distance of two places in miles, by the haversine formula.
pub fn miles_between(one: Point, other: Point) -> f64 {
    let (from, to) = (one.lat.to_radians(), other.lat.to_radians());
    let (north, east) = ((to - from) / 2.0, (other.lng - one.lng).to_radians() / 2.0);
    let half = north.sin().powi(2) + from.cos() * to.cos() * east.sin().powi(2);
    2.0 * EARTH_MILES * half.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        let point = |lat, lng| Point { lat, lng };
        // A quarter of the globe, a degree of latitude, and the airports of Los Angeles and New York on the ellipsoid.
        let quarter = std::f64::consts::FRAC_PI_2 * EARTH_MILES;
        for (one, other, miles, off) in [
            (point(0.0, 0.0), point(0.0, 90.0), quarter, 1e-6),
            (point(10.0, 20.0), point(11.0, 20.0), quarter / 90.0, 1e-6),
            (point(33.9416, -118.4085), point(40.6413, -73.7781), 2_475.0, 10.0),
            (point(0.0, -179.5), point(0.0, 179.5), quarter / 90.0, 1e-6),
            (point(40.0, -70.0), point(40.0, -70.0), 0.0, 0.0),
        ] {
            let found = miles_between(one, other);
            assert!((found - miles).abs() <= off, "{found} and not {miles}");
        }
    }
}
