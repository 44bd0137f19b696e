//! Exports: what there is. The files themselves are a plain download, not a server function.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::export::ExportState;

use crate::error::AppError;
use crate::json::Json;

/// Every export with the table that it is made from.
///
/// # Errors
/// [`model::Error`]: not signed in, without `exports:read`, a database out of reach.
#[server(prefix = "/api", endpoint = "exports/list", input = GetUrl, output = Json)]
pub async fn list_exports() -> Result<Vec<ExportState>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::ExportsRead;

    let result = async { Asked::current()?.authorize::<ExportsRead>().await?.exports().await };
    answer(result.await)
}
