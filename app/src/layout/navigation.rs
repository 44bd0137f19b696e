//! The pages that there are, for those who may see them: as a sidebar, or as a drawer where there is no room for one.

use std::collections::BTreeSet;

use icondata_core::IconData;
use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::components::A;
use model::Permission;

use super::may;
use crate::components::icon::Icon;

struct Entry {
    title: &'static str,
    address: &'static str,
    icon: &'static IconData,
    permission: Permission,
}

/// Groups of pages; the first has no name.
fn groups() -> [(Option<&'static str>, Vec<Entry>); 4] {
    use Permission::{
        AuditRead, DatabasesInspect, DatabasesRead, ExportsRead, ImportsRead, RolesRead, TransformationsRead, TransitRead, UsersRead,
    };
    let entry = |title, address, icon, permission| Entry { title, address, icon, permission };
    [
        (None, vec![entry("Overview", "/", lu::LuLayoutDashboard, DatabasesRead)]),
        (
            Some("Data"),
            vec![
                entry("Imports", "/imports", lu::LuImport, ImportsRead),
                entry("Transformations", "/transformations", lu::LuCombine, TransformationsRead),
                entry("Exports", "/exports", lu::LuDownload, ExportsRead),
            ],
        ),
        (Some("Answers"), vec![entry("Transit", "/transit", lu::LuTruck, TransitRead)]),
        (
            Some("Administration"),
            vec![
                entry("Users", "/users", lu::LuUsers, UsersRead),
                entry("Roles", "/roles", lu::LuShieldCheck, RolesRead),
                entry("Audit", "/audit", lu::LuScrollText, AuditRead),
                entry("Databases", "/databases", lu::LuDatabase, DatabasesInspect),
            ],
        ),
    ]
}

/// The first page that the reader may open.
pub fn first_page() -> Option<&'static str> {
    groups().into_iter().flat_map(|(_, entries)| entries).find(|entry| may(entry.permission)).map(|entry| entry.address)
}

/// Links to the pages that the permissions open.
#[component]
pub fn Navigation(
    /// What the reader may do.
    permissions: BTreeSet<Permission>,
    /// What this navigation is called: there are two in a page.
    label: &'static str,
) -> impl IntoView {
    let groups = groups()
        .into_iter()
        .filter_map(|(name, entries)| {
            let links = entries
                .into_iter()
                .filter(|entry| permissions.contains(&entry.permission))
                .map(|entry| {
                    view! {
                        <li>
                            <A href=entry.address exact={entry.address == "/"} attr:class="nav-link">
                                <Icon icon=entry.icon />
                                {entry.title}
                            </A>
                        </li>
                    }
                })
                .collect::<Vec<_>>();
            let heading = name.map(|name| view! { <div class="nav-group">{name}</div> });
            (!links.is_empty()).then(|| view! { {heading} <ul>{links}</ul> })
        })
        .collect_view();
    view! {
        <nav aria-label=label class="navigation">
            <a class="brand" href="/">
                <Mark />
                "Handled"
            </a>
            {groups}
        </nav>
    }
}

/// The navigation of narrow screens, behind a button. It opens without scripts.
#[component]
pub fn Drawer(
    /// What the reader may do.
    permissions: BTreeSet<Permission>,
) -> impl IntoView {
    view! {
        <details class="drawer" data-closes>
            <summary class="btn btn-quiet btn-icon" aria-label="Pages">
                <Icon icon=lu::LuMenu />
            </summary>
            <div class="drawer-panel">
                <Navigation permissions label="Main, as a drawer" />
            </div>
        </details>
    }
}

/// The product's mark.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <rect width="16" height="16" rx="4" fill="currentColor"></rect>
            <path class="mark-sign" d="M4.5 3.5v9M11.5 3.5v9M4.5 8h7" stroke-width="1.75" stroke-linecap="round" fill="none"></path>
        </svg>
    }
}
