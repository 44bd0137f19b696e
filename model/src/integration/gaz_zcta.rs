//! Census Gazetteer, ZCTA national: <https://www.census.gov/geographies/reference-files/time-series/geo/gazetteer-files.html>.
//! Tab-delimited through 2024, pipe-delimited with an extra `GEOIDFQ` from 2025.

use super::{Column, ColumnType, FileKind, KindContract};

/// The greatest area that a number of square miles may be: more than all of the United States.
const AREA: ColumnType = ColumnType::Number { min: 0.0, max: 4e6 };

/// The contract of a gazetteer file of any year.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::GazZcta,
    name: "gaz-zcta",
    title: "Gazetteer ZCTAs",
    source: "US Census Gazetteer, ZCTA national, tab- or pipe-delimited text",
    relation: "workspace.gaz_zcta",
    columns: &[
        Column::required("geoid", ColumnType::Zip5, "five-digit ZCTA"),
        Column::required("aland", ColumnType::Count, "land area, square metres"),
        Column::required("awater", ColumnType::Count, "water area, square metres"),
        Column { required: false, nullable: true, ..Column::required("aland_sqmi", AREA, "land area, square miles") },
        Column { required: false, nullable: true, ..Column::required("awater_sqmi", AREA, "water area, square miles") },
        Column::required("intptlat", ColumnType::LATITUDE, "latitude of an internal point, degrees"),
        Column {
            synonyms: &["intptlon"],
            ..Column::required("intptlong", ColumnType::LONGITUDE, "longitude of an internal point, degrees")
        },
    ],
};
