//! Transformations: what there is, and starting one.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::RunId;
use model::transformation::TransformationState;

use crate::error::AppError;

/// Every transformation with what it reads, what it has published and its latest run.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:read`, a database out of reach.
#[server(prefix = "/api", endpoint = "transformations/list", input = GetUrl)]
pub async fn list_transformations() -> Result<Vec<TransformationState>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::TransformationsRead;

    let result = async { Asked::current()?.authorize::<TransformationsRead>().await?.transformations().await };
    answer(result.await)
}

/// Starts a transformation in the background and answers its run. A form that was sent without scripts goes to the run's page, or
/// back with the reason.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:run`, no such transformation, already running, a database out of reach.
#[server(prefix = "/api", endpoint = "transformations/start")]
pub async fn start_transformation(name: String) -> Result<RunId, AppError> {
    use crate::request::{Asked, answer, is_plain_form, send_to};
    use platform::permit::TransformationsRun;

    let result = async { Asked::current()?.authorize::<TransformationsRun>().await?.start_transformation(&name).await };
    let result = answer(result.await);
    if is_plain_form() {
        match &result {
            Ok(id) => send_to(&format!("/transformations/runs/{id}")),
            Err(error) => send_to(&format!("/transformations?error={}", leptos_router::location::Url::escape(&error.to_string()))),
        }
    }
    result
}
