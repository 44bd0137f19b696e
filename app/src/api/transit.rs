//! Transit times. `GET /api/transit?from=94105&to=10001` is what programs ask as well.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::transit::{MatrixState, Transit};

use crate::error::AppError;
use crate::json::Json;

/// Every service of every carrier from one ZIP or ZIP3 to another, with where each figure comes from.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transit:read`, codes that are none, a database out of reach.
#[server(prefix = "/api", endpoint = "transit", input = GetUrl, output = Json)]
pub async fn look_up_transit(from: String, to: String) -> Result<Transit, AppError> {
    use crate::request::{Asked, answer};
    use model::transit::TransitQuery;
    use platform::permit::TransitRead;

    let result = async { Asked::current()?.authorize::<TransitRead>().await?.transit(&TransitQuery { from, to }).await };
    answer(result.await)
}

/// How the delivery matrix stands, before anything is asked for.
///
/// # Errors
/// As [`look_up_transit`], but for the codes.
#[server(prefix = "/api", endpoint = "transit/matrix", input = GetUrl, output = Json)]
pub async fn get_transit_matrix() -> Result<MatrixState, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::TransitRead;

    let result = async { Asked::current()?.authorize::<TransitRead>().await?.transit_matrix().await };
    answer(result.await)
}
