//! What is done with imports: publishing what waits, cancelling, undoing, starting again. Files come in by a route of their own.
//!
//! Forms that were sent without scripts go on to the run's page, where a refusal stands above the facts.

use leptos::prelude::*;
use model::RunId;

use crate::error::AppError;
use crate::json::Json;

/// Publishes a run that waits, with what is agreed to.
///
/// # Errors
/// [`model::Error`]: not signed in, without the permission to import the run's kind, no such run, a question that is not agreed to,
/// a run that does not wait, a database out of reach.
#[server(prefix = "/api", endpoint = "imports/confirm", output = Json)]
pub async fn confirm_import(
    id: RunId,
    #[server(default)] leading_zeros: bool,
    #[server(default)] older_release: bool,
) -> Result<(), AppError> {
    use crate::request::Asked;
    use model::preview::Consent;
    use platform::permit::ImportsRun;

    let consent = Consent { leading_zeros, older_release, same_bytes: false };
    let result = async { Asked::current()?.authorize::<ImportsRun>().await?.confirm(&id, consent).await };
    server_side::settle(&id, result.await, |()| None)
}

/// Ends a run that is queued, at work or waiting; nothing of it is published.
///
/// # Errors
/// [`model::Error`]: not signed in, without the permission to import the run's kind, no such run, one that has ended, a database
/// out of reach.
#[server(prefix = "/api", endpoint = "imports/cancel", output = Json)]
pub async fn cancel_import(id: RunId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::ImportsRun;

    let result = async { Asked::current()?.authorize::<ImportsRun>().await?.cancel(&id).await };
    server_side::settle(&id, result.await, |()| None)
}

/// Brings back what was there before an import and answers the run that does so.
///
/// # Errors
/// [`model::Error`]: not signed in, without the permission to import the run's kind, no such run, one that cannot be undone, a
/// database out of reach.
#[server(prefix = "/api", endpoint = "imports/undo", output = Json)]
pub async fn undo_import(id: RunId) -> Result<RunId, AppError> {
    use crate::request::Asked;
    use platform::permit::ImportsRun;

    let result = async { Asked::current()?.authorize::<ImportsRun>().await?.undo(&id).await };
    server_side::settle(&id, result.await, |run| Some(run.clone()))
}

/// Imports the kept files of an ended run again and answers the new run.
///
/// # Errors
/// [`model::Error`]: not signed in, without the permission to import the run's kind, no such run, files that are no longer kept, a
/// database out of reach.
#[server(prefix = "/api", endpoint = "imports/start-again", output = Json)]
pub async fn start_again(id: RunId, #[server(default)] same_bytes: bool, #[server(default)] preview: bool) -> Result<RunId, AppError> {
    use crate::request::Asked;
    use model::preview::{Consent, ImportOptions};
    use platform::permit::ImportsRun;

    let options = ImportOptions { preview, consent: Consent { same_bytes, ..Consent::default() }, limits: None };
    let result = async { Asked::current()?.authorize::<ImportsRun>().await?.start_again(&id, options).await };
    server_side::settle(&id, result.await, |run| Some(run.clone()))
}

#[cfg(feature = "ssr")]
mod server_side {
    use leptos_router::location::Url;
    use model::{Error, RunId};

    use crate::error::AppError;
    use crate::request::{answer, is_plain_form, send_to};

    /// Answers a command on a run. A plain form is led to the page of the run that came of it, or back to this one's with the error.
    pub fn settle<T>(id: &RunId, result: Result<T, Error>, next: impl Fn(&T) -> Option<RunId>) -> Result<T, AppError> {
        let result = answer(result);
        if is_plain_form() {
            let page = |id: &RunId| {
                let is_plain = id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                if is_plain { format!("/imports/runs/{id}") } else { format!("/imports/runs/{}", Url::escape(id.as_str())) }
            };
            match &result {
                Ok(value) => send_to(&page(&next(value).unwrap_or_else(|| id.clone()))),
                Err(error) if error.is_unauthenticated() => send_to(&format!("/sign-in?next={}", Url::escape(&page(id)))),
                Err(error) => send_to(&format!("{}?error={}", page(id), Url::escape(&error.to_string()))),
            }
        }
        result
    }
}
