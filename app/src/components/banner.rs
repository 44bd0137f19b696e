//! A message across the page.

use leptos::prelude::*;

use super::badge::Tone;
use super::icon::Icon;

/// A message that concerns the whole page. Bad ones are read out at once.
#[component]
pub fn Banner(
    /// What the colour means.
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let class = match tone {
        Tone::Good => "banner banner-good",
        Tone::Warning => "banner banner-warning",
        Tone::Bad => "banner banner-bad",
        Tone::Info => "banner banner-info",
    };
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class=class role=role>
            <Icon icon=tone.icon() />
            <div class="min-w-0 break-words">{children()}</div>
        </div>
    }
}
