//! Taking a role out of use, and back into it.

use leptos::ev;
use leptos::prelude::*;
use model::Permission;
use model::role::RoleView;

use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::page::Section;
use crate::components::time::Age;
use crate::format::counted;
use crate::layout::may;
use crate::pages::role::fixed_because;

/// Says of a retired role that it is one.
pub fn retired(role: &RoleView) -> Option<AnyView> {
    role.retired_at.map(|at| {
        view! {
            <Banner tone=Tone::Info>
                "This role was retired " <Age at /> ": it cannot be given any more. Who holds it keeps it and what it allows."
            </Banner>
        }
        .into_any()
    })
}

/// Retiring the role or bringing it back, with a step that says what it means.
pub fn retire(role: &RoleView) -> Option<AnyView> {
    // Whoever may not change a role may not retire it either.
    if !may(Permission::RolesEdit) || fixed_because(role).is_some() {
        return None;
    }
    let holders = match role.users {
        0 => "Nobody holds it.".to_owned(),
        1 => "The one user who holds it keeps it and what it allows, until it is taken away.".to_owned(),
        users => {
            format!("The {} who hold it keep it and what it allows, until it is taken away.", counted(u64::from(users), "user", "users"))
        }
    };
    let (title, summary, means, action, label) = if role.retired_at.is_some() {
        let means = "The role can be given to users again. Nothing changes for those who hold it.".to_owned();
        ("Bring back", "Bring this role back", means, "/api/roles/restore", format!("Bring back {}", role.name))
    } else {
        let means = format!("The role cannot be given to anybody any more. {holders} It can be brought back at any time.");
        ("Retire", "Retire this role", means, "/api/roles/retire", format!("Retire {}", role.name))
    };
    let id = role.id.to_string();
    Some(
        view! {
            <Section id="retire" title>
                <details class="confirm">
                    <summary class="btn">{summary}</summary>
                    <p>{means}</p>
                    <form class="command" method="post" action=action on:submit=move |event| _ = once(&event)>
                        <input type="hidden" name="id" value=id />
                        <button type="submit" class="btn role-name-button">
                            {label}
                        </button>
                    </form>
                </details>
            </Section>
        }
        .into_any(),
    )
}

/// Lets the browser send a form by itself, and only once: afterwards everything on the page may be different, also what the reader may do,
/// so the whole page is loaded anew. Answers whether it is on its way now.
pub fn once(event: &ev::SubmitEvent) -> bool {
    use wasm_bindgen::JsCast;

    let form = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_first = form.is_some_and(|form| !form.has_attribute("aria-busy") && form.set_attribute("aria-busy", "true").is_ok());
    if !is_first {
        event.prevent_default();
    }
    is_first
}
