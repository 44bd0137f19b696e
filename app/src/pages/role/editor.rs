//! The form of a role. Sending it shows what would change; only what was shown can be saved.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider};
use model::Error;
use model::role::{RoleDraft, RolePreview, RoleView};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement};

use super::Previewed;
use super::draft::draft_in;
use super::guard::guard;
use super::preview::preview;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::command::{PLAIN_CLASS, PRIMARY_CLASS};
use crate::components::field::{FieldError, TextField};
use crate::error::AppError;
use crate::layout::may;
use crate::pages::roles::{address, groups};
use crate::post::{fields, post};

/// The identifier of what answers the form; the form's address leads there, so that it is in sight also without scripts.
pub const ANSWER: &str = "answer";

/// A draft with what has come of it.
#[derive(Clone)]
pub struct Answered {
    /// The draft as it was sent.
    pub draft: RoleDraft,
    /// What saving it would change, or why it cannot be saved.
    pub answer: Result<RolePreview, AppError>,
}

/// The form, and below it what it would change.
pub fn editor(draft: RoleDraft, present: Option<RoleView>, previewed: Previewed) -> AnyView {
    let unsaved = RwSignal::new(previewed.is_some());
    guard(unsaved);
    let answered = RwSignal::new(previewed.map(|answer| Answered { draft: draft.clone(), answer }));
    // Grows with each keystroke: an answer to what stood there before is not shown.
    let typed = StoredValue::new(0_u32);
    let on_input = move |_| {
        unsaved.set(true);
        typed.update_value(|typed| *typed += 1);
        if answered.with_untracked(|answered| answered.as_ref().is_some_and(|answered| answered.answer.is_ok())) {
            answered.set(None);
        }
    };
    let page = present.as_ref().map_or_else(|| "/roles/new".to_owned(), address);
    let action = format!("{page}#{ANSWER}");
    let present = StoredValue::new(present);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let (fields, at) = (fields(&form), typed.get_value());
        let sent = format!("{page}?{fields}");
        post(
            "/api/roles/preview",
            &fields,
            Box::new(move |answer| {
                // Left meanwhile, or there is something else to ask for.
                if typed.try_get_value() != Some(at) {
                    return;
                }
                let answer = answer.and_then(|text| serde_json::from_str::<RolePreview>(&text).map_err(|_| AppError::Unreachable));
                // Somebody else was quicker: the server's page compares what was typed with what is there now.
                if let Err(AppError::Refused(Error::Conflict { .. })) = answer {
                    unsaved.set(false);
                    _ = window().location().set_href(&sent);
                    return;
                }
                let draft = BrowserUrl::parse(&sent)
                    .ok()
                    .and_then(|sent| present.with_value(|present| draft_in(sent.search_params(), present.as_ref())));
                answered.set(draft.map(|draft| Answered { draft, answer }));
                show_answer();
            }),
        );
    };
    let refused = move || answered.with(|answered| answered.as_ref().and_then(|answered| answered.answer.as_ref().err().cloned()));
    let of_field = move |name: &'static str| Signal::derive(move || refused()?.of_field(name).map(ToOwned::to_owned));
    let is_ready = move || answered.with(|answered| answered.as_ref().is_some_and(|answered| answered.answer.is_ok()));
    let class = move || if is_ready() { PLAIN_CLASS } else { PRIMARY_CLASS };
    let shown = move || {
        let answered = answered.get()?;
        let changes = answered.answer.ok()?;
        Some(present.with_value(|present| preview(&answered.draft, &changes, present.as_ref(), unsaved)))
    };
    let of_permissions = of_field("permissions");
    view! {
        {move || refused().map(|error| view! { <div id=ANSWER tabindex="-1"><Banner tone=Tone::Bad>{error.to_string()}</Banner></div> })}
        <form class="form role-form" method="get" action=action aria-label="The role" on:submit=on_submit on:input=on_input>
            <input type="hidden" name="id" value=draft.id.clone() />
            <input type="hidden" name="version" value=draft.version.to_string() />
            <div class="role-fields">
                <TextField name="name" label="Name" value=draft.name.clone() error=of_field("name") />
                <TextField
                    name="description"
                    label="Description"
                    value=draft.description.clone()
                    optional=true
                    help="Whom the role is for, in a sentence"
                    error=of_field("description")
                />
            </div>
            <label class="check">
                <input type="checkbox" name="requires_second_factor" value="true" checked=draft.requires_second_factor />
                <span>
                    "Requires a second factor"
                    <span class="permission-sentence">
                        "Who holds the role has to set one up at the next sign-in, and may do nothing else before."
                    </span>
                </span>
            </label>
            {move || of_permissions.get().map(|error| view! { <FieldError id="permissions-error".to_owned() error /> })}
            <div class="role-groups">{boxes(&draft)}</div>
            <div>
                <button type="submit" class=class>
                    "See what changes"
                </button>
            </div>
        </form>
        {shown}
    }
    .into_any()
}

/// The permissions to choose from, by what they are about. What the reader does not hold is there and cannot be chosen.
fn boxes(draft: &RoleDraft) -> Vec<AnyView> {
    groups()
        .into_iter()
        .map(|(title, permissions)| {
            let boxes = permissions
                .iter()
                .map(|permission| {
                    let is_held = may(*permission);
                    let is_chosen = draft.permissions.iter().any(|name| name == permission.name());
                    let why = (!is_held).then(|| view! { <span class="permission-sentence">"You do not hold this yourself."</span> });
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                name="permissions[]"
                                value=permission.name()
                                checked=is_chosen && is_held
                                disabled=!is_held
                            />
                            <span class="permission-words">
                                <code>{permission.name()}</code>
                                <span class="permission-sentence">{permission.sentence()}</span>
                                {why}
                            </span>
                        </label>
                    }
                    .into_any()
                })
                .collect::<Vec<_>>();
            view! {
                <fieldset class="role-group">
                    <legend class="role-group-title">{title}</legend>
                    {boxes}
                </fieldset>
            }
            .into_any()
        })
        .collect()
}

/// Leads the reader, also one who sees nothing, to what has come of the form.
fn show_answer() {
    request_animation_frame(|| {
        if let Some(answer) = document().get_element_by_id(ANSWER).and_then(|answer| answer.dyn_into::<HtmlElement>().ok()) {
            _ = answer.focus();
        }
    });
}
