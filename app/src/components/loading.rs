//! What stands where data is on its way.

use leptos::prelude::*;

/// Grey lines of about the height of what will come.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <span class="sr-only">"Loading"</span>
            <div class="loading-line"></div>
            <div class="loading-line"></div>
            <div class="loading-line"></div>
        </div>
    }
}
