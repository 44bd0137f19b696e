//! Changing a user's address, name and roles.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use model::Error;
use model::user_view::{OfferedRole, UserDetail};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use super::{Editing, done};
use crate::components::command::{Answered, sent_form};
use crate::components::field::TextField;
use crate::components::page::Section;
use crate::components::person::role_names;
use crate::components::role_choice::role_choice;
use crate::error::AppError;

/// The form's identifier on the page.
const FORM: &str = "edit";

/// What somebody has typed, which was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    email: String,
    name: String,
    roles: Vec<String>,
}

impl Typed {
    /// What stands in the address, where a form that was sent without scripts was led back.
    pub fn from_address(query: &ParamsMap) -> Option<Self> {
        let roles = query.get_str("roles").unwrap_or_default().split(',').map(ToOwned::to_owned).collect();
        Some(Self { email: query.get("email")?, name: query.get("name")?, roles })
    }

    /// What stands in the form now. Browser only.
    fn from_form() -> Option<Self> {
        let form: HtmlFormElement = document().get_element_by_id(FORM)?.dyn_into().ok()?;
        let fields = FormData::new_with_form(&form).ok()?;
        let roles = fields.get_all("roles[]").iter().filter_map(|role| role.as_string()).collect();
        Some(Self { email: fields.get("email").as_string()?, name: fields.get("name").as_string()?, roles })
    }
}

/// The form. Where what was typed was refused, it stands in it again, and beside it what is so now.
pub fn form(detail: &UserDetail, editing: Editing) -> AnyView {
    let Editing { outcome, typed, .. } = editing;
    let user = &detail.user;
    let refused = typed.get_untracked();
    let (email, name) =
        refused.as_ref().map_or_else(|| (user.email.clone(), user.name.clone()), |typed| (typed.email.clone(), typed.name.clone()));
    let is_chosen = |offered: &OfferedRole| {
        refused.as_ref().map_or(offered.is_held, |typed| typed.roles.iter().any(|role| role == offered.role.id.as_str()))
    };
    let differs = |typed: &str, now: &str| (typed != now).then(|| now_words(now));
    let roles_now = refused.as_ref().and_then(|_| {
        let as_held = detail.roles.iter().all(|offered| is_chosen(offered) == offered.is_held);
        (!as_held).then(|| now_words(&role_names(&user.roles)))
    });
    let answered: Answered = Arc::new(move |answer: Result<String, AppError>| {
        // Whoever was not quick enough sees what is so now; what was typed stays. A field that is wrong needs nothing new.
        let anew = match &answer {
            Ok(_) => Some(None),
            Err(AppError::Refused(Error::Conflict { .. })) => Some(Typed::from_form()),
            Err(_) => None,
        };
        outcome.tell(answer.map(|_| done("saved").unwrap_or_default()));
        if let Some(shown) = anew {
            typed.try_set(shown);
            editing.again();
        }
    });
    let content = view! {
        <input type="hidden" name="id" value=user.id.to_string() />
        <input type="hidden" name="version" value=detail.version.to_string() />
        <div>
            <TextField name="email" label="E-mail address" kind="email" value=email.clone() error=outcome.beside("email") />
            {differs(&email, &user.email)}
        </div>
        <div>
            <TextField name="name" label="Name" value=name.clone() error=outcome.beside("name") />
            {differs(&name, &user.name)}
        </div>
        <div>{role_choice(&detail.roles, &is_chosen, outcome.beside("roles"))} {roles_now}</div>
        <div class="form-end">
            <button type="submit" class="btn btn-primary">
                "Save the changes"
            </button>
        </div>
    };
    view! {
        <Section id="details" title="Address, name and roles">
            {sent_form("/api/users/edit", Some(FORM), "form form-page", answered, content.into_any())}
        </Section>
    }
    .into_any()
}

/// What is so now where something else was typed.
fn now_words(now: &str) -> AnyView {
    view! {
        <p class="field-now">
            "Saved now: " <span class="font-semibold">{now.to_owned()}</span>
        </p>
    }
    .into_any()
}
