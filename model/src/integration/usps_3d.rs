//! USPS service standards between three-digit areas: `3D_Base_Service_Standard_Directory_MMDDYYYY.csv`.

use super::{Category, Column, ColumnType, FileKind, KindContract, Layout, Limits, ReleaseRule, Replacement};

/// Parcels arrive within ten business days everywhere.
const PARCEL: ColumnType = ColumnType::Days { min: 1, max: 10 };
/// Letters and marketing mail may take a month to the remotest places.
const MAIL: ColumnType = ColumnType::Days { min: 1, max: 30 };

const fn service(name: &'static str, header: &'static str, kind: ColumnType, meaning: &'static str) -> Column {
    Column { header, unit: "business days", nullable: true, ..Column::required(name, kind, meaning) }
}

/// The contract of a regional extract or the national file.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::Usps3d,
    name: "usps-3d",
    title: "USPS service standards",
    category: Category::Transit,
    source: "USPS 3-digit base service standard directory, CSV",
    file_names: "3D_Base_Service_Standard_Directory_MMDDYYYY.csv",
    relation: "workspace.usps_3d",
    replacement: Replacement::Table,
    layout: Layout::Header,
    release: ReleaseRule::TrailingDate,
    key_columns: 2,
    columns: &[
        Column { header: "origin_zip_code", synonyms: &["origin_zip3"], ..Column::required("origin", ColumnType::Zip3, "origin ZIP3") },
        Column {
            header: "destination_zip_code",
            synonyms: &["destination_zip3"],
            ..Column::required("destination", ColumnType::Zip3, "destination ZIP3")
        },
        service("pri", "pri_service_standard", PARCEL, "Priority Mail; empty where there is no service, as below"),
        service("gal", "gal_service_standard", PARCEL, "Ground Advantage, light"),
        service("gah", "gah_service_standard", PARCEL, "Ground Advantage, heavy"),
        service("pkg", "pkg_service_standard", PARCEL, "Package Services"),
        service("fcm", "fcm_service_standard", MAIL, "First-Class Mail"),
        service("mkt", "mkt_service_standard", MAIL, "Marketing Mail"),
        service("per", "per_service_standard", MAIL, "Periodicals"),
        service("pfc", "pfc_service_standard", PARCEL, "First-Class parcels"),
    ],
    unused: &[],
    foreign: None,
    limits: Limits::DEFAULT,
};
