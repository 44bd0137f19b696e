//! What was typed and not saved is not left by mistake.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

const QUESTION: &str = "What you have changed is not saved. Leave this page without it?";

/// Asks before the page is left while something is unsaved: by the browser's own means where another document is loaded, and where a link
/// of this page leads on.
pub fn guard(unsaved: RwSignal<bool>) {
    Effect::new(move |_| {
        let unload = window_event_listener(ev::beforeunload, move |event| {
            if unsaved.try_get_untracked() == Some(true) {
                event.prevent_default();
            }
        });
        // On the document: the router listens on the window, which hears of a click later, and leaves those alone that somebody has stopped.
        let stop = Closure::<dyn Fn(ev::MouseEvent)>::new(move |event: ev::MouseEvent| {
            if unsaved.try_get_untracked() == Some(true) && leads_away(&event) {
                if window().confirm_with_message(QUESTION).unwrap_or(true) {
                    unsaved.set(false);
                } else {
                    event.prevent_default();
                }
            }
        })
        .into_js_value();
        _ = document().add_event_listener_with_callback("click", stop.unchecked_ref());
        let stop = StoredValue::<JsValue, LocalStorage>::new_local(stop);
        on_cleanup(move || {
            unload.remove();
            _ = stop.try_with_value(|stop| document().remove_event_listener_with_callback("click", stop.unchecked_ref()));
        });
    });
}

/// Whether a click follows a link in this very window.
fn leads_away(event: &ev::MouseEvent) -> bool {
    let is_plain = event.button() == 0 && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
    let link = || event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()?;
    is_plain
        && !event.default_prevented()
        && link().is_some_and(|link| {
            let is_here = link.get_attribute("href").is_some_and(|address| address.starts_with('#'));
            !is_here && !link.has_attribute("target") && !link.has_attribute("download")
        })
}
