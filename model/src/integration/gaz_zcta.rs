//! Census Gazetteer, ZCTA national: <https://www.census.gov/geographies/reference-files/time-series/geo/gazetteer-files.html>.
//! Tab-delimited through 2024, pipe-delimited with an extra `GEOIDFQ` from 2025.

use super::{Category, Column, ColumnType, FileKind, Foreign, KindContract, Layout, Limits, ReleaseRule, Replacement};

/// The greatest area that a number of square miles may be: more than all of the United States.
const AREA: ColumnType = ColumnType::Number { min: 0.0, max: 4e6 };

/// The contract of a gazetteer file of any year.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::GazZcta,
    name: "gaz-zcta",
    title: "Gazetteer ZCTAs",
    category: Category::Geography,
    source: "US Census Gazetteer, ZCTA national, tab- or pipe-delimited text",
    file_names: "YYYY_Gaz_zcta_national.txt",
    relation: "workspace.gaz_zcta",
    replacement: Replacement::Table,
    layout: Layout::Header,
    release: ReleaseRule::LeadingYear,
    key_columns: 1,
    columns: &[
        Column::required("geoid", ColumnType::Zip5, "five-digit ZCTA"),
        Column { unit: "square metres", ..Column::required("aland", ColumnType::Count, "land area") },
        Column { unit: "square metres", ..Column::required("awater", ColumnType::Count, "water area") },
        Column { unit: "square miles", ..Column::optional("aland_sqmi", AREA, "land area") },
        Column { unit: "square miles", ..Column::optional("awater_sqmi", AREA, "water area") },
        Column { unit: "degrees", ..Column::required("intptlat", ColumnType::LATITUDE, "latitude of an internal point") },
        Column {
            unit: "degrees",
            synonyms: &["intptlon"],
            ..Column::required("intptlong", ColumnType::LONGITUDE, "longitude of an internal point")
        },
    ],
    unused: &["geoidfq"],
    foreign: Some(Foreign {
        columns: &["usps", "ansicode", "name"],
        product: "a gazetteer of counties, places or other areas, whose codes are no ZIPs",
    }),
    limits: Limits::DEFAULT,
};
