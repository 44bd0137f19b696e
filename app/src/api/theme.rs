//! The choice between light and dark, kept by the browser.

use leptos::prelude::*;

use crate::error::AppError;
use crate::json::Json;
use crate::theme::Theme;

/// Keeps the theme in a cookie for a year. It is the browser's own and no secret: nobody needs to be signed in.
///
/// # Errors
/// [`model::Error::Invalid`] where the name is no theme's.
#[server(prefix = "/api", endpoint = "theme", output = Json)]
pub async fn set_theme(theme: Theme) -> Result<(), AppError> {
    let cookie = crate::request::THEME_COOKIE;
    crate::request::set_cookie(&format!("{cookie}={theme}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=31536000"));
    Ok(())
}
