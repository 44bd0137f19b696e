//! Signing in and out, and who is signed in.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::session::SignedIn;

use crate::error::AppError;
use crate::json::Json;

/// Signs in, sets the session's cookie and answers the address to go on to: `next` where it is an address of this
/// site, the overview otherwise. A form that was sent without scripts is sent there, or back with the error. The code is
/// the second factor's, and empty where none was asked for yet.
///
/// # Errors
/// [`model::Error`]: an address and password that do not belong together, a code that is missing or wrong, too many attempts,
/// PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "sign-in", output = Json)]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<String, AppError> {
    use crate::request::{Asked, answer, is_plain_form, send_to, set_session};

    let next = server_side::local_address(&next).unwrap_or("/").to_owned();
    let result = async {
        let asked = Asked::current()?;
        asked.platform.sign_in(&asked.caller, &email, &password, &code).await
    };
    match answer(result.await) {
        Ok(session) => {
            set_session(&session);
            if is_plain_form() {
                send_to(&next);
            }
            Ok(next)
        }
        Err(error) => {
            if is_plain_form() {
                send_to(&server_side::way_back(&email, &next, &error));
            }
            Err(error)
        }
    }
}

/// Ends the session and goes to the sign-in page.
///
/// # Errors
/// [`model::Error::Unavailable`] where PRIMARY does not answer: the session may still be valid then.
#[server(prefix = "/api", endpoint = "sign-out", output = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::plain_form::settle;
    use crate::request::{Asked, send_to, set_cookie};

    let result = async {
        let asked = Asked::current()?;
        asked.platform.sign_out(&asked.caller).await
    };
    settle(result.await, "/", |()| "/sign-in".to_owned())?;
    set_cookie(&server_side::no_cookie());
    send_to("/sign-in");
    Ok(())
}

/// Who is signed in, if anybody. Every page asks it first: a session whose rights have changed gets another token here.
///
/// # Errors
/// [`model::Error::Unavailable`] where PRIMARY does not answer and the session is not known.
#[server(prefix = "/api", endpoint = "current-user", input = GetUrl, output = Json)]
pub async fn current_user() -> Result<Option<SignedIn>, AppError> {
    use crate::request::{Asked, answer, set_session};

    let result = async {
        let asked = Asked::current()?;
        let signed_in = asked.platform.signed_in_to_read(&asked.caller).await?;
        // Where PRIMARY does not answer the session goes on as it is, and the page with it.
        if let Ok(Some(renewed)) = asked.platform.renew_session(&asked.caller).await {
            set_session(&renewed);
        }
        Ok(signed_in)
    };
    answer(result.await.map(|signed_in| signed_in.map(|signed_in| (*signed_in).clone())))
}

#[cfg(feature = "ssr")]
mod server_side {
    use leptos_router::location::Url;

    use crate::error::AppError;
    use crate::request::SESSION_COOKIE;

    /// The address if it leads to a page of this very site: everything else would make the sign-in page a stepping
    /// stone to somebody else's.
    pub fn local_address(address: &str) -> Option<&str> {
        let rest = address.strip_prefix('/')?;
        let leaves = rest.starts_with('/') || address.contains('\\') || address.contains(|character: char| character.is_control());
        let loops = rest.starts_with("sign-in") || rest.starts_with("api/");
        (!leaves && !loops).then_some(address)
    }

    /// Makes a browser forget the session.
    pub fn no_cookie() -> String {
        format!("{SESSION_COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0")
    }

    /// The sign-in page with the error in its address, where the page reads it, and with what was typed.
    pub fn way_back(email: &str, next: &str, error: &AppError) -> String {
        let error = serde_json::to_string(error).unwrap_or_default();
        format!("/sign-in?email={}&next={}&error={}", Url::escape(email), Url::escape(next), Url::escape(&error))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::server_side::local_address;

    #[test]
    fn only_pages_of_this_site_are_gone_on_to() {
        for address in ["/", "/imports", "/imports?kind=us-zips&sort=-started&page=2", "/imports/runs/0197"] {
            assert_eq!(local_address(address), Some(address));
        }
        for address in [
            "",
            "imports",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\nb",
            "/\t/evil.example",
            "/sign-in",
            "/api/sign-out",
        ] {
            assert_eq!(local_address(address), None, "{address:?}");
        }
    }
}
