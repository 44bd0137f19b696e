//! `GET /api/tables/{table}.csv`, `.xlsx`, `.jsonl` and `.parquet`: the rows that a table's page shows, all pages of them, with the page's
//! own parameters. `GET /api/runs.csv` and the like: the history that the page of imports shows.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use app::request::caller_of;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use http::Method;
use model::run::{RunQuery, RunSort};
use model::table::RowsQuery;
use model::{Error, FileKind};
use platform::{Platform, permit};
use tokio::sync::mpsc::{self, error::SendTimeoutError};
use tokio_util::io::ReaderStream;
use url::form_urlencoded;

use super::attachment;
use crate::table_export::{Format, List, Written, history};

/// What the names of parameters that filter begin with; the column follows.
const FILTER: &str = "filter.";
/// How long somebody who downloads may take nothing. The rows are one transaction on DATA, and one that goes on for ever would keep imports
/// from publishing.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pieces that wait for the network.
const WAITING: usize = 16;

/// The rows of a table as a file.
pub async fn download(State(platform): State<Platform>, Path(file): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let result = async {
        let permit = platform.authorize::<permit::ImportsRead>(&caller_of(&parts)).await?;
        let unknown = || Error::not_found(format!("table {}: its address ends in {}", file.escape_default(), Format::endings()));
        let (table, format) = Format::of_file(&file).ok_or_else(unknown)?;
        let query = query(table, parts.uri.query().unwrap_or_default());
        if parts.method == Method::HEAD {
            return Ok(described(permit.describe_rows(&query)?.table(), format));
        }
        answer(permit.all_rows(&query).await?.into(), format).await
    };
    result.await.unwrap_or_else(|error| attachment::refuse(&parts.headers, &error, "/tables"))
}

/// The history of imports as a file.
pub async fn runs(State(platform): State<Platform>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let result = async {
        let permit = platform.authorize::<permit::ImportsRead>(&caller_of(&parts)).await?;
        let (_, format) = Format::of_file(parts.uri.path()).ok_or_else(|| Error::not_found("list of runs with this ending"))?;
        if parts.method == Method::HEAD {
            return Ok(described("runs", format));
        }
        let runs = permit.all_runs(run_query(parts.uri.query().unwrap_or_default())).await?;
        answer(history(runs), format).await
    };
    result.await.unwrap_or_else(|error| attachment::refuse(&parts.headers, &error, "/imports"))
}

/// Asking what a download would be like makes none, and leaves nothing in the audit.
pub(super) fn described(list: &str, format: Format) -> Response {
    let content = Body::from_stream(stream::empty::<io::Result<Bytes>>());
    attachment::answer(&format!("{list}.{}", format.ending()), format.media_type(), None, content)
}

/// The list as a file.
///
/// # Errors
/// As [`Format::write`].
pub(super) async fn answer(list: List, format: Format) -> Result<Response, Error> {
    let name = format!("{}.{}", list.name, format.ending());
    let (bytes, content) = match format.write(list).await? {
        Written::Pieces(pieces) => (None, Body::from_stream(impatient(pieces, PATIENCE))),
        Written::File(file) => {
            let file = tokio::fs::File::from_std(file);
            // Without the length the file is just as whole.
            let bytes = file.metadata().await.map(|metadata| metadata.len()).ok();
            (bytes, Body::from_stream(ReaderStream::new(file)))
        }
    };
    Ok(attachment::answer(&name, format.media_type(), bytes, content))
}

/// The query that the parameters of a table's page stand for. The page itself does not matter: all of them are in the file.
fn query(table: &str, parameters: &str) -> RowsQuery {
    let mut query = RowsQuery { table: table.to_owned(), ..RowsQuery::default() };
    let mut filters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
        match (name.as_ref(), name.strip_prefix(FILTER)) {
            ("search", _) => query.search = value.trim().to_owned(),
            ("sort", _) => query.sort = value.into_owned(),
            // An empty field of a form asks for nothing.
            (_, Some(column)) if !value.trim().is_empty() => _ = filters.insert(column.to_owned(), value.trim().to_owned()),
            _ => {}
        }
    }
    query.filters = filters;
    query
}

/// The query that the parameters of the history stand for. What makes no sense is absent, as on the page.
fn run_query(parameters: &str) -> RunQuery {
    let mut query = RunQuery::default();
    for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
        match name.as_ref() {
            "kind" => query.subject = value.parse::<FileKind>().ok().map(|kind| kind.name().to_owned()),
            "state" => query.state = value.parse().ok(),
            "sort" => query.sort = RunSort::from_name(&value),
            _ => {}
        }
    }
    query
}

/// Hands the pieces on, and gives up on whoever takes none for so long: the rows' transaction ends then.
fn impatient(mut pieces: BoxStream<'static, Result<Bytes, Error>>, patience: Duration) -> BoxStream<'static, io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        while let Some(piece) = pieces.next().await {
            match sender.send_timeout(Some(piece.map_err(io::Error::other)), patience).await {
                Ok(()) => {}
                Err(SendTimeoutError::Closed(_)) => return,
                Err(SendTimeoutError::Timeout(_)) => {
                    tracing::warn!("a download of a table was given up: nothing of it was taken for {} seconds", patience.as_secs());
                    return;
                }
            }
        }
        // Whoever is gone does not want to hear that this was all.
        _ = sender.send(None).await;
    });
    stream::unfold(Some(receiver), |receiver| async move {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(piece)) => Some((piece, Some(receiver))),
            Some(None) => None,
            // Cut off with an error, so that nobody takes a part for the whole.
            None => Some((Err(io::Error::other("the download was given up")), None)),
        }
    })
    // Compression asks once more after the end, which an unfolded stream answers with a panic.
    .fuse()
    .boxed()
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;
    use model::run::RunState;

    use super::*;

    #[test]
    fn the_pages_own_parameters_are_the_query() {
        let query = query("us_zips", "search=New+York&sort=-population&page=7&filter.state_id=NY&filter.city=&filter.=x&other=1");
        assert_eq!(
            (query.table.as_str(), query.search.as_str(), query.sort.as_str(), query.page),
            ("us_zips", "New York", "-population", 0)
        );
        assert_eq!(query.filters, BTreeMap::from([("state_id".to_owned(), "NY".to_owned()), (String::new(), "x".to_owned())]));
    }

    #[test]
    fn the_historys_own_parameters_are_the_query() {
        let query = run_query("kind=us-zips&state=failed&sort=-rows&page=2");
        assert_eq!((query.subject.as_deref(), query.state, query.sort), (Some("us-zips"), Some(RunState::Failed), RunSort::RowsDescending));
        assert_eq!(run_query("kind=%3Cscript%3E&state=&sort=colour"), RunQuery::default());
    }

    #[tokio::test]
    async fn whoever_takes_nothing_is_given_up_and_hears_that_it_is_not_all() {
        let (alive, mut gone) = mpsc::channel::<()>(1);
        let endless = stream::repeat_with(move || {
            // It lives as long as the stream.
            _ = &alive;
            Ok(Bytes::from_static(b"x"))
        });
        let pieces = impatient(endless.boxed(), Duration::from_millis(20));
        assert_eq!(gone.recv().await, None, "the rows are let go");
        assert!(pieces.try_collect::<Vec<_>>().await.is_err());
        let whole = impatient(stream::iter([Ok(Bytes::from_static(b"x"))]).boxed(), PATIENCE);
        assert_eq!(whole.try_collect::<Vec<_>>().await.expect("whole"), [Bytes::from_static(b"x")]);
    }

    #[tokio::test]
    async fn whoever_asks_on_after_the_end_hears_the_end_again() {
        let mut whole = impatient(stream::iter([Ok(Bytes::from_static(b"x"))]).boxed(), PATIENCE);
        assert!(whole.next().await.is_some());
        assert!(whole.next().await.is_none() && whole.next().await.is_none());
    }
}
