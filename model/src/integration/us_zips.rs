//! SimpleMaps US ZIPs: <https://simplemaps.com/data/us-zips>.

use super::{Category, Column, ColumnType, FileKind, KindContract, Layout, Limits, ReleaseRule, Replacement};

/// The contract of a SimpleMaps file, free or full edition.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::UsZips,
    name: "us-zips",
    title: "US ZIPs",
    category: Category::Geography,
    source: "SimpleMaps US ZIPs, CSV or XLSX",
    file_names: "uszips.csv, uszips.xlsx",
    relation: "workspace.us_zips",
    replacement: Replacement::Table,
    layout: Layout::Header,
    release: ReleaseRule::None,
    key_columns: 1,
    columns: &[
        Column { synonyms: &["zip_code", "zipcode"], ..Column::required("zip", ColumnType::Zip5, "five-digit ZIP") },
        Column { unit: "degrees", synonyms: &["latitude"], ..Column::required("lat", ColumnType::LATITUDE, "latitude") },
        Column { unit: "degrees", synonyms: &["longitude", "lon"], ..Column::required("lng", ColumnType::LONGITUDE, "longitude") },
        Column::required("city", ColumnType::Text { max: 120 }, "the ZIP's official city"),
        Column { synonyms: &["state"], ..Column::required("state_id", ColumnType::StateCode, "two-letter state") },
        Column::optional("state_name", ColumnType::Text { max: 120 }, "state's name"),
        Column { unit: "people", nullable: true, ..Column::required("population", ColumnType::Count, "residents; empty where unknown") },
        Column {
            unit: "people per square kilometre",
            ..Column::optional("density", ColumnType::Number { min: 0.0, max: 1e7 }, "population density")
        },
        Column {
            synonyms: &["county"],
            ..Column::optional("county_name", ColumnType::Text { max: 120 }, "the county with most of the ZIP")
        },
        Column::optional("timezone", ColumnType::Text { max: 64 }, "IANA time zone"),
    ],
    unused: &["zcta", "parent_zcta", "county_fips", "county_weights", "county_names_all", "county_fips_all", "imprecise", "military"],
    foreign: None,
    limits: Limits::DEFAULT,
};
