//! SimpleMaps US ZIPs: <https://simplemaps.com/data/us-zips>.

use super::{Column, ColumnType, FileKind, KindContract};

const LATITUDE: ColumnType = ColumnType::Number { min: -90.0, max: 90.0 };
const LONGITUDE: ColumnType = ColumnType::Number { min: -180.0, max: 180.0 };

const fn column(name: &'static str, kind: ColumnType, meaning: &'static str) -> Column {
    Column { name, synonyms: &[], kind, required: true, nullable: false, meaning }
}

/// The contract of a SimpleMaps file, free or full edition. Its other columns are ignored, and said to be.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::UsZips,
    name: "us-zips",
    title: "US ZIPs",
    source: "SimpleMaps US ZIPs, CSV",
    relation: "workspace.us_zips",
    columns: &[
        Column { synonyms: &["zip_code", "zipcode"], ..column("zip", ColumnType::Zip5, "five-digit ZIP") },
        Column { synonyms: &["latitude"], ..column("lat", LATITUDE, "latitude, degrees") },
        Column { synonyms: &["longitude", "lon"], ..column("lng", LONGITUDE, "longitude, degrees") },
        column("city", ColumnType::Text { max: 120 }, "the ZIP's official city"),
        Column { synonyms: &["state"], ..column("state_id", ColumnType::StateCode, "two-letter state") },
        Column { required: false, nullable: true, ..column("state_name", ColumnType::Text { max: 120 }, "state's name") },
        Column { nullable: true, ..column("population", ColumnType::Count, "people; empty where unknown") },
        Column {
            required: false,
            nullable: true,
            ..column("density", ColumnType::Number { min: 0.0, max: 1e7 }, "people per square kilometre")
        },
        Column {
            required: false,
            nullable: true,
            synonyms: &["county"],
            ..column("county_name", ColumnType::Text { max: 120 }, "the county with most of the ZIP")
        },
        Column { required: false, nullable: true, ..column("timezone", ColumnType::Text { max: 64 }, "IANA time zone") },
    ],
};
