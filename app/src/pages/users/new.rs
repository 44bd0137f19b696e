//! Adding a user: who it is and which roles; then the link with which this one sets a password.

use std::sync::Arc;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::user_view::{OfferedRole, PasswordLink};
use model::{Error, Permission};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::api::offered_roles;
use crate::components::command::sent_form;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_part, loaded};
use crate::components::once::link_panel;
use crate::components::outcome::Outcome;
use crate::components::page::PageHead;
use crate::components::role_choice::role_choice;
use crate::error::AppError;
use crate::handover::{Handed, handed_over, with_origin};
use crate::layout::may;

/// A user who was just created: the link and the name.
type Made = RwSignal<Option<(PasswordLink, String)>>;

/// The page for adding a user.
#[component]
pub fn NewUser() -> impl IntoView {
    if !may(Permission::UsersCreate) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::UsersCreate }) /> }.into_any();
    }
    let query = use_query_map();
    let typed = move |name| query.with_untracked(|query| query.get(name).unwrap_or_default());
    let made: Made = RwSignal::new(match handed_over() {
        Some(Handed::Link(link)) => Some((link, typed("name"))),
        _ => None,
    });
    let outcome = Outcome::from_address(query, "", |_| None);
    let roles = Resource::new(|| (), |()| offered_roles());
    let form = loaded(roles, failed_part, move |roles| {
        (move || match made.get() {
            Some((link, name)) => created(&link, &name, made),
            None => form(&roles, outcome, made, [typed("email"), typed("name"), typed("roles")]),
        })
        .into_any()
    });
    view! {
        <PageHead title="Add a user" purpose="Somebody who may sign in. You never set the password: you hand over a link, and whoever opens it does." />
        {outcome.banner()}
        {form}
    }
    .into_any()
}

fn form(roles: &[OfferedRole], outcome: Outcome, made: Made, typed: [String; 3]) -> AnyView {
    let [email, name, chosen] = typed;
    let answered = Arc::new(move |answer: Result<String, AppError>| {
        let link = answer.and_then(|text| serde_json::from_str::<PasswordLink>(&text).map_err(|_| AppError::Unreachable));
        match link {
            Ok(link) => {
                outcome.clear();
                made.try_set(Some((with_origin(link), value_of("name"))));
            }
            Err(error) => outcome.tell(Err(error)),
        }
    });
    let is_chosen = |offered: &OfferedRole| chosen.split(',').any(|id| id == offered.role.id.as_str());
    let content = view! {
        <TextField name="email" label="E-mail address" kind="email" value=email help="To sign in with" error=outcome.beside("email") />
        <TextField name="name" label="Name" value=name help="As colleagues know them" error=outcome.beside("name") />
        {role_choice(roles, &is_chosen, outcome.beside("roles"))}
        <div class="form-end">
            <button type="submit" class="btn btn-primary">
                <Icon icon=lu::LuUserPlus />
                "Add the user"
            </button>
            <a class="btn" href="/users">
                "Cancel"
            </a>
        </div>
    };
    sent_form("/api/users/create", None, "form form-page", answered, content.into_any())
}

/// What is in a field now.
fn value_of(id: &str) -> String {
    let field = document().get_element_by_id(id).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    field.map(|field| field.value()).unwrap_or_default()
}

/// After it was done: the link, and the ways on.
fn created(link: &PasswordLink, name: &str, made: Made) -> AnyView {
    let page = may(Permission::UsersRead).then(|| {
        view! {
            <a class="btn" href=format!("/users/{}", link.user_id)>
                {format!("Open the page of {name}")}
            </a>
        }
    });
    view! {
        {link_panel(link, name)}
        <div class="form-end">
            {page} <a class="btn" href="/users/new" on:click=move |_| made.set(None)>
                "Add another user"
            </a>
        </div>
    }
    .into_any()
}
