//! What an address shows that belongs to no page.

use leptos::prelude::*;
use leptos_meta::Title;

/// There is no such page.
#[component]
pub fn UnknownAddress() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::request::set_status(http::StatusCode::NOT_FOUND);
    view! {
        <Title text="There is no such page" />
        <main class="alone" id="content">
            <div class="failure">
                <h1 class="page-title">"There is no such page"</h1>
                <p>"The address is misspelled, or the page has gone."</p>
                <p>
                    <a class="btn" href="/">
                        "Go to the overview"
                    </a>
                </p>
            </div>
        </main>
    }
}
