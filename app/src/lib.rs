//! The interface: pages, components and the server functions behind them.
//!
//! Pages are rendered whole on the server ([`shell`]) and work without scripts; in the browser [`App`] takes them
//! over and makes them pleasant. Everything that a page does goes through a server function of [`api`], and each of
//! those is thin: it authorizes, calls the platform and maps the error.

#![recursion_limit = "256"]

pub mod api;
mod clock;
mod components;
mod document;
pub mod error;
mod format;
mod handover;
mod json;
mod layout;
mod pages;
#[cfg(feature = "ssr")]
mod plain_form;
mod post;
#[cfg(feature = "ssr")]
pub mod request;
mod routes;
pub mod theme;

pub use document::shell;
pub use routes::App;

/// Writes panics of the browser's side, with their place, to the browser's console.
#[cfg(feature = "hydrate")]
pub fn report_panics() {
    console_error_panic_hook::set_once();
}
