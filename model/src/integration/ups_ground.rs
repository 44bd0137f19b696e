//! UPS Ground time in transit by ZIP: `NNNNN.csv` or `NNNNN_Outbound.csv`, without a header.

use super::{Category, Column, ColumnType, FileKind, KindContract, Layout, Limits, ReleaseRule, Replacement};

/// The contract of a time-in-transit file.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::UpsGround,
    name: "ups-ground",
    title: "UPS Ground time in transit",
    category: Category::Transit,
    source: "UPS Ground time in transit, one CSV without a header for each origin ZIP",
    file_names: "NNNNN.csv, NNNNN_Outbound.csv",
    relation: "workspace.ups_ground",
    replacement: Replacement::Origins,
    layout: Layout::Positions,
    release: ReleaseRule::None,
    key_columns: 2,
    columns: &[
        Column::required("origin", ColumnType::Zip5, "origin ZIP"),
        Column::required("destination", ColumnType::Zip5, "destination ZIP"),
        Column::required("state", ColumnType::StateCode, "two-letter state of the destination"),
        Column { unit: "business days", ..Column::required("days", ColumnType::Days { min: 1, max: 10 }, "days in transit") },
    ],
    unused: &[],
    foreign: None,
    limits: Limits::DEFAULT,
};
