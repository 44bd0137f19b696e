//! Sending forms from the browser without leaving the page. `fetch` cannot say how far an upload is; this older way can, and
//! serves for everything.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, HtmlFormElement, UrlSearchParams, XmlHttpRequest};

use crate::error::AppError;

/// What is called with the answer: its text, or why there is none.
pub type Done = Box<dyn FnOnce(Result<String, AppError>)>;

/// The fields of a form as an address or a request's body has them.
pub fn fields(form: &HtmlFormElement) -> String {
    let parameters = FormData::new_with_form(form).and_then(|data| UrlSearchParams::new_with_str_sequence_sequence(&data));
    parameters.ok().map(|parameters| String::from(parameters.to_string())).unwrap_or_default()
}

/// Sends fields to one of the server's functions.
pub fn post(address: &str, fields: &str, done: Done) {
    let send = || -> Result<XmlHttpRequest, JsValue> {
        let request = open(address)?;
        request.set_request_header("Content-Type", "application/x-www-form-urlencoded")?;
        request.send_with_opt_str(Some(fields))?;
        Ok(request)
    };
    finish(send(), done);
}

/// A request to this address that asks for a value, not for a page.
///
/// # Errors
/// What the browser refuses.
pub fn open(address: &str) -> Result<XmlHttpRequest, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("POST", address)?;
    request.set_request_header("Accept", "application/json")?;
    Ok(request)
}

/// Calls `done` once, however the request ends.
pub fn finish(request: Result<XmlHttpRequest, JsValue>, done: Done) {
    match request {
        Ok(request) => {
            let ended = request.clone();
            let handler = Closure::once_into_js(move || done(answer(&ended)));
            request.set_onloadend(Some(handler.unchecked_ref()));
        }
        Err(_) => done(Err(AppError::Unreachable)),
    }
}

fn answer(request: &XmlHttpRequest) -> Result<String, AppError> {
    let status = request.status().unwrap_or(0);
    let text = request.response_text().ok().flatten().unwrap_or_default();
    if (200..300).contains(&status) { Ok(text) } else { Err(serde_json::from_str(&text).unwrap_or(AppError::Unreachable)) }
}
