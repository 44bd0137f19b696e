//! Sending a file from the browser. `fetch` cannot say how far an upload is; this older way can.

use model::RunId;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

use crate::error::AppError;

/// What the server answers to files that it has taken.
#[derive(Deserialize)]
struct Accepted {
    /// A run for each file, in the order of the form.
    runs: Vec<Started>,
}

#[derive(Deserialize)]
struct Started {
    id: RunId,
}

/// Sends a file; calls `progress` with the percent that is sent, then once `done` with the file's run.
pub fn send(file: &File, kind: &str, progress: impl Fn(u64) + 'static, done: impl FnOnce(Result<RunId, AppError>) + 'static) {
    match try_send(file, kind, progress) {
        Ok(request) => {
            let ended = request.clone();
            let handler = Closure::once_into_js(move || done(answer(&ended)));
            // `loadend` comes once, however it ended.
            request.set_onloadend(Some(handler.unchecked_ref()));
        }
        Err(_) => done(Err(AppError::Unreachable)),
    }
}

fn try_send(file: &File, kind: &str, progress: impl Fn(u64) + 'static) -> Result<XmlHttpRequest, wasm_bindgen::JsValue> {
    let form = FormData::new()?;
    form.append_with_str("kind", kind)?;
    form.append_with_blob_and_filename("file", file, &file.name())?;
    let request = XmlHttpRequest::new()?;
    request.open("POST", "/api/imports")?;
    request.set_request_header("Accept", "application/json")?;
    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of at most 100")]
            progress((event.loaded() * 100.0 / event.total()) as u64);
        }
    });
    // The browser keeps the function as long as it needs it.
    request.upload()?.set_onprogress(Some(on_progress.into_js_value().unchecked_ref()));
    request.send_with_opt_form_data(Some(&form))?;
    Ok(request)
}

fn answer(request: &XmlHttpRequest) -> Result<RunId, AppError> {
    let status = request.status().unwrap_or(0);
    let text = request.response_text().ok().flatten().unwrap_or_default();
    if (200..300).contains(&status) {
        let accepted: Option<Accepted> = serde_json::from_str(&text).ok();
        accepted.and_then(|accepted| Some(accepted.runs.into_iter().next()?.id)).ok_or(AppError::Unreachable)
    } else {
        Err(serde_json::from_str(&text).unwrap_or(AppError::Unreachable))
    }
}
