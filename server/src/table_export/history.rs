//! The history of runs as a list.

use chrono::{DateTime, SecondsFormat, Utc};
use futures::StreamExt;
use futures::stream::BoxStream;
use model::Error;
use model::run::Run;

use super::{List, ListColumn, Row, Values};

const fn text(name: &'static str) -> ListColumn {
    ListColumn { name, values: Values::Text }
}

const fn whole(name: &'static str) -> ListColumn {
    ListColumn { name, values: Values::Whole }
}

const COLUMNS: &[ListColumn] = &[
    text("run"),
    text("operation"),
    text("subject"),
    text("state"),
    text("actor"),
    text("file"),
    text("sha256"),
    whole("files"),
    whole("bytes"),
    whole("rows_read"),
    whole("rows_rejected"),
    whole("rows_published"),
    text("started_at"),
    text("finished_at"),
    whole("milliseconds"),
    text("failure"),
    text("notes"),
];

/// The runs as rows.
pub fn history(runs: BoxStream<'static, Result<Run, Error>>) -> List {
    List { name: "runs", columns: COLUMNS.to_vec(), rows_known: None, rows: runs.map(|run| run.map(row)).boxed() }
}

fn row(run: Run) -> Row {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let number = |number: u64| Some(number.to_string());
    let notes = (!run.notes.is_empty()).then(|| run.notes.join(" "));
    let (rows_published, milliseconds) = (run.rows_published(), run.milliseconds());
    vec![
        Some(run.id.as_str().to_owned()),
        Some(run.operation.name().to_owned()),
        run.subject,
        Some(run.state.name().to_owned()),
        Some(run.actor),
        run.file.as_ref().map(|file| file.name.clone()),
        run.file.map(|file| file.sha256),
        number(run.files),
        number(run.bytes),
        number(run.rows_read),
        number(run.rows_rejected),
        number(rows_published),
        Some(moment(run.started_at)),
        run.finished_at.map(moment),
        milliseconds.map(|milliseconds| milliseconds.to_string()),
        run.failure,
        notes,
    ]
}
