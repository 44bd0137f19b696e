//! Sending files from the browser, all in one request.

use model::RunId;
use serde::Deserialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, ProgressEvent, XmlHttpRequest};

use crate::error::AppError;
use crate::post::{finish, open};

/// What the server answers to files that it has taken.
#[derive(Deserialize)]
pub struct Accepted {
    /// The runs that were made of them.
    pub runs: Vec<Started>,
    /// Why files were not taken, a sentence each.
    #[serde(default)]
    pub errors: Vec<String>,
}

/// A run that was made of some of the files.
#[derive(Deserialize)]
pub struct Started {
    /// Which.
    pub id: RunId,
}

/// Sends a form with files; calls `progress` with the bytes that are sent, then once `done` with the runs that were made. The request
/// is answered so that it can be stopped.
pub fn send(
    form: &FormData,
    progress: impl Fn(u64) + 'static,
    done: impl FnOnce(Result<Accepted, AppError>) + 'static,
) -> Option<XmlHttpRequest> {
    let request = try_send(form, progress);
    let sending = request.as_ref().ok().cloned();
    finish(request, Box::new(move |answer| done(answer.and_then(|text| serde_json::from_str(&text).map_err(|_| AppError::Unreachable)))));
    sending
}

fn try_send(form: &FormData, progress: impl Fn(u64) + 'static) -> Result<XmlHttpRequest, JsValue> {
    let request = open("/api/imports")?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes are a whole number below 2^53")]
    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| progress(event.loaded() as u64));
    // The browser keeps the function as long as it needs it.
    request.upload()?.set_onprogress(Some(on_progress.into_js_value().unchecked_ref()));
    request.send_with_opt_form_data(Some(form))?;
    Ok(request)
}
