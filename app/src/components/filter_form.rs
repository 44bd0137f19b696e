//! Forms whose fields become the page's address: filters and searches.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_router::location::{BrowserUrl, LocationProvider};
use leptos_router::params::ParamsMap;
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

use crate::post::fields;

/// A form that leads to `action` with its fields in the address. With scripts the page is not loaded anew, and the address is the one
/// that `address` writes of the fields: what was left empty is not in it.
pub fn filter_form(action: String, label: &'static str, address: impl Fn(&ParamsMap) -> String + 'static, content: AnyView) -> AnyView {
    let navigate = use_navigate();
    let target = action.clone();
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        let fields = fields(&form);
        // From here on the fields show what the address says.
        form.reset();
        let as_sent = format!("{target}?{fields}");
        let written = BrowserUrl::parse(&as_sent).map(|sent| address(sent.search_params()));
        navigate(&written.unwrap_or(as_sent), options);
    };
    view! {
        <form class="filters" method="get" action=action aria-label=label on:submit=on_submit>
            {content}
        </form>
    }
    .into_any()
}
