//! What the overview shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::health::Overview;

use crate::error::AppError;
use crate::json::Json;

/// Both databases' health, the rows of every published table and the latest runs.
///
/// # Errors
/// [`model::Error`]: not signed in, without `databases:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "overview", input = GetUrl, output = Json)]
pub async fn get_overview() -> Result<Overview, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::DatabasesRead;

    let result = async { Asked::current()?.authorize::<DatabasesRead>().await?.overview().await };
    answer(result.await)
}
