//! SimpleMaps US ZIPs: <https://simplemaps.com/data/us-zips>.

use super::{Column, ColumnType, FileKind, KindContract};

/// The contract of a SimpleMaps file, free or full edition. Its other columns are ignored, and said to be.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::UsZips,
    name: "us-zips",
    title: "US ZIPs",
    source: "SimpleMaps US ZIPs, CSV",
    relation: "workspace.us_zips",
    columns: &[
        Column { synonyms: &["zip_code", "zipcode"], ..Column::required("zip", ColumnType::Zip5, "five-digit ZIP") },
        Column { synonyms: &["latitude"], ..Column::required("lat", ColumnType::LATITUDE, "latitude, degrees") },
        Column { synonyms: &["longitude", "lon"], ..Column::required("lng", ColumnType::LONGITUDE, "longitude, degrees") },
        Column::required("city", ColumnType::Text { max: 120 }, "the ZIP's official city"),
        Column { synonyms: &["state"], ..Column::required("state_id", ColumnType::StateCode, "two-letter state") },
        Column { required: false, nullable: true, ..Column::required("state_name", ColumnType::Text { max: 120 }, "state's name") },
        Column { nullable: true, ..Column::required("population", ColumnType::Count, "people; empty where unknown") },
        Column {
            required: false,
            nullable: true,
            ..Column::required("density", ColumnType::Number { min: 0.0, max: 1e7 }, "people per square kilometre")
        },
        Column {
            required: false,
            nullable: true,
            synonyms: &["county"],
            ..Column::required("county_name", ColumnType::Text { max: 120 }, "the county with most of the ZIP")
        },
        Column { required: false, nullable: true, ..Column::required("timezone", ColumnType::Text { max: 64 }, "IANA time zone") },
    ],
};
