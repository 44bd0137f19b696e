//! The workspace's tables, and the rows of one, a page at a time. The whole view is a plain download, not a server function.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::health::Relation;
use model::table::{RowsQuery, TableRows};

use crate::error::AppError;
use crate::json::Json;

/// Every table of the workspace: its rows, since when, and of which run.
///
/// # Errors
/// [`model::Error`]: not signed in, without `imports:read`, DATA out of reach.
#[server(prefix = "/api", endpoint = "tables/list", input = GetUrl, output = Json)]
pub async fn list_tables() -> Result<Vec<Relation>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::ImportsRead;

    let result = async { Asked::current()?.authorize::<ImportsRead>().await?.tables().await };
    answer(result.await)
}

/// A page of a table of the workspace, each row with the run that brought it.
///
/// # Errors
/// [`model::Error`]: not signed in, without `imports:read`, no such table or column, DATA out of reach.
#[server(prefix = "/api", endpoint = "tables/rows", input = GetUrl, output = Json)]
pub async fn browse_table(query: RowsQuery) -> Result<TableRows, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::ImportsRead;

    let result = async { Asked::current()?.authorize::<ImportsRead>().await?.rows(&query).await };
    answer(result.await)
}
