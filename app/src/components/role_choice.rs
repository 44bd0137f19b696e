//! Choosing the roles of a user.

use leptos::prelude::*;
use model::user_view::OfferedRole;

use super::field::FieldError;

/// The roles as boxes to tick, each with its description. A role out of the reader's reach stays as it is, and says why.
pub fn role_choice(roles: &[OfferedRole], chosen: &dyn Fn(&OfferedRole) -> bool, error: Signal<Option<String>>) -> AnyView {
    let boxes = roles
        .iter()
        .map(|offered| {
            let OfferedRole { role, description, is_held, is_within_reach } = offered;
            let (id, name) = (role.id.to_string(), role.name.clone());
            let fixed = !is_within_reach || (role.is_retired && !is_held);
            let checked = if fixed { *is_held } else { chosen(offered) };
            // What is disabled is not sent, and what is not sent would be taken away.
            let kept = (fixed && checked).then(|| view! { <input type="hidden" name="roles[]" value=id.clone() /> });
            let why = if !is_within_reach {
                Some("You cannot give or take this role: it allows more than you may do.")
            } else if role.is_retired {
                Some("This role is retired: it can be taken away, and not be given again.")
            } else {
                None
            };
            let html_id = format!("role-{id}");
            view! {
                <div class="role">
                    {kept}
                    <label class="check" for=html_id.clone()>
                        <input type="checkbox" id=html_id.clone() name="roles[]" value=id checked=checked disabled=fixed />
                        <span class="font-semibold">{name}</span>
                    </label>
                    <div class="role-words">
                        {description.clone()} {why.map(|why| view! { <div class="text-label">{why}</div> })}
                    </div>
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let words = Signal::derive(move || error.get().filter(|words| !words.is_empty()));
    view! {
        <fieldset class="field">
            <legend class="field-label">"Roles"</legend>
            <div class="roles">{boxes}</div>
            {move || words.get().map(|error| view! { <FieldError id="roles-error".to_owned() error /> })}
        </fieldset>
    }
    .into_any()
}
