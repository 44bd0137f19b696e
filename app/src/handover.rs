//! What is shown once and stands in no address: a link with which a password is set, recovery codes, the secret of an authenticator app.
//!
//! With scripts it is in the answer to what asked for it. Without them a browser is led from the form to a page; the secret goes along in a
//! cookie that scripts cannot read and that the page, which shows it, takes away again. No log and no history holds cookies.

use leptos::prelude::*;
use model::user_view::PasswordLink;
use serde::{Deserialize, Serialize};

/// What is handed over.
#[derive(Clone, Serialize, Deserialize)]
pub enum Handed {
    /// A link for a user, with its whole address.
    Link(PasswordLink),
    /// What an authenticator app is to be told, for typing.
    Secret(String),
    /// New recovery codes.
    Codes(Vec<String>),
}

/// What the form that led to this page has handed over, if anything. The browser takes over what the server has shown.
pub fn handed_over() -> Option<Handed> {
    SharedValue::new(|| {
        #[cfg(feature = "ssr")]
        return server_side::take();
        #[cfg(not(feature = "ssr"))]
        None
    })
    .into_inner()
}

/// The link with its whole address, as the browser knows this site. Browser only.
pub fn with_origin(link: PasswordLink) -> PasswordLink {
    let origin = window().location().origin().unwrap_or_default();
    PasswordLink { path: format!("{origin}{}", link.path), ..link }
}

#[cfg(feature = "ssr")]
pub(crate) use server_side::{hand_over, whole_address};

#[cfg(feature = "ssr")]
mod server_side {
    use http::header::{HOST, ORIGIN};
    use http::request::Parts;
    use leptos::prelude::use_context;
    use leptos_router::location::Url;

    use super::Handed;
    use crate::request::{cookie, set_cookie};

    /// The cookie. Its prefix binds it to this host and to secure connections.
    const COOKIE: &str = "__Host-link";
    /// How long a browser may take from the form to the page.
    const SECONDS: u32 = 60;

    /// Gives something along to the page that a plain form is led to.
    pub fn hand_over(handed: &Handed) {
        let text = serde_json::to_string(handed).unwrap_or_default();
        set_cookie(&format!("{COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age={SECONDS}", Url::escape(&text)));
    }

    /// What was given along; the browser forgets it.
    pub fn take() -> Option<Handed> {
        let parts = use_context::<Parts>()?;
        let text = cookie(&parts, COOKIE).filter(|text| !text.is_empty())?;
        set_cookie(&format!("{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"));
        serde_json::from_str(&Url::unescape(text)).ok()
    }

    /// The whole address of a page of this site, as the browser knows the site: it says so with every form that it sends.
    pub fn whole_address(path: &str) -> String {
        let Some(parts) = use_context::<Parts>() else { return path.to_owned() };
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(origin) = text(ORIGIN).filter(|origin| origin.starts_with("http")) {
            return format!("{origin}{path}");
        }
        let Some(host) = text(HOST) else { return path.to_owned() };
        // Only on the machine itself is the platform served without TLS.
        let is_here = ["127.0.0.1", "localhost", "[::1]"].iter().any(|here| host == *here || host.starts_with(&format!("{here}:")));
        format!("{}://{host}{path}", if is_here { "http" } else { "https" })
    }
}
