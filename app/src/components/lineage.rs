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
use leptos::tachys::view::keyed::keyed;

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

/// Where the picture is shown. Later ones are worked into the first, so that who reads it is not disturbed.
#[derive(Clone, Copy)]
pub struct Picture(NodeRef<Div>);

impl Picture {
    /// Not shown yet.
    pub fn new() -> Self {
        Self(NodeRef::new())
    }

    /// Shows the picture as it has been drawn now. The server, which knows neither the viewer's clock nor zone, has written times in UTC.
    pub fn show(self, drawn: String) -> AnyView {
        let Self(place) = self;
        let first = drawn.clone();
        let clock = use_clock();
        Effect::new(move |renewed: Option<bool>| {
            let (Some(now), Some(place)) = (clock.now(), place.get()) else { return false };
            if renewed != Some(true) {
                renew(&place, &drawn);
            }
            tell_ages(&place, now);
            true
        });
        // A list of one that always has the same key: this alone Leptos leaves as it is when it makes the page around it anew.
        keyed([first], |_| 0_u8, move |_, first| (|_| (), view! { <div node_ref=place inner_html=first></div> })).into_any()
    }
}
