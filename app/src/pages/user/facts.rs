//! What there is to know of a user.

use leptos::prelude::*;
use model::user_view::UserDetail;

use crate::components::page::{Fact, Facts};
use crate::components::person::{role_names, user_badge};
use crate::components::time::{Age, AgeOrNever, Coming};
use crate::format;

/// The facts.
pub fn facts(detail: &UserDetail) -> AnyView {
    let UserDetail { user, has_password, link_until, requires_second_factor, locked_seconds, .. } = detail;
    let second_factor = match (user.has_second_factor, requires_second_factor) {
        (true, _) => "Set up",
        (false, true) => "None; a role requires one, so nothing but the own account opens until it is set up",
        (false, false) => "None",
    };
    let password = if *has_password { "Set" } else { "None yet: it is set by the link" };
    let locked = (*locked_seconds > 0).then(|| {
        view! { <Fact name="Locked">{format!("After wrong passwords, for {} more", format::left(u64::from(*locked_seconds) * 1_000))}</Fact> }
    });
    let disabled = user.disabled_at.map(|at| view! { <Fact name="Disabled"><Age at /></Fact> });
    let link = link_until.map(|until| view! { <Fact name="Password link">"Waits to be used until " <Coming at=until /></Fact> });
    let (state, roles) = (user_badge(user), role_names(&user.roles));
    let (created_at, seen_at) = (user.created_at, user.last_signed_in_at);
    view! {
        <Facts>
            <Fact name="State">{state}</Fact>
            {disabled}
            <Fact name="Roles">{roles}</Fact>
            <Fact name="Last signed in">
                <AgeOrNever at=seen_at />
            </Fact>
            {locked}
            <Fact name="Password">{password}</Fact>
            {link}
            <Fact name="Second factor">{second_factor}</Fact>
            <Fact name="Created">
                <Age at=created_at />
            </Fact>
        </Facts>
    }
    .into_any()
}
