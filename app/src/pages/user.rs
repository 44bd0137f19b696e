//! One user: what there is to know, what this one may do and why, and what administrators can do for this one.

mod actions;
mod edit;
mod facts;
mod why;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::session::SessionView;
use model::user_view::{PasswordLink, UserDetail};
use model::{Permission, UserId};

use crate::api::get_user;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::command::{Answered, PLAIN_CLASS, sent_form};
use crate::components::loaded::{failed_page, loaded};
use crate::components::once::link_panel;
use crate::components::outcome::Outcome;
use crate::components::page::{PageHead, Section};
use crate::components::person::{EndSession, session_table};
use crate::components::timeline::Timeline;
use crate::error::AppError;
use crate::handover::{Handed, handed_over};
use crate::layout::may;
use edit::Typed;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Editing {
    /// What came of the last command.
    outcome: Outcome,
    /// The link that was just made.
    link: RwSignal<Option<PasswordLink>>,
    /// What was typed and refused.
    typed: RwSignal<Option<Typed>>,
    /// Grows with each command: what is shown is asked for anew.
    changes: RwSignal<u32>,
}

impl Editing {
    /// Shows the user anew.
    fn again(self) {
        // `try_`: the page may have been left meanwhile.
        self.changes.try_update(|changes| *changes += 1);
    }
}

/// The page of a user.
#[component]
pub fn User() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|parameters| parameters.get("id").unwrap_or_default()));
    let query = use_query_map();
    let editing = Editing {
        outcome: Outcome::from_address(query, "", done),
        link: RwSignal::new(match handed_over() {
            Some(Handed::Link(link)) => Some(link),
            _ => None,
        }),
        typed: RwSignal::new(query.with_untracked(Typed::from_address)),
        changes: RwSignal::new(0),
    };
    let user = Resource::new(move || (id.get(), editing.changes.get()), |(id, _)| get_user(UserId::new(id)));
    let content = loaded(user, failed_page, move |detail| content(&detail, editing));
    // Above what is shown anew after each command: what came of it keeps the focus.
    view! {
        {editing.outcome.banner()}
        {content}
        <Timeline resource="user" id changes=editing.changes />
    }
}

/// What was done, for people.
fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "saved" => "The changes are saved. They hold everywhere within a second.",
        "disabled" => "The user is disabled and signed out everywhere.",
        "enabled" => "The user is enabled and may sign in again.",
        "unlocked" => "The lock is lifted: the user may try again now.",
        "second-factor-removed" => "The second factor is removed.",
        "session-ended" => "The user is signed out there.",
        "sessions-ended" => "The user is signed out everywhere.",
        _ => return None,
    })
}

fn content(detail: &UserDetail, editing: Editing) -> AnyView {
    let user = &detail.user;
    let (name, email) = (user.name.clone(), user.email.clone());
    let link = {
        let name = name.clone();
        move || editing.link.with(|link| link.as_ref().map(|link| link_panel(link, &name)))
    };
    let may_edit = may(Permission::UsersEdit) && detail.is_within_reach;
    view! {
        <PageHead title=name purpose=email />
        {link}
        {(!detail.is_within_reach)
            .then(|| {
                view! { <Banner tone=Tone::Info>"This user may do more than you: you can look, and change nothing."</Banner> }
            })}
        {facts::facts(detail)}
        {may_edit.then(|| edit::form(detail, editing))}
        {actions::actions(detail, editing)}
        {sessions(detail, editing)}
        {why::why(&detail.permissions)}
    }
    .into_any()
}

/// Where the user is signed in, as far as the reader may see it.
fn sessions(detail: &UserDetail, editing: Editing) -> Option<AnyView> {
    let sessions = detail.sessions.clone()?;
    let may_end = may(Permission::SessionsRevoke) && detail.is_within_reach;
    let id = detail.user.id.clone();
    let all = (may_end && !sessions.is_empty()).then(|| {
        let content = view! {
            <button type="submit" class=PLAIN_CLASS>
                "Sign out everywhere"
            </button>
        };
        view! { <div class="section-action">{command(editing, "/api/users/end-sessions", &id, "sessions-ended", content.into_any())}</div> }
    });
    let end: EndSession = {
        let id = id.clone();
        Arc::new(move |session: &SessionView| {
            let label = format!("Sign out: {}", session.browser);
            let content = view! {
                <input type="hidden" name="session" value=session.id.to_string() />
                <button type="submit" class=PLAIN_CLASS aria-label=label>
                    "Sign out"
                </button>
            };
            may_end.then(|| command(editing, "/api/users/end-session", &id, "session-ended", content.into_any()))
        })
    };
    let view = view! {
        <Section id="sessions" title="Signed in">
            {all} {session_table(sessions, &end)}
        </Section>
    };
    Some(view.into_any())
}

/// A command on the user, with words for when it was done.
fn command(editing: Editing, action: &'static str, id: &UserId, what: &'static str, content: AnyView) -> AnyView {
    let answered: Answered = Arc::new(move |answer: Result<String, AppError>| {
        editing.link.try_set(None);
        editing.outcome.tell(answer.map(|_| done(what).unwrap_or_default()));
        // Also where it was refused: somebody was quicker, say.
        editing.again();
    });
    let content = view! {
        <input type="hidden" name="id" value=id.to_string() />
        {content}
    };
    sent_form(action, None, "command", answered, content.into_any())
}
