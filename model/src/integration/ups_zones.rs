//! UPS zone charts: one workbook for each origin, `NNN.xls` or `NNN.xlsx`, whatever its bytes are.

use super::{Category, Column, ColumnType, FileKind, KindContract, Layout, Limits, ReleaseRule, Replacement};

const fn service(name: &'static str, header: &'static str, meaning: &'static str) -> Column {
    Column { header, nullable: true, ..Column::required(name, ColumnType::Zone, meaning) }
}

/// The contract of a chart. Its origins stand in its title, and its grid of Hawaii and Alaska ZIPs makes rows of its own, with
/// five-digit destinations and three services.
pub const CONTRACT: KindContract = KindContract {
    kind: FileKind::UpsZones,
    name: "ups-zones",
    title: "UPS zones",
    category: Category::Zones,
    source: "UPS zone chart, one workbook for each origin ZIP3: XLSX, XLS or an HTML table, under any of these names",
    file_names: "NNN.xls, NNN.xlsx",
    relation: "workspace.ups_zones",
    replacement: Replacement::Origins,
    layout: Layout::ZoneChart,
    release: ReleaseRule::Title,
    key_columns: 2,
    columns: &[
        Column::required("origin", ColumnType::Zip3, "origin ZIP3, from the chart's title"),
        Column {
            header: "dest. zip",
            synonyms: &["dest zip", "destination zip"],
            ..Column::required("destination", ColumnType::Zip3OrZip5, "destination ZIP3; a ZIP in the grid of Hawaii and Alaska")
        },
        service("ground", "ground", "zone of UPS Ground; empty where there is no service, as below"),
        service("three_day_select", "3 day select", "zone of UPS 3 Day Select"),
        service("second_day_air", "2nd day air", "zone of UPS 2nd Day Air"),
        service("second_day_air_am", "2nd day air a.m.", "zone of UPS 2nd Day Air A.M."),
        service("next_day_air_saver", "next day air saver", "zone of UPS Next Day Air Saver"),
        service("next_day_air", "next day air", "zone of UPS Next Day Air"),
    ],
    unused: &[],
    foreign: None,
    limits: Limits::DEFAULT,
};
