//! Roles as columns, permissions as rows: what each role allows at a glance.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::role::RoleView;

use super::{address, groups};
use crate::components::icon::Icon;
use crate::format::counted;

/// The matrix: a window of its own, with the roles' names and the permissions' always in sight.
pub fn matrix(roles: &[RoleView]) -> AnyView {
    let heads = roles.iter().map(role_head).collect::<Vec<_>>();
    let columns = roles.len() + 1;
    let bodies = groups()
        .into_iter()
        .map(|(title, permissions)| {
            let rows = permissions.iter().map(|permission| permission_row(*permission, roles)).collect::<Vec<_>>();
            view! {
                <tbody>
                    <tr>
                        <th scope="rowgroup" class="roles-group" colspan=columns.to_string()>
                            <span>{title}</span>
                        </th>
                    </tr>
                    {rows}
                </tbody>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <div class="roles-matrix" role="region" tabindex="0" aria-label="What each role allows">
            <table class="table">
                <caption class="sr-only">"What each role allows: permissions as rows, roles as columns"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="roles-corner">
                            "Permission"
                        </th>
                        {heads}
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

fn role_head(role: &RoleView) -> AnyView {
    let users = counted(u64::from(role.users), "user", "users");
    let factor = role.requires_second_factor.then(|| {
        view! {
            <span class="roles-fact">
                <Icon icon=lu::LuShieldCheck />
                "second factor"
            </span>
        }
    });
    let all = role.is_administrator.then(|| view! { <span class="roles-fact">"all permissions"</span> });
    view! {
        <th scope="col" class="roles-head">
            <a class="link" href=address(role) title=role.name.clone()>
                {role.name.clone()}
            </a>
            <span class="roles-fact">{users}</span>
            {all}
            {factor}
        </th>
    }
    .into_any()
}

fn permission_row(permission: Permission, roles: &[RoleView]) -> AnyView {
    let cells = roles
        .iter()
        .map(|role| {
            if role.is_administrator || role.permissions.contains(&permission) {
                view! {
                    <td class="roles-cell roles-allowed">
                        <Icon icon=lu::LuCheck />
                        <span class="sr-only">"allowed"</span>
                    </td>
                }
                .into_any()
            } else {
                view! {
                    <td class="roles-cell">
                        <span aria-hidden="true">"–"</span>
                        <span class="sr-only">"no"</span>
                    </td>
                }
                .into_any()
            }
        })
        .collect::<Vec<_>>();
    // Where there is little room, the name breaks where a reader would.
    let action = permission.name().split_once(':').map_or("", |(_, action)| action);
    view! {
        <tr>
            <th scope="row" class="roles-permission">
                <code>{permission.resource()} ":" <wbr /> {action}</code>
                <span class="roles-sentence">{permission.sentence()}</span>
            </th>
            {cells}
        </tr>
    }
    .into_any()
}
