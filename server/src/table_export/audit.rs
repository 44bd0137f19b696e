//! The audit as a list.

use chrono::SecondsFormat;
use futures::StreamExt;
use futures::stream::BoxStream;
use model::Error;
use model::audit::AuditRecord;

use super::{List, ListColumn, Row, Values};

const fn text(name: &'static str) -> ListColumn {
    ListColumn { name, values: Values::Text }
}

const COLUMNS: &[ListColumn] = &[
    ListColumn { name: "row", values: Values::Whole },
    text("at"),
    text("user_id"),
    text("actor"),
    text("on_behalf_of"),
    text("action"),
    text("resource"),
    text("resource_id"),
    text("before"),
    text("after"),
    text("address"),
    text("request_id"),
    ListColumn { name: "seal", values: Values::Whole },
];

/// The rows of the audit as rows.
pub fn audit(records: BoxStream<'static, Result<AuditRecord, Error>>) -> List {
    List { name: "audit", columns: COLUMNS.to_vec(), rows_known: None, rows: records.map(|record| record.map(row)).boxed() }
}

fn row(record: AuditRecord) -> Row {
    vec![
        Some(record.id.to_string()),
        Some(record.at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        record.user_id.map(|id| id.as_str().to_owned()),
        Some(record.actor),
        record.on_behalf_of,
        Some(record.action),
        Some(record.resource),
        record.resource_id,
        record.before.map(|value| value.to_string()),
        record.after.map(|value| value.to_string()),
        record.address,
        record.request_id,
        record.seal.map(|seal| seal.to_string()),
    ]
}
