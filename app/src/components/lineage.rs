//! How files become answers, as a picture that the server has drawn.

#[cfg(feature = "ssr")]
mod layout;
#[cfg(feature = "ssr")]
mod picture;
mod renewal;
#[cfg(feature = "ssr")]
mod standing;

use leptos::html::Div;
use leptos::prelude::*;

use super::time::tell_ages;
use crate::clock::use_clock;
use renewal::renew;

#[cfg(feature = "ssr")]
pub use picture::picture;

/// The page on which people set what zones mean.
pub const ZONE_DAYS_PAGE: &str = "/transformations/zone-days";

/// The identifier of a transformation's section on its page.
pub fn section_id(name: &str) -> String {
    format!("transformation-{name}")
}

/// The picture that a page began with. Later ones are worked into it, so that who reads it is not disturbed.
#[derive(Clone, Copy)]
pub struct Picture(StoredValue<Option<String>>);

impl Picture {
    /// None yet.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// Shows the picture as it has been drawn now. The server, which knows neither the viewer's clock nor zone, has written times in UTC.
    pub fn show(self, drawn: String) -> AnyView {
        let Self(first) = self;
        // Always the same, so that Leptos leaves it alone.
        let begun = first.try_update_value(|first| first.get_or_insert_with(|| drawn.clone()).clone()).unwrap_or_default();
        let clock = use_clock();
        let place = NodeRef::<Div>::new();
        Effect::new(move |renewed: Option<bool>| {
            let (Some(now), Some(place)) = (clock.now(), place.get()) else { return false };
            if renewed != Some(true) {
                renew(&place, &drawn);
            }
            tell_ages(&place, now);
            true
        });
        view! { <div node_ref=place inner_html=begun></div> }.into_any()
    }
}
