//! What a user may do, and why: each permission of the catalogue with the roles that give it. `#imports:read` leads to one.

use icondata_lu as lu;
use leptos::prelude::*;
use model::user_view::Why;

use crate::components::badge::{Badge, Tone};
use crate::components::icon::Icon;
use crate::components::page::Section;
use crate::components::table::{Look, WIDE_CLASS, heads, table};

/// The table, grouped by what the permissions are about.
pub fn why(permissions: &[Why]) -> AnyView {
    let held = permissions.iter().filter(|why| !why.through.is_empty()).count();
    let mut rows = Vec::new();
    let mut group = "";
    for why in permissions {
        let resource = why.permission.resource();
        if resource != group {
            group = resource;
            rows.push(group_row(resource));
        }
        rows.push(permission_row(why));
    }
    let names = heads(&[("Permission", ""), ("Allows to", WIDE_CLASS), ("Allowed", "")]);
    let all = permissions.len();
    view! {
        <Section id="why" title="What this user may do, and why">
            <p class="section-purpose">
                {format!("{held} of {all} permissions. Each that is allowed names the roles that allow it.")}
            </p>
            {table("Permissions and the roles that give them", Look::Narrow, names, rows)}
        </Section>
    }
    .into_any()
}

fn group_row(resource: &str) -> AnyView {
    let mut characters = resource.chars();
    let title = characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect::<String>());
    view! {
        <tr class="group">
            <th scope="rowgroup" colspan="3">
                {title}
            </th>
        </tr>
    }
    .into_any()
}

fn permission_row(why: &Why) -> AnyView {
    let Why { permission, through } = why;
    let allowed = if through.is_empty() {
        view! {
            <span class="text-muted">
                <Icon icon=lu::LuMinus />
                " No"
            </span>
        }
        .into_any()
    } else {
        let through = format!(" through {}", through.join(", "));
        view! {
            <Badge tone=Tone::Good text="Yes" />
            {through}
        }
        .into_any()
    };
    let class = if through.is_empty() { "permission permission-none" } else { "permission" };
    view! {
        <tr id=permission.name() class=class>
            <td>
                <code>{permission.name()}</code>
                <div class="text-muted md:hidden">{permission.sentence()}</div>
            </td>
            <td class=WIDE_CLASS>{permission.sentence()}</td>
            <td>{allowed}</td>
        </tr>
    }
    .into_any()
}
