//! Fields of forms: a label above, the control, help and the error below.

use leptos::prelude::*;

use super::badge::Tone;
use super::icon::Icon;

/// A line of text to fill in.
#[component]
pub fn TextField(
    /// The field's name in the form; also its identifier on the page, where it has no other.
    name: &'static str,
    /// Its identifier on the page, where several forms have a field of this name.
    #[prop(optional)]
    id: &'static str,
    /// What to fill in.
    label: &'static str,
    /// The kind of input: `text`, `email`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What password managers and browsers fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// Whether it may be left empty.
    #[prop(optional)]
    optional: bool,
    /// What belongs into it, in a few words below.
    #[prop(optional)]
    help: &'static str,
    /// What is wrong with it, once the server has said so; empty where the words stand above the form.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = if id.is_empty() { name } else { id };
    let error_id = format!("{id}-error");
    let help_id = (!help.is_empty()).then(|| format!("{id}-help"));
    let described_by = {
        let (error_id, help_id) = (error_id.clone(), help_id.clone());
        move |has_error: bool| {
            let ids: Vec<String> = has_error.then(|| error_id.clone()).into_iter().chain(help_id.clone()).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let words = Signal::derive(move || error.get().filter(|words| !words.is_empty()));
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            <input
                class="input"
                type=kind
                id=id
                name=name
                value=value
                autocomplete=autocomplete
                required=!optional
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=move || described_by(words.with(Option::is_some))
            />
            {help_id
                .map(|id| {
                    view! {
                        <div class="field-label" id=id>
                            {help}
                        </div>
                    }
                })}
            {move || words.get().map(|error| view! { <FieldError id=error_id.clone() error /> })}
        </div>
    }
}

/// What is wrong with a field, below it.
#[component]
pub fn FieldError(
    /// Its identifier on the page, by which the field names it as its description.
    id: String,
    /// What is wrong.
    error: String,
) -> impl IntoView {
    view! {
        <div class="field-error" id=id>
            <Icon icon=Tone::Bad.icon() />
            {error}
        </div>
    }
}

/// One of a few values, chosen from a list; the first choice, with an empty value, is none of them.
#[component]
pub fn SelectField(
    /// Its identifier on the page.
    id: &'static str,
    /// The field's name in the form.
    name: &'static str,
    /// What to choose.
    label: &'static str,
    /// What no choice means.
    none: &'static str,
    /// Values with their names for people.
    choices: Vec<(&'static str, &'static str)>,
    /// The value that is chosen now; empty for none.
    #[prop(into)]
    chosen: Signal<String>,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|(value, title)| {
            // The attribute for the page without scripts; once somebody has chosen, only the property shows a new choice.
            let is_chosen = move || chosen.with(|chosen| chosen == value);
            view! {
                <option value=value selected=is_chosen prop:selected=is_chosen>
                    {title}
                </option>
            }
        })
        .collect_view();
    let none_chosen = move || chosen.with(String::is_empty);
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            <select class="input" id=id name=name>
                <option value="" selected=none_chosen prop:selected=none_chosen>
                    {none}
                </option>
                {options}
            </select>
        </div>
    }
}
