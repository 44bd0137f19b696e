//! What saving a draft would change: in the role, and for whom. Below it the button that saves that very draft.

use icondata_core::IconData;
use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::role::{Consequence, RoleDraft, RolePreview, RoleView};

use super::allowed::permission_line;
use super::editor::ANSWER;
use super::retire::once;
use crate::components::badge::{Badge, Tone};
use crate::components::command::PRIMARY_CLASS;
use crate::components::table::{Look, NAME_CLASS, cell, heads, row, table};
use crate::format::counted;
use crate::layout::may;

/// What would change, and saving it. `unsaved` falls once the draft is on its way.
pub fn preview(draft: &RoleDraft, changes: &RolePreview, present: Option<&RoleView>, unsaved: RwSignal<bool>) -> AnyView {
    let RolePreview { added, removed, .. } = changes;
    let facts = facts(draft, present);
    let is_same = present.is_some() && facts.is_empty() && added.is_empty() && removed.is_empty();
    let content = if is_same {
        view! { <p>"Nothing changes: the role is like this already."</p> }.into_any()
    } else {
        let facts = facts.into_iter().map(|fact| view! { <li>{fact}</li> }.into_any()).collect::<Vec<_>>();
        let facts = (!facts.is_empty()).then(|| view! { <ul class="sentences">{facts}</ul> });
        view! {
            {facts}
            {listed("Added to the role", added, lu::LuPlus, "role-added")}
            {listed("Taken from the role", removed, lu::LuMinus, "role-removed")}
            <h3 class="section-part">"Whom it concerns"</h3>
            <p>{summary(changes)}</p>
            {concerned(changes)}
            {save(draft, unsaved)}
        }
        .into_any()
    };
    view! {
        <section class="section role-preview" aria-labelledby=ANSWER>
            <h2 class="section-title" id=ANSWER tabindex="-1">
                "What changes"
            </h2>
            {content}
        </section>
    }
    .into_any()
}

/// What changes of the role beside what it allows.
fn facts(draft: &RoleDraft, present: Option<&RoleView>) -> Vec<String> {
    let mut facts = Vec::new();
    let name = draft.name.trim();
    let Some(role) = present else {
        facts.push(format!("“{name}” is a new role."));
        if draft.requires_second_factor {
            facts.push("Who holds it needs a second factor.".to_owned());
        }
        return facts;
    };
    if role.name != name {
        facts.push(format!("The name “{}” becomes “{name}”.", role.name));
    }
    let description = draft.description.trim();
    if role.description != description {
        facts.push(match (role.description.as_str(), description) {
            (was, "") => format!("The description “{was}” goes."),
            ("", becomes) => format!("The description is “{becomes}”."),
            (was, becomes) => format!("The description “{was}” becomes “{becomes}”."),
        });
    }
    match (role.requires_second_factor, draft.requires_second_factor) {
        (false, true) => facts.push("Who holds it needs a second factor from now on.".to_owned()),
        (true, false) => facts.push("Who holds it needs no second factor for it any more.".to_owned()),
        _ => {}
    }
    facts
}

fn listed(title: &str, permissions: &[Permission], icon: &'static IconData, class: &'static str) -> Option<AnyView> {
    (!permissions.is_empty()).then(|| {
        let lines = permissions.iter().map(|permission| permission_line(*permission, icon, class)).collect::<Vec<_>>();
        view! {
            <h3 class="section-part">{title.to_owned()}</h3>
            <ul class="role-lines">{lines}</ul>
        }
        .into_any()
    })
}

/// How many users it concerns, in a sentence or two.
fn summary(changes: &RolePreview) -> String {
    let unaffected = changes.unaffected;
    let parts: Vec<String> = [
        (changes.losing, "user loses something", "users lose something"),
        (changes.gaining, "user gains something", "users gain something"),
        (changes.due, "user has to set up a second factor", "users have to set up a second factor"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, one, many)| counted(u64::from(number), one, many))
    .collect();
    let rest = counted(u64::from(unaffected), "user who holds the role", "users who hold the role");
    match (parts.is_empty(), unaffected) {
        (true, 0) => "Nobody holds the role, so nobody gains or loses anything.".to_owned(),
        (true, _) => format!("Nobody gains or loses anything: for {rest}, nothing changes."),
        (false, 0) => format!("{}.", parts.join(", ")),
        (false, _) => format!("{}. For {rest}, nothing changes.", parts.join(", ")),
    }
}

/// Each user whom it concerns, with what changes.
fn concerned(changes: &RolePreview) -> Option<AnyView> {
    if changes.consequences.is_empty() {
        return None;
    }
    let rows = changes.consequences.iter().map(user_row).collect();
    let more = u64::from(changes.concerned).saturating_sub(changes.consequences.len() as u64);
    let more = (more > 0).then(|| view! { <p class="text-muted">{format!("And {}.", counted(more, "more user", "more users"))}</p> });
    let names = heads(&[("User", NAME_CLASS), ("Loses", ""), ("Gains", "")]);
    Some(view! { {table("Users whom it concerns", Look::Wide, names, rows)} {more} }.into_any())
}

fn user_row(user: &Consequence) -> AnyView {
    let name = if may(Permission::UsersRead) {
        view! {
            <a class="link" href=format!("/users/{}", user.user_id)>
                {user.name.clone()}
            </a>
        }
        .into_any()
    } else {
        user.name.clone().into_any()
    };
    let due = user.second_factor_due.then(|| {
        view! {
            <div>
                <Badge tone=Tone::Warning text="has to set up a second factor" />
            </div>
        }
    });
    let who = view! {
        {name}
        <div class="text-muted text-label">{user.email.clone()}</div>
        {due}
    };
    row(vec![cell(NAME_CLASS, who), cell("", codes(&user.loses)), cell("", codes(&user.gains))])
}

fn codes(permissions: &[Permission]) -> AnyView {
    if permissions.is_empty() {
        return "–".into_any();
    }
    let lines = permissions
        .iter()
        .map(|permission| {
            view! {
                <li title=permission.sentence()>
                    <code>{permission.name()}</code>
                </li>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <ul>{lines}</ul> }.into_any()
}

/// The very draft that is shown, to be saved.
fn save(draft: &RoleDraft, unsaved: RwSignal<bool>) -> AnyView {
    let RoleDraft { id, version, name, description, permissions, requires_second_factor } = draft.clone();
    let label = if id.is_empty() { "Create the role" } else { "Save the role" };
    let permissions = permissions
        .into_iter()
        .map(|name| view! { <input type="hidden" name="permissions[]" value=name /> }.into_any())
        .collect::<Vec<_>>();
    let factor = requires_second_factor.then(|| view! { <input type="hidden" name="requires_second_factor" value="true" /> });
    let on_submit = move |event| {
        if once(&event) {
            unsaved.set(false);
        }
    };
    view! {
        <form class="command role-save" method="post" action="/api/roles/save" on:submit=on_submit>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="version" value=version.to_string() />
            <input type="hidden" name="name" value=name />
            <input type="hidden" name="description" value=description />
            {permissions}
            {factor}
            <button type="submit" class=PRIMARY_CLASS>
                {label}
            </button>
        </form>
    }
    .into_any()
}
