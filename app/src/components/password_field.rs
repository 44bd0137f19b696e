//! A password to type, which can be made to show.

use leptos::prelude::*;

use super::field::FieldError;

/// What a new password is to be.
pub const NEW_PASSWORD_HELP: &str = "12 to 128 characters. A few words that do not belong together are easier to keep in mind than signs.";

/// A password's field.
#[derive(Debug, Clone, Copy)]
pub struct Password {
    /// Its identifier on the page.
    pub id: &'static str,
    /// Its name in the form.
    pub name: &'static str,
    /// What to fill in.
    pub label: &'static str,
    /// What password managers are to fill in: `current-password` or `new-password`.
    pub autocomplete: &'static str,
    /// What belongs into it, in a few words below; may be empty.
    pub help: &'static str,
}

/// The field. `error` says what is wrong with it, empty where the words stand above the form.
pub fn password_field(password: Password, error: Signal<Option<String>>) -> AnyView {
    let Password { id, name, label, autocomplete, help } = password;
    let (shown, live) = (RwSignal::new(false), RwSignal::new(false));
    // Only scripts can make it show.
    Effect::new(move |_| live.set(true));
    let (error_id, help_id) = (format!("{id}-error"), format!("{id}-help"));
    let words = Signal::derive(move || error.get().filter(|words| !words.is_empty()));
    let described_by = {
        let (error_id, help_id) = (error_id.clone(), help_id.clone());
        move || {
            let help_id = (!help.is_empty()).then(|| help_id.clone());
            let ids: Vec<String> = words.with(Option::is_some).then(|| error_id.clone()).into_iter().chain(help_id).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let toggle = move || {
        live.get().then(|| {
            view! {
                <button
                    type="button"
                    class="btn"
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    aria-label=format!("Show: {label}")
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { "Hide" } else { "Show" }}
                </button>
            }
        })
    };
    let help = (!help.is_empty()).then(|| view! { <div class="field-label" id=help_id>{help}</div> });
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            <div class="password">
                <input
                    class="input"
                    type=move || if shown.get() { "text" } else { "password" }
                    id=id
                    name=name
                    autocomplete=autocomplete
                    required
                    spellcheck="false"
                    autocapitalize="none"
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=described_by
                />
                {toggle}
            </div>
            {help}
            {move || words.get().map(|error| view! { <FieldError id=error_id.clone() error /> })}
        </div>
    }
    .into_any()
}
