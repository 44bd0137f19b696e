//! The menu of whoever is signed in.

use icondata_lu as lu;
use leptos::prelude::*;
use model::session::SignedIn;

use crate::components::icon::Icon;

/// Who is signed in, and the way out. It opens without scripts.
#[component]
pub fn AccountMenu(
    /// Who is signed in.
    user: SignedIn,
) -> impl IntoView {
    let SignedIn { name, email, roles, impersonator, .. } = user;
    // Whoever looks as another user does not see this one's account.
    let account = impersonator.is_none().then(|| {
        view! {
            <a class="menu-item" href="/account">
                <Icon icon=lu::LuUserCog />
                "My account"
            </a>
        }
    });
    view! {
        <details class="menu" data-closes>
            <summary class="btn btn-quiet btn-icon" aria-label=format!("Account of {name}")>
                <Icon icon=lu::LuCircleUser />
            </summary>
            <div class="menu-panel">
                <div class="menu-head">
                    <div class="font-semibold">{name}</div>
                    <div class="text-muted break-words">{email}</div>
                    <div class="text-muted text-label">{roles.join(", ")}</div>
                </div>
                {account}
                // Not an action of the router's: every page of the session must go, so the browser loads a new one.
                <form method="post" action="/api/sign-out">
                    <button type="submit" class="menu-item">
                        <Icon icon=lu::LuLogOut />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
}
