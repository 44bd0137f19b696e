//! How files become answers, as a picture that the server has drawn.

#[cfg(feature = "ssr")]
mod layout;
#[cfg(feature = "ssr")]
mod picture;
#[cfg(feature = "ssr")]
mod standing;

use leptos::html::Div;
use leptos::prelude::*;

use super::time::tell_ages;
use crate::clock::use_clock;

#[cfg(feature = "ssr")]
pub use picture::picture;

/// The page on which people set what zones mean.
pub const ZONE_DAYS_PAGE: &str = "/transformations/zone-days";

/// The identifier of a transformation's section on its page.
pub fn section_id(name: &str) -> String {
    format!("transformation-{name}")
}

/// Shows the picture. The server, which knows neither the viewer's clock nor zone, has written times in UTC.
pub fn lineage(picture: String) -> AnyView {
    let clock = use_clock();
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let (Some(now), Some(place)) = (clock.now(), place.get()) {
            tell_ages(&place, now);
        }
    });
    view! { <div node_ref=place inner_html=picture></div> }.into_any()
}
