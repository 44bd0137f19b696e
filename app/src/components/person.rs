//! Users and sessions in words.

use std::sync::Arc;

use icondata_lu as lu;
use leptos::prelude::*;
use model::session::SessionView;
use model::user_view::{HeldRole, UserRow, UserState};

use super::badge::{Badge, Tone};
use super::empty::Empty;
use super::table::{HEARD_CLASS, Look, NAME_CLASS, WIDE_CLASS, cell, heads, row, table};
use super::time::{Age, Coming};

/// A state in words.
pub fn state_title(state: UserState) -> &'static str {
    match state {
        UserState::Active => "May sign in",
        UserState::Disabled => "Disabled",
        UserState::Invited => "Never signed in",
    }
}

/// Whether a user may sign in, and whether this one ever has.
pub fn user_badge(user: &UserRow) -> AnyView {
    let (tone, icon, state) = if user.disabled_at.is_some() {
        (Tone::Bad, lu::LuBan, UserState::Disabled)
    } else if user.last_signed_in_at.is_none() {
        (Tone::Warning, lu::LuMailQuestion, UserState::Invited)
    } else {
        (Tone::Good, Tone::Good.icon(), UserState::Active)
    };
    view! { <Badge tone icon text=state_title(state) /> }.into_any()
}

/// The names of roles, retired ones marked; or that there are none.
pub fn role_names(roles: &[HeldRole]) -> String {
    if roles.is_empty() {
        return "No role".to_owned();
    }
    let names = roles.iter().map(|role| if role.is_retired { format!("{} (retired)", role.name) } else { role.name.clone() });
    names.collect::<Vec<_>>().join(", ")
}

/// Whether there is a second factor.
pub fn second_factor_words(has_second_factor: bool) -> &'static str {
    if has_second_factor { "Set up" } else { "None" }
}

/// The button that ends a session, where the reader may do so.
pub type EndSession = Arc<dyn Fn(&SessionView) -> Option<AnyView> + Send + Sync>;

/// Where somebody is signed in. `end` makes the form that ends a session.
pub fn session_table(sessions: Vec<SessionView>, end: &EndSession) -> AnyView {
    if sessions.is_empty() {
        return view! { <Empty title="Signed in nowhere">"Each browser that signs in is shown here until it signs out or its session ends."</Empty> }
            .into_any();
    }
    let names = heads(&[
        ("Browser", ""),
        ("Address", WIDE_CLASS),
        ("Signed in", WIDE_CLASS),
        ("Last seen", ""),
        ("Ends", WIDE_CLASS),
        ("End", HEARD_CLASS),
    ]);
    let rows = sessions.into_iter().map(|session| {
        let button = end(&session);
        let SessionView { is_current, browser, address, created_at, last_seen_at, expires_at, .. } = session;
        let address = address.unwrap_or_else(|| "unknown".to_owned());
        let this = is_current.then(|| view! { <div><Badge tone=Tone::Good icon=lu::LuMonitorCheck text="This browser" /></div> });
        row(vec![
            cell(
                NAME_CLASS,
                view! {
                    {browser}
                    {this}
                    <div class="text-muted md:hidden">{address.clone()}</div>
                },
            ),
            cell("cell-code hidden md:table-cell", address),
            cell("whitespace-nowrap hidden md:table-cell", view! { <Age at=created_at /> }),
            cell("whitespace-nowrap", view! { <Age at=last_seen_at /> }),
            cell("whitespace-nowrap hidden md:table-cell", view! { <Coming at=expires_at /> }),
            cell(HEARD_CLASS, button),
        ])
    });
    table("Sessions", Look::Wide, names, rows.collect())
}
