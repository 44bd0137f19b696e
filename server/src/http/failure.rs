//! The one place where plain routes turn an error into an answer.

use axum::response::{IntoResponse, Redirect, Response};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use model::Error;
use url::form_urlencoded;

/// An error as JSON with its status: `{"error": "not_found", "what": "...", "message": "There is no ..."}`.
pub fn answer(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer_with(status, error)
}

/// The same with a status that says more than the error's own.
pub fn answer_with(status: StatusCode, error: &Error) -> Response {
    let mut body = serde_json::to_value(error).unwrap_or_default();
    if let Some(object) = body.as_object_mut() {
        object.insert("message".to_owned(), error.to_string().into());
    }
    let mut response = (status, [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body.to_string()).into_response();
    if let Error::RateLimited { retry_after_seconds } = error {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
    }
    response
}

/// Whether a browser asks by itself, for a page to show, and not a program for data.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html") && !accept.contains("application/json")
}

/// Sends a browser that asked by itself to the sign-in, and from there back to a page.
pub fn to_sign_in(next: &str) -> Response {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_has_the_errors_status_and_retry() {
        let response = answer(&Error::RateLimited { retry_after_seconds: 7 });
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(answer_with(StatusCode::BAD_REQUEST, &Error::not_found("run 1")).status(), 400);
    }
}
