//! The choice between light and dark.

use icondata_lu as lu;
use leptos::ev;
use leptos::prelude::*;

use crate::components::icon::Icon;
use crate::post::post;
use crate::theme::Theme;

/// The theme that the page was rendered with.
#[cfg(feature = "ssr")]
fn current() -> Theme {
    let parts = use_context::<http::request::Parts>();
    parts.and_then(|parts| crate::request::cookie(&parts, crate::request::THEME_COOKIE)?.parse().ok()).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn current() -> Theme {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("data-theme")?.parse().ok()).unwrap_or_default()
}

/// Three buttons in a menu, each of which sends the choice. Works without scripts; with them the colours change at once.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(current());
    let choices = Theme::ALL
        .iter()
        .map(|&theme| {
            let (title, icon) = match theme {
                Theme::System => ("As the system", lu::LuMonitor),
                Theme::Light => ("Light", lu::LuSun),
                Theme::Dark => ("Dark", lu::LuMoon),
            };
            let choose = move |event: ev::MouseEvent| {
                event.prevent_default();
                chosen.set(theme);
                if let Some(root) = document().document_element() {
                    _ = root.set_attribute("data-theme", theme.name());
                }
                // Whether it is kept or not: the page has the colours that were asked for.
                post("/api/theme", &format!("theme={theme}"), Box::new(|_| {}));
            };
            let pressed = move || if chosen.get() == theme { "true" } else { "false" };
            view! {
                <button type="submit" class="menu-item" name="theme" value=theme.name() aria-pressed=pressed on:click=choose>
                    <Icon icon />
                    {title}
                </button>
            }
        })
        .collect_view();
    view! {
        <details class="menu" data-closes>
            <summary class="btn btn-quiet btn-icon" aria-label="Light or dark">
                <Icon icon=lu::LuSunMoon />
            </summary>
            <div class="menu-panel">
                <form method="post" action="/api/theme">
                    {choices}
                </form>
            </div>
        </details>
    }
}
