//! Every role with what it allows, side by side.

mod matrix;

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::role::{RoleMatrix, RoleView};

use crate::api::list_roles;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::PageHead;
use crate::components::table::{Look, NAME_CLASS, NUM_CLASS, WIDE_CLASS, cell, heads, row, table};
use crate::components::time::Age;
use crate::format::counted;
use crate::layout::may;
use matrix::matrix;

/// The page of all roles.
#[component]
pub fn Roles() -> impl IntoView {
    let roles = Resource::new(|| (), |()| list_roles());
    loaded(roles, failed_page, content)
}

/// The page of a role.
pub fn address(role: &RoleView) -> String {
    format!("/roles/{}", role.id)
}

/// The permissions by what they are about, in the order of the catalogue, each group with its name for people.
pub fn groups() -> Vec<(String, &'static [Permission])> {
    let titled = |group: &'static [Permission]| {
        let mut title = group.first().map_or("", |permission| permission.resource()).to_owned();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        (title, group)
    };
    Permission::ALL.chunk_by(|one, next| one.resource() == next.resource()).map(titled).collect()
}

fn content(RoleMatrix { roles }: RoleMatrix) -> AnyView {
    let (retired, given): (Vec<_>, Vec<_>) = roles.into_iter().partition(|role| role.retired_at.is_some());
    let action = may(Permission::RolesEdit).then(|| {
        view! {
            <a class="btn btn-primary" href="/roles/new">
                <Icon icon=lu::LuPlus />
                "New role"
            </a>
        }
    });
    view! {
        <PageHead
            title="Roles"
            purpose="What each role allows. Users hold any number of roles, and may do what any one of them allows."
        >
            {action}
        </PageHead>
        {matrix(&given)}
        {retired_roles(&retired)}
    }
    .into_any()
}

/// Roles that cannot be given any more, out of the way of the others.
fn retired_roles(retired: &[RoleView]) -> Option<AnyView> {
    if retired.is_empty() {
        return None;
    }
    let names = heads(&[("Role", NAME_CLASS), ("Description", WIDE_CLASS), ("Users", NUM_CLASS), ("Retired", "")]);
    let rows = retired
        .iter()
        .map(|role| {
            let name = view! {
                <a class="link" href=address(role)>
                    {role.name.clone()}
                </a>
            };
            row(vec![
                cell(NAME_CLASS, name),
                cell(WIDE_CLASS, role.description.clone()),
                cell(NUM_CLASS, role.users),
                cell("whitespace-nowrap", role.retired_at.map(|at| view! { <Age at /> })),
            ])
        })
        .collect();
    Some(
        view! {
            <details class="roles-retired">
                <summary class="btn">{counted(retired.len() as u64, "retired role", "retired roles")}</summary>
                <p class="section-purpose">"These cannot be given any more; who holds one keeps it."</p>
                {table("Retired roles", Look::Wide, names, rows)}
            </details>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_resource_is_one_group() {
        let groups = groups();
        let mut titles: Vec<_> = groups.iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles.first(), Some(&"Imports"));
        assert_eq!(groups.iter().map(|(_, group)| group.len()).sum::<usize>(), Permission::ALL.len());
        titles.sort_unstable();
        let count = titles.len();
        titles.dedup();
        assert_eq!(titles.len(), count, "the catalogue keeps what belongs to a resource together");
    }
}
