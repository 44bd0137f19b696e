//! One role: what it allows, who holds it, and changing it. Also a new one.

mod allowed;
mod draft;
mod editor;
mod guard;
mod preview;
mod retire;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use model::role::{RoleDraft, RolePreview, RoleView};
use model::{Error, Permission};

use crate::api::{RolePage, get_role_page};
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{PageHead, Section, refused_in_address};
use crate::components::timeline::Timeline;
use crate::error::AppError;
use crate::format::counted;
use crate::layout::may;
use allowed::{allowed, fixed_because};
use draft::{copy_of, draft_in, draft_of};
use editor::editor;
use retire::{retire, retired};

/// What is known of a page with a draft in its address: what saving it would change, or why it cannot be saved.
type Previewed = Option<Result<RolePreview, AppError>>;

/// The page of a role.
#[component]
pub fn Role() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|parameters| parameters.get("id").unwrap_or_default()));
    view! {
        {page(id, role_page)}
        <Timeline resource="role" id />
    }
}

/// The page of a new role. `copy` in its address names a role to begin with.
#[component]
pub fn NewRole() -> impl IntoView {
    page(Memo::new(|_| String::new()), new_page)
}

/// What a page shows.
struct Shown {
    /// Every role.
    roles: Vec<RoleView>,
    /// Which one; empty for a new one.
    id: String,
    /// What has come of the draft in the address.
    previewed: Previewed,
    /// The address.
    query: Memo<ParamsMap>,
}

fn page(id: Memo<String>, show: fn(Shown) -> AnyView) -> AnyView {
    let query = use_query_map();
    // A form that was sent without scripts is answered by this: its draft stands in the address.
    let content = Resource::new(
        move || (id.get(), query.get()),
        |(id, query)| {
            let typed = draft_in(&query, None);
            let is_typed = typed.is_some();
            get_role_page(RoleDraft { id, ..typed.unwrap_or_default() }, is_typed)
        },
    );
    loaded(content, failed_page, move |RolePage { roles, previewed }| show(Shown { roles, id: id.get_untracked(), previewed, query }))
}

fn role_page(Shown { roles, id, previewed, query }: Shown) -> AnyView {
    let Some(role) = roles.into_iter().find(|role| role.id.as_str() == id) else {
        return failed_page(Error::not_found(format!("role {id:?}")).into());
    };
    let purpose =
        if role.description.is_empty() { "What this role allows, and who holds it.".to_owned() } else { role.description.clone() };
    let copy = may(Permission::RolesEdit).then(|| {
        view! {
            <a class="btn" href=format!("/roles/new?copy={}", role.id)>
                <Icon icon=lu::LuCopy />
                "Copy to a new role"
            </a>
        }
    });
    let typed = query.with_untracked(|query| draft_in(query, Some(&role)));
    let is_stale = typed.is_some() && query.with_untracked(|query| query.get("version")) != Some(role.version.to_string());
    let said = if is_stale { stale() } else { refused_in_address(query) };
    let content = match fixed_because(&role) {
        Some(reason) => allowed(&role, reason),
        None => {
            let draft = typed.unwrap_or_else(|| draft_of(&role));
            let form = editor(draft, Some(role.clone()), previewed);
            view! {
                <Section id="allows" title="What it allows">
                    {form}
                </Section>
            }
            .into_any()
        }
    };
    view! {
        <PageHead title=role.name.clone() purpose>
            {copy}
        </PageHead>
        {said}
        {done(query, &role)}
        {retired(&role)}
        {holders(&role)}
        {content}
        {retire(&role)}
    }
    .into_any()
}

fn new_page(Shown { roles, previewed, query, .. }: Shown) -> AnyView {
    if !may(Permission::RolesEdit) {
        return failed_page(Error::Forbidden { permission: Permission::RolesEdit }.into());
    }
    let typed = query.with_untracked(|query| draft_in(query, None));
    let copied = query.with_untracked(|query| query.get("copy").filter(|_| typed.is_none()));
    let copied = copied.and_then(|id| roles.iter().find(|role| role.id.as_str() == id));
    let (draft, left_out) = copied.map(copy_of).unwrap_or_default();
    let from = copied.map(|role| {
        let rest = if left_out == 0 {
            String::new()
        } else {
            format!(" {} left out: you do not hold what is missing yourself.", counted(left_out, "permission is", "permissions are"))
        };
        view! { <Banner tone=Tone::Info>{format!("This begins with what {} allows.{rest}", role.name)}</Banner> }
    });
    view! {
        <PageHead title="New role" purpose="Name the role and choose what it allows. Nothing is saved before you have seen what it changes." />
        {refused_in_address(query)}
        {from}
        {editor(typed.unwrap_or(draft), None, previewed)}
    }
    .into_any()
}

/// Somebody else was quicker: what was typed stands against what is there now.
fn stale() -> AnyView {
    view! {
        <Banner tone=Tone::Warning>
            "Somebody else has saved this role since you opened it. What you typed is kept, and below it is compared with the role as it is now. Save it only if all of that is what you want; "
            <a class="link" href="?">
                "start again from the role as it is now"
            </a> " otherwise."
        </Banner>
    }
    .into_any()
}

/// What the command did that led here.
fn done(query: Memo<ParamsMap>, role: &RoleView) -> Option<AnyView> {
    let said = match query.with_untracked(|query| query.get("done"))?.as_str() {
        "created" => format!("{} is created. Users can be given it now.", role.name),
        "saved" => format!("{} is saved. Users who hold it may do what it allows from now on.", role.name),
        "retired" => format!("{} is retired.", role.name),
        "restored" => format!("{} can be given again.", role.name),
        _ => return None,
    };
    Some(view! { <Banner tone=Tone::Good>{said}</Banner> }.into_any())
}

/// How many users hold the role, with a link to them.
fn holders(role: &RoleView) -> AnyView {
    let words = match role.users {
        0 => "Nobody holds it.".to_owned(),
        1 => "1 user holds it. ".to_owned(),
        users => format!("{} hold it, disabled ones included. ", counted(u64::from(users), "user", "users")),
    };
    let link = (role.users > 0 && may(Permission::UsersRead)).then(|| {
        view! {
            <a class="link" href=format!("/users?role={}", role.id)>
                "See who"
            </a>
        }
    });
    view! {
        <Section id="holders" title="Who holds it">
            <p>{words} {link}</p>
        </Section>
    }
    .into_any()
}
