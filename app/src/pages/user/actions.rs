//! What administrators can do for a user: each with what it does, and a second step where somebody could regret it.

use std::sync::Arc;

use icondata_lu as lu;
use leptos::prelude::*;
use model::user_view::{PasswordLink, UserDetail};
use model::{Permission, UserId};

use super::{Editing, command};
use crate::components::command::{Answered, PLAIN_CLASS, sent_form};
use crate::components::icon::Icon;
use crate::components::page::Section;
use crate::error::AppError;
use crate::handover::with_origin;
use crate::layout::may;

/// Everything that the reader may do now; nothing at all where that is nothing.
pub fn actions(detail: &UserDetail, editing: Editing) -> Option<AnyView> {
    if !detail.is_within_reach {
        return None;
    }
    if detail.is_oneself {
        let own = view! {
            <Section id="actions" title="Password and access">
                <p>
                    "This is you. Your password, second factor and sessions are in " <a class="link" href="/account">
                        "My account"
                    </a> "."
                </p>
            </Section>
        };
        return Some(own.into_any());
    }
    let user = &detail.user;
    let is_enabled = user.disabled_at.is_none();
    let (recover, disable) = (may(Permission::UsersRecover), may(Permission::UsersDisable));
    let rows = [
        (recover && is_enabled).then(|| password_link(detail, editing)),
        (recover && detail.locked_seconds > 0).then(|| unlock(&user.id, editing)),
        (recover && user.has_second_factor).then(|| remove_second_factor(&user.id, editing)),
        (may(Permission::UsersImpersonate) && is_enabled).then(|| impersonate(&user.id)),
        disable.then(|| if is_enabled { disable_user(&user.id, editing) } else { enable(&user.id, editing) }),
        (may(Permission::UsersCreate) && detail.is_unused).then(|| delete(&user.id, &user.name)),
    ];
    let rows: Vec<_> = rows.into_iter().flatten().collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Section id="actions" title="Password and access">
                <div class="actions">{rows}</div>
            </Section>
        }
        .into_any()
    })
}

/// What it does, and the control.
fn action(words: &'static str, control: AnyView) -> AnyView {
    view! {
        <div class="action">
            <p>{words}</p>
            <div>{control}</div>
        </div>
    }
    .into_any()
}

/// A button.
fn button(label: &'static str) -> AnyView {
    view! {
        <button type="submit" class=PLAIN_CLASS>
            {label}
        </button>
    }
    .into_any()
}

/// A first button that opens what it would do, with the second that does it.
fn confirmed(label: &'static str, consequence: String, form: AnyView) -> AnyView {
    view! {
        <details class="confirm">
            <summary class="btn">{label}</summary>
            <p>{consequence}</p>
            {form}
        </details>
    }
    .into_any()
}

/// A form that a browser sends by itself, also with scripts: what follows is another page altogether.
fn plain(address: &'static str, id: &UserId, content: AnyView) -> AnyView {
    view! {
        <form class="command" method="post" action=address>
            <input type="hidden" name="id" value=id.to_string() />
            {content}
        </form>
    }
    .into_any()
}

fn password_link(detail: &UserDetail, editing: Editing) -> AnyView {
    let answered: Answered = Arc::new(move |answer: Result<String, AppError>| {
        match answer.and_then(|text| serde_json::from_str::<PasswordLink>(&text).map_err(|_| AppError::Unreachable)) {
            Ok(link) => {
                // Shown, it takes the focus.
                editing.outcome.clear();
                editing.link.try_set(Some(with_origin(link)));
            }
            Err(error) => editing.outcome.tell(Err(error)),
        }
        editing.again();
    });
    let content = view! {
        <input type="hidden" name="id" value=detail.user.id.to_string() />
        <button type="submit" class=PLAIN_CLASS>
            <Icon icon=lu::LuKeyRound />
            "Make a password link"
        </button>
    };
    let words = if detail.has_password {
        "A link with which this user sets a new password, once. Until it is used the present password goes on working. An earlier link stops working."
    } else {
        "A link with which this user sets the first password, once. An earlier link stops working."
    };
    action(words, sent_form("/api/users/password-link", None, "command", answered, content.into_any()))
}

fn unlock(id: &UserId, editing: Editing) -> AnyView {
    action(
        "After too many wrong passwords signing in is held up. Lifting the lock lets this user try again now.",
        command(editing, "/api/users/unlock", id, "unlocked", button("Lift the lock")),
    )
}

fn remove_second_factor(id: &UserId, editing: Editing) -> AnyView {
    let form = command(editing, "/api/users/remove-second-factor", id, "second-factor-removed", button("Remove it now"));
    let consequence = "Make sure that it is really this user who asks: from then on the password alone is enough to sign in. Where a role requires a second factor, this user sets up another one first.";
    action(
        "For when the authenticator app and the recovery codes are lost.",
        confirmed("Remove the second factor", consequence.to_owned(), form),
    )
}

fn impersonate(id: &UserId) -> AnyView {
    let content = view! {
        <button type="submit" class=PLAIN_CLASS>
            <Icon icon=lu::LuVenetianMask />
            "Look as this user"
        </button>
    };
    action(
        "See the platform as this user does, for 30 minutes, without accounts and security. What you do is recorded under your own name.",
        plain("/api/users/impersonate", id, content.into_any()),
    )
}

fn disable_user(id: &UserId, editing: Editing) -> AnyView {
    let form = command(editing, "/api/users/disable", id, "disabled", button("Disable the user"));
    let consequence = "Signed out everywhere within a second, and signing in is refused until somebody enables the user again. What the user has done stays.";
    action("Keep this user from signing in. It can be taken back.", confirmed("Disable", consequence.to_owned(), form))
}

fn enable(id: &UserId, editing: Editing) -> AnyView {
    action(
        "Let this user sign in again, with the same password and roles.",
        command(editing, "/api/users/enable", id, "enabled", button("Enable the user")),
    )
}

fn delete(id: &UserId, name: &str) -> AnyView {
    let form = plain("/api/users/delete", id, button("Delete the user"));
    action(
        "This user has never done anything, and can be deleted. Whoever has is disabled instead.",
        confirmed("Delete", format!("{name} is gone then, with the link that waits to be used. This cannot be undone."), form),
    )
}
