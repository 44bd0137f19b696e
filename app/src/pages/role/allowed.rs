//! A role that the reader cannot change: what it allows, and why it cannot be changed.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::role::RoleView;

use crate::components::icon::Icon;
use crate::components::page::Section;
use crate::layout::may;
use crate::pages::roles::groups;

/// Why the reader cannot change the role, where that is so.
pub fn fixed_because(role: &RoleView) -> Option<String> {
    if role.is_administrator {
        return Some("This role allows everything, also what later versions add, and cannot be changed.".to_owned());
    }
    if !may(Permission::RolesEdit) {
        return Some("You may look at roles. Changing them needs the permission roles:edit.".to_owned());
    }
    let beyond: Vec<_> = role.permissions.iter().filter(|permission| !may(**permission)).map(|permission| permission.name()).collect();
    (!beyond.is_empty()).then(|| format!("You cannot change this role: it allows what you do not hold yourself ({}).", beyond.join(", ")))
}

/// What the role allows, to be read only.
pub fn allowed(role: &RoleView, reason: String) -> AnyView {
    let factor = role.requires_second_factor.then(|| {
        view! {
            <p class="role-factor">
                <Icon icon=lu::LuShieldCheck />
                " Who holds it needs a second factor."
            </p>
        }
    });
    let groups = groups()
        .into_iter()
        .filter_map(|(title, permissions)| {
            let lines = permissions
                .iter()
                .filter(|permission| role.is_administrator || role.permissions.contains(permission))
                .map(|permission| permission_line(*permission, lu::LuCheck, "role-allowed"))
                .collect::<Vec<_>>();
            (!lines.is_empty()).then(|| {
                view! {
                    <div class="role-group">
                        <h3 class="role-group-title">{title}</h3>
                        <ul>{lines}</ul>
                    </div>
                }
                .into_any()
            })
        })
        .collect::<Vec<_>>();
    let nothing = groups.is_empty().then_some("It allows nothing.");
    view! {
        <Section id="allows" title="What it allows">
            <p class="section-purpose">{reason}</p>
            {factor}
            <div class="role-groups">{groups} {nothing}</div>
        </Section>
    }
    .into_any()
}

/// A permission in a list: its sentence, and its name as the code has it.
pub fn permission_line(permission: Permission, icon: &'static icondata_core::IconData, class: &'static str) -> AnyView {
    view! {
        <li class=format!("role-line {class}")>
            <Icon icon />
            <span class="permission-words">
                <code>{permission.name()}</code>
                <span class="permission-sentence">{permission.sentence()}</span>
            </span>
        </li>
    }
    .into_any()
}
