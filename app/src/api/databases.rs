//! What the page of databases shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::structure::Structures;

use crate::error::AppError;
use crate::json::Json;

/// Where both databases' migrations stand, how much room they take and who is connected.
///
/// # Errors
/// [`model::Error`]: not signed in, without `databases:inspect`, a database that refuses the question.
#[server(prefix = "/api", endpoint = "databases", input = GetUrl, output = Json)]
pub async fn get_databases() -> Result<Structures, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::DatabasesInspect;

    let result = async { Asked::current()?.authorize::<DatabasesInspect>().await?.structures().await };
    answer(result.await)
}
