//! Census Gazetteer, ZCTA national: <https://www.census.gov/geographies/reference-files/time-series/geo/gazetteer-files.html>.
//! Tab-delimited through 2024, pipe-delimited with an extra `GEOIDFQ` from 2025.

use super::{Column, ColumnType, FileKind, KindContract};

const fn column(name: &'static str, file_name: &'static [&'static str], kind: ColumnType, meaning: &'static str) -> Column {
    Column { name, synonyms: file_name, kind, required: true, nullable: false, meaning }
}

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
        column("geoid", &[], ColumnType::Zip5, "five-digit ZCTA"),
        column("aland", &[], ColumnType::Count, "land area, square metres"),
        column("awater", &[], ColumnType::Count, "water area, square metres"),
        Column { required: false, nullable: true, ..column("aland_sqmi", &[], AREA, "land area, square miles") },
        Column { required: false, nullable: true, ..column("awater_sqmi", &[], AREA, "water area, square miles") },
        column("intptlat", &[], ColumnType::Number { min: -90.0, max: 90.0 }, "latitude of an internal point, degrees"),
        column("intptlong", &["intptlon"], ColumnType::Number { min: -180.0, max: 180.0 }, "longitude of an internal point, degrees"),
    ],
};
