//! What stands where a list has nothing to show.

use icondata_lu as lu;
use leptos::prelude::*;

use super::icon::Icon;

/// Says what would be here and how to get it.
#[component]
pub fn Empty(
    /// What is not here.
    #[prop(into)]
    title: String,
    /// How to get it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon icon=lu::LuInbox />
            <div>
                <div class="font-semibold">{title}</div>
                <div class="text-muted">{children()}</div>
            </div>
        </div>
    }
}
