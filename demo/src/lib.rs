//! Demo files: all five kinds in their publishers' layouts with their oddities, of a country that is made up, the same bytes every
//! time. [`write()`] fills a folder; the functions named after the kinds answer a file's bytes, in any manner that [`Text`], [`Chart`]
//! and [`Edition`] describe; [`corpus`] has the files that something is wrong with.

pub mod corpus;
mod country;
mod distance;
mod error;
mod folder;
mod gaz_zcta;
mod names;
mod random;
mod sheet;
mod states;
mod text;
mod ups_ground;
mod us_zips;
mod usps_3d;
mod zone_chart;

pub use country::{Area, Country, Place};
pub use distance::Point;
pub use error::Error;
pub use folder::{Made, Scale, write};
pub use gaz_zcta::{Edition, gaz_zcta};
pub use sheet::{Cell, Format, Sheet};
pub use states::State;
pub use text::{Encoding, Quotes, Text};
pub use ups_ground::ups_ground;
pub use us_zips::{Codes, us_zips, us_zips_sheet};
pub use usps_3d::usps_3d;
pub use zone_chart::{Chart, zone_chart, zone_chart_sheet};
