//! What is asked: two ZIPs or ZIP3s.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Error;
use model::transit::TransitQuery;

use super::{address, read};
use crate::components::field::FieldError;
use crate::components::filter_form::filter_form;
use crate::components::icon::Icon;

/// Where to fill in from where to where.
pub fn form(query: Memo<TransitQuery>, wrong: Memo<Option<Error>>) -> AnyView {
    let turned = move || query.with(|TransitQuery { from, to }| address(&TransitQuery { from: to.clone(), to: from.clone() }));
    let content = view! {
        {code_field("from", "From", "from-error", query, wrong)}
        {code_field("to", "To", "to-error", query, wrong)}
        <div class="transit-buttons">
            <button type="submit" class="btn btn-primary">
                <Icon icon=lu::LuSearch />
                "Look up"
            </button>
            <a class="btn" href=turned data-noscroll="">
                <Icon icon=lu::LuArrowLeftRight />
                "Swap"
            </a>
        </div>
    };
    view! { <div class="transit-form">{filter_form("/transit".to_owned(), "Look a transit time up", |fields| address(&read(fields)), content.into_any())}</div> }
        .into_any()
}

/// A field for a ZIP or a ZIP3.
fn code_field(
    name: &'static str,
    label: &'static str,
    error_id: &'static str,
    query: Memo<TransitQuery>,
    wrong: Memo<Option<Error>>,
) -> AnyView {
    let value = move || query.with(|query| if name == "from" { query.from.clone() } else { query.to.clone() });
    let error = move || wrong.with(|wrong| wrong.as_ref().and_then(|wrong| wrong.of_field(name)).map(ToOwned::to_owned));
    view! {
        <div class="field transit-field">
            <label class="field-label" for=name>
                {label}
                " (ZIP or ZIP3)"
            </label>
            <input
                class="input"
                type="text"
                inputmode="numeric"
                id=name
                name=name
                value=value
                prop:value=value
                autocomplete="off"
                aria-invalid=move || error().map(|_| "true")
                aria-describedby=move || error().map(|_| error_id)
            />
            {move || error().map(|error| view! { <FieldError id=error_id.to_owned() error /> })}
        </div>
    }
    .into_any()
}
