//! Runs: their history and each one.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::list::Page;
use model::run::{Operation, Run, RunDetail, RunQuery};

use crate::error::AppError;
use crate::json::Json;

/// A page of the history of imports and their undoing. Whichever operation the query names, it is these.
///
/// # Errors
/// [`model::Error`]: not signed in, without `imports:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "runs/list", input = GetUrl, output = Json)]
pub async fn list_runs(query: RunQuery) -> Result<Page<Run>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::ImportsRead;

    let query = RunQuery { operation: None, ..query };
    let result = async { Asked::current()?.authorize::<ImportsRead>().await?.runs(&query).await };
    answer(result.await)
}

/// What is queued, at work or waiting for somebody now, at most 20 runs: imports, undoings and transformations, each as far as the reader
/// may see them.
///
/// # Errors
/// [`model::Error`]: not signed in, with neither `imports:read` nor `transformations:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "runs/work", input = GetUrl, output = Json)]
pub async fn list_work() -> Result<Vec<Run>, AppError> {
    use crate::request::{Asked, answer};
    use model::Error;
    use platform::permit::{ImportsRead, TransformationsRead};

    let result = async {
        let asked = Asked::current()?;
        // Open pages ask this by themselves.
        match asked.authorize_watching::<ImportsRead>().await {
            Ok(reader) => reader.unfinished().await,
            Err(Error::Forbidden { .. }) => asked.authorize_watching::<TransformationsRead>().await?.unfinished().await,
            Err(error) => Err(error),
        }
    };
    answer(result.await)
}

/// A run of this operation with everything that its page shows. Each operation has a permission of its own; imports and their undoing
/// share one, and a page.
///
/// # Errors
/// [`model::Error`]: not signed in, without `imports:read` or `transformations:read`, no such run, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "runs/get", input = GetUrl, output = Json)]
pub async fn get_run(operation: Operation, id: String) -> Result<RunDetail, AppError> {
    use crate::request::{Asked, answer};
    use model::{Error, RunId};
    use platform::permit::{ImportsRead, TransformationsRead};

    let id = RunId::new(id);
    let result = async {
        let asked = Asked::current()?;
        let detail = match operation {
            Operation::Import | Operation::Undo => asked.authorize::<ImportsRead>().await?.run(&id).await?,
            Operation::Transformation => asked.authorize::<TransformationsRead>().await?.run(&id).await?,
            Operation::Export => return Err(Error::not_found("page for an export's run")),
        };
        let page = |operation| if operation == Operation::Undo { Operation::Import } else { operation };
        if page(detail.run.operation) == page(operation) {
            Ok(detail)
        } else {
            Err(Error::not_found(format!("{} with this address", operation.name())))
        }
    };
    answer(result.await)
}
