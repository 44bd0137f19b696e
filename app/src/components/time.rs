//! Moments and durations.

use chrono::{DateTime, Timelike, Utc};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::clock::{local, local_minute, local_time, use_clock};
use crate::format;

/// How long ago something was; the exact time on hover. The server, which knows neither the viewer's clock nor zone,
/// writes the time in UTC, and an effect rewrites it once the page is live.
#[component]
pub fn Age(
    /// When.
    at: DateTime<Utc>,
) -> impl IntoView {
    let clock = use_clock();
    let words = move |now| (format::ago(at, now), local(at));
    let shown = RwSignal::new(clock.now_unless_hydrating().map(words));
    Effect::new(move |_| {
        if let Some(now) = clock.now() {
            shown.set(Some(words(now)));
        }
    });
    view! {
        <time datetime=format::iso(at) title=move || shown.get().map(|(_, exact)| exact)>
            {move || shown.get().map_or_else(|| format::absolute(at), |(age, _)| age)}
        </time>
    }
}

/// How long ago something last happened, or that it never did.
#[component]
pub fn AgeOrNever(
    /// When, if ever.
    at: Option<DateTime<Utc>>,
) -> impl IntoView {
    match at {
        Some(at) => view! { <Age at /> }.into_any(),
        None => view! { <span class="text-muted">"Never"</span> }.into_any(),
    }
}

/// The exact time, in the viewer's zone once the page is live, with how long ago it was.
#[component]
pub fn Exact(
    /// When.
    at: DateTime<Utc>,
) -> impl IntoView {
    let clock = use_clock();
    let words = move |now| format!("{} ({})", local(at), format::ago(at, now));
    let shown = RwSignal::new(clock.now_unless_hydrating().map(words));
    Effect::new(move |_| {
        if let Some(now) = clock.now() {
            shown.set(Some(words(now)));
        }
    });
    view! { <time datetime=format::iso(at)>{move || shown.get().unwrap_or_else(|| format::absolute(at))}</time> }
}

/// A moment to come, to the minute: in UTC from the server, in the viewer's zone once the page is live.
#[component]
pub fn Coming(
    /// When.
    at: DateTime<Utc>,
    /// Whether it is today anyway, so that the time says it all.
    #[prop(optional)]
    today: bool,
) -> impl IntoView {
    let clock = use_clock();
    let words = move |_| if today { local_time(at) } else { local_minute(at) };
    let shown = RwSignal::new(clock.now_unless_hydrating().map(words));
    Effect::new(move |_| {
        if let Some(now) = clock.now() {
            shown.set(Some(words(now)));
        }
    });
    let from_server = move || if today { format!("{:02}:{:02} UTC", at.hour(), at.minute()) } else { format::absolute(at) };
    view! { <time datetime=format::iso(at)>{move || shown.get().unwrap_or_else(from_server)}</time> }
}

/// Rewrites the times in a part of the page that the server has written as a whole, each with its moment in `data-at`. Browser only.
pub fn tell_ages(part: &Element, now: i64) {
    let Ok(times) = part.query_selector_all("time[data-at]") else { return };
    for place in 0..times.length() {
        let Some(time) = times.item(place).and_then(|node| node.dyn_into::<Element>().ok()) else { continue };
        let at = time.get_attribute("data-at").and_then(|at| DateTime::from_timestamp_millis(at.parse().ok()?));
        if let Some(at) = at {
            time.set_text_content(Some(&format::ago(at, now)));
            _ = time.set_attribute("title", &local(at));
        }
    }
}
