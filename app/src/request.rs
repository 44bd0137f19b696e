//! The server's side of a request: who asks, and the one place where an error becomes an HTTP status.

use std::net::IpAddr;

use http::header::{ACCEPT, CACHE_CONTROL, COOKIE, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use model::Error;
use model::audit::Origin;
use platform::{Authorized, Caller, Identity, NewSession, Permit, Platform};

use crate::error::AppError;

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "__Host-session";
/// The cookie that holds the chosen theme.
pub const THEME_COOKIE: &str = "theme";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where a request comes from, in its extensions: put there by the server, which knows which proxies it may believe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The value of a cookie, as it stands in the request. Anybody can have written it.
pub fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let pairs = parts.headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Who asks, and from where. Nothing in it is proven: the platform checks the session's token.
pub fn caller_of(parts: &Parts) -> Caller {
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let address = parts.extensions.get::<ClientAddress>().map(|ClientAddress(address)| address.to_string());
    let origin = Origin { address, user_agent: text(&USER_AGENT), request_id: text(&REQUEST_ID) };
    let identity = cookie(parts, SESSION_COOKIE)
        .filter(|token| !token.is_empty())
        .map_or(Identity::Anonymous, |token| Identity::Session(token.to_owned()));
    Caller { identity, origin }
}

/// The identifier of the request being answered, also in the server's log.
pub(crate) fn request_id() -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts.headers.get(&REQUEST_ID)?.to_str().ok().map(ToOwned::to_owned)
}

/// The request that is being answered: by a server function, or by a page that calls one while it is rendered.
pub(crate) struct Asked {
    /// Where the work is done.
    pub platform: Platform,
    /// Who asks.
    pub caller: Caller,
}

impl Asked {
    /// The request of the current context. Its answer is nobody else's: no cache may keep it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the server was wired without a platform.
    pub fn current() -> Result<Self, Error> {
        let (Some(platform), Some(parts)) = (use_context::<Platform>(), use_context::<Parts>()) else {
            return Err(Error::Unavailable { reference: request_id().unwrap_or_else(|| "no-platform".to_owned()) });
        };
        if let Some(response) = use_context::<ResponseOptions>() {
            response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        Ok(Self { platform, caller: caller_of(&parts) })
    }

    /// Proof that the caller holds the permission.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Forbidden`], or [`Error::Unavailable`] when that cannot be known.
    pub async fn authorize<P: Permit>(&self) -> Result<Authorized<P>, Error> {
        self.platform.authorize::<P>(&self.caller).await
    }

    /// The same for what a page asks by itself while it is merely open.
    ///
    /// # Errors
    /// As [`Asked::authorize`].
    pub async fn authorize_watching<P: Permit>(&self) -> Result<Authorized<P>, Error> {
        self.platform.authorize_watching::<P>(&self.caller).await
    }
}

/// Turns an operation's result into a server function's, and says the same by the HTTP status.
pub(crate) fn answer<T>(result: Result<T, Error>) -> Result<T, AppError> {
    result.map_err(|error| AppError::Refused(refuse(error)))
}

/// Sets the response's status to the error's: of a server function, or of the page that is being rendered.
///
/// A form that was sent without scripts goes back to its page instead, with the error in the address.
pub(crate) fn refuse(error: Error) -> Error {
    if let Some(response) = use_context::<ResponseOptions>() {
        let status = if is_plain_form() { StatusCode::SEE_OTHER } else { status_of(&error) };
        response.set_status(status);
        if let Error::RateLimited { retry_after_seconds } = &error {
            response.insert_header(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
        }
    }
    error
}

fn status_of(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Whether a browser sent a form by itself: it wants a page, not a value.
pub(crate) fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let wants_page =
            parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
        parts.method == Method::POST && wants_page
    })
}

/// Sends the browser to an address of this site, after a form (303) or from a page (302).
///
/// Unlike Leptos' own function it does so for every client, not only for those that say they accept HTML.
pub(crate) fn send_to(address: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(address)) else { return };
    response.insert_header(LOCATION, location);
    response.set_status(if is_plain_form() { StatusCode::SEE_OTHER } else { StatusCode::FOUND });
}

/// Sets a cookie.
pub(crate) fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

/// Gives the browser a session's token: unreadable for scripts, for this host alone, kept until the session ends.
pub(crate) fn set_session(session: &NewSession) {
    let NewSession { token, seconds, .. } = session;
    set_cookie(&format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age={seconds}"));
}

/// Has the browser tell nobody from which address it comes: the page's own holds a secret.
pub(crate) fn send_no_referrer() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
}

/// Sets the status of the page that is being rendered.
pub(crate) fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(cookies: &[&str]) -> Parts {
        let mut request = http::Request::builder().uri("/");
        for cookie in cookies {
            request = request.header(COOKIE, *cookie);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let parts = parts(&["theme=dark; __Host-session=abc=1", "other=2"]);
        assert_eq!(cookie(&parts, THEME_COOKIE), Some("dark"));
        assert!(matches!(caller_of(&parts).identity, Identity::Session(token) if token == "abc=1"));
    }

    #[test]
    fn no_cookie_or_an_empty_one_is_nobody() {
        for cookies in [&[][..], &["__Host-session="], &["x__Host-session=abc"]] {
            assert!(matches!(caller_of(&parts(cookies)).identity, Identity::Anonymous), "{cookies:?}");
        }
    }
}
