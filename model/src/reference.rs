//! The reference tables as people browse them: what their columns mean.

use crate::integration::{Column, ColumnType};
use crate::table::{BroughtBy, TableContract};

const CODE: ColumnType = ColumnType::Text { max: 8 };
const NAME: ColumnType = ColumnType::Text { max: 120 };
const PERCENT: ColumnType = ColumnType::Number { min: 0.0, max: 100.0 };
const DAYS: ColumnType = ColumnType::Days { min: 1, max: 30 };

const CARRIER: Column = Column::required("carrier", CODE, "carrier's code");
const SERVICE: Column = Column::required("service", CODE, "service's code");
const ZONE: Column = Column::required("zone", ColumnType::Zone, "zone");
const ZIP3: Column = Column::required("zip3", ColumnType::Zip3, "three-digit area");

const fn latitude(meaning: &'static str) -> Column {
    Column { unit: "degrees", ..Column::required("lat", ColumnType::LATITUDE, meaning) }
}

const fn longitude(meaning: &'static str) -> Column {
    Column { unit: "degrees", ..Column::required("lng", ColumnType::LONGITUDE, meaning) }
}

/// A table that a transformation fills. What differs is said with `..`.
const fn derived(relation: &'static str, title: &'static str, source: &'static str, columns: &'static [Column]) -> TableContract {
    TableContract { relation, title, source, kind: None, key_columns: 1, columns, brought_by: BroughtBy::Table, narrowed_by: &[] }
}

/// Every reference table, in the order in which they are made.
pub const REFERENCE: &[TableContract] = &[
    TableContract {
        brought_by: BroughtBy::Nobody,
        ..derived(
            "reference.carriers",
            "Carriers",
            "The carriers that the platform knows",
            &[CARRIER, Column::required("name", NAME, "carrier's name")],
        )
    },
    TableContract {
        brought_by: BroughtBy::Nobody,
        key_columns: 2,
        ..derived(
            "reference.services",
            "Services",
            "The carriers' services that the platform knows",
            &[
                CARRIER,
                SERVICE,
                Column::required("name", NAME, "service's name"),
                Column { unit: "business days", ..Column::required("most_days", DAYS, "the most days that are plausible") },
            ],
        )
    },
    TableContract {
        key_columns: 3,
        ..derived(
            "reference.zone_transit_days",
            "Days of zones",
            "The days that a zone is taken to mean where no time in transit is known",
            &[
                CARRIER,
                SERVICE,
                ZONE,
                Column { unit: "business days", ..Column::optional("days", DAYS, "days that it is taken to mean; empty: no estimate") },
                Column { unit: "percent", ..Column::optional("exact_percent", PERCENT, "how often that was exactly right") },
                Column { unit: "percent", ..Column::optional("within_one_percent", PERCENT, "how often it was at most one day off") },
            ],
        )
    },
    derived(
        "reference.zip3_demographics",
        "ZIP3 demographics",
        "Population, city and centre of population of every ZIP3",
        &[
            ZIP3,
            Column { unit: "people", ..Column::required("population", ColumnType::Count, "residents; unknown counts as 0") },
            Column::required("zips", ColumnType::Count, "ZIPs of the area"),
            Column::required("state_id", ColumnType::StateCode, "the state that most of its ZIPs have"),
            Column::required("city", NAME, "the city of its most populous ZIP"),
            latitude("latitude of the centre of population"),
            longitude("longitude of the centre of population"),
        ],
    ),
    derived(
        "reference.zip3_centroids",
        "ZIP3 centroids",
        "Land, water and centre of area of every ZIP3",
        &[
            ZIP3,
            Column::required("zctas", ColumnType::Count, "ZCTAs of the area"),
            Column { unit: "square metres", ..Column::required("aland", ColumnType::Count, "land area") },
            Column { unit: "square metres", ..Column::required("awater", ColumnType::Count, "water area") },
            latitude("latitude of the centre of area"),
            longitude("longitude of the centre of area"),
        ],
    ),
    TableContract {
        key_columns: 4,
        narrowed_by: &["origin", "destination"],
        ..derived(
            "reference.delivery_matrix",
            "Delivery matrix",
            "Days, zone and delivery score of every service from every ZIP3 to every other",
            &[
                Column::required("origin", ColumnType::Zip3, "origin ZIP3"),
                Column::required("destination", ColumnType::Zip3, "destination ZIP3"),
                CARRIER,
                SERVICE,
                Column { unit: "business days", ..Column::optional("transit_days", DAYS, "days in transit; empty where none are known") },
                Column::optional("zone", ColumnType::Zone, "zone, where the carrier has one"),
                Column::optional("delivery_score", ColumnType::Count, "from 100 for one day down to 0 for five and more"),
                Column::optional(
                    "source",
                    ColumnType::Text { max: 16 },
                    "where the days come from: standard, measured or estimated from the zone",
                ),
            ],
        )
    },
    TableContract {
        key_columns: 3,
        ..derived(
            "reference.zone_accuracy",
            "Accuracy of zones",
            "How often the days that zones are taken to mean are the measured ones, where both are known",
            &[
                CARRIER,
                SERVICE,
                ZONE,
                Column::required("pairs", ColumnType::Count, "pairs of areas that were compared"),
                Column::required("exact", ColumnType::Count, "pairs in which the days were exactly those"),
                Column::required("within_one", ColumnType::Count, "pairs in which they were at most one day off"),
            ],
        )
    },
];
