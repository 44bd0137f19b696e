//! Menus and the drawer are `details` elements, which open without scripts; this closes them as people expect.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

const OPEN: &str = "details[data-closes][open]";

/// Closes open menus when another page is shown, when something beside them is clicked and on Escape.
pub fn close_menus() {
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        close_except(None);
    });
    Effect::new(|_| {
        let clicks = window_event_listener(ev::click, |event| {
            let clicked = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            close_except(clicked.as_ref());
        });
        let keys = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" {
                close_and_return_focus();
            }
        });
        on_cleanup(move || {
            clicks.remove();
            keys.remove();
        });
    });
}

fn open_menus() -> Vec<Element> {
    let Ok(menus) = document().query_selector_all(OPEN) else { return Vec::new() };
    (0..menus.length()).filter_map(|index| menus.get(index)?.dyn_into().ok()).collect()
}

fn close_except(inside: Option<&Node>) {
    for menu in open_menus().into_iter().filter(|menu| inside.is_none() || !menu.contains(inside)) {
        _ = menu.remove_attribute("open");
    }
}

fn close_and_return_focus() {
    for menu in open_menus() {
        _ = menu.remove_attribute("open");
        if let Ok(Some(button)) = menu.query_selector("summary")
            && let Some(button) = button.dyn_ref::<HtmlElement>()
        {
            _ = button.focus();
        }
    }
}
