//! My account: who one is, one's password and second factor, and where one is signed in.

mod password;
mod second_factor;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Permission;
use model::session::SessionView;
use model::user_view;

use crate::api::{OwnAccount, get_account};
use crate::components::command::{Answered, PLAIN_CLASS, sent_form};
use crate::components::loaded::{failed_page, loaded};
use crate::components::outcome::Outcome;
use crate::components::page::{Fact, Facts, PageHead, Section};
use crate::components::person::{EndSession, session_table};
use crate::components::time::AgeOrNever;
use crate::error::AppError;
use second_factor::SecondFactor;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Editing {
    /// What came of the last command.
    outcome: Outcome,
    /// Grows with each command: what is shown is asked for anew.
    changes: RwSignal<u32>,
}

impl Editing {
    /// Says what came of a command and shows the account anew where it has changed.
    fn told(self, outcome: Result<&'static str, AppError>) {
        let is_done = outcome.is_ok();
        self.outcome.tell(outcome);
        if is_done {
            // `try_`: the page may have been left meanwhile.
            self.changes.try_update(|changes| *changes += 1);
        }
    }
}

/// The page of one's own account.
#[component]
pub fn Account() -> impl IntoView {
    let query = use_query_map();
    let form = query.with_untracked(|query| query.get("for").unwrap_or_default());
    let editing = Editing { outcome: Outcome::from_address(query, &form, done), changes: RwSignal::new(0) };
    let second_factor = SecondFactor::new(editing, &form);
    let account = Resource::new(move || editing.changes.get(), |_| get_account());
    let content = loaded(account, failed_page, move |own: OwnAccount| content(own, editing, second_factor));
    view! {
        <PageHead title="My account" purpose="What you may do, how you sign in, and where you are signed in." />
        {editing.outcome.banner()}
        {content}
    }
}

/// What was done, for people.
fn done(what: &str) -> Option<&'static str> {
    Some(match what {
        "password" => "Your password is changed. Every other place where you were signed in is signed out.",
        "session-ended" => "That browser is signed out.",
        "sessions-ended" => "Every other browser is signed out.",
        "second-factor" => "The second factor is set up. From now on signing in asks for a code.",
        "codes" => "There are new recovery codes. The earlier ones do not work any more.",
        "second-factor-removed" => "The second factor is removed. Signing in asks for the password alone.",
        _ => return None,
    })
}

fn content(own: OwnAccount, editing: Editing, second_factor: SecondFactor) -> AnyView {
    let OwnAccount { account, second_factor: state } = own;
    let user_view::Account { email, name, roles, permissions, password_set_at, sessions } = account;
    let roles = if roles.is_empty() { "No role".to_owned() } else { roles.join(", ") };
    let password = password::section(editing, &email);
    view! {
        <Facts>
            <Fact name="Name">{name}</Fact>
            <Fact name="E-mail address">{email}</Fact>
            <Fact name="Roles">{roles}</Fact>
            <Fact name="Password set">
                <AgeOrNever at=password_set_at />
            </Fact>
            <Fact name="You may">{allowed(&permissions)}</Fact>
        </Facts>
        {second_factor::section(second_factor, &state)}
        {password}
        {signed_in(sessions, editing)}
    }
    .into_any()
}

/// What the roles allow, by what it is about: `imports: read, areas`.
fn allowed(permissions: &[Permission]) -> AnyView {
    if permissions.is_empty() {
        return "Nothing: no role allows anything".into_any();
    }
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for permission in permissions {
        let action = permission.name().split_once(':').map_or("", |(_, action)| action);
        match groups.last_mut() {
            Some((resource, actions)) if *resource == permission.resource() => actions.push(action),
            _ => groups.push((permission.resource(), vec![action])),
        }
    }
    let lines = groups.into_iter().map(|(resource, actions)| view! { <li>{format!("{resource}: {}", actions.join(", "))}</li> }.into_any());
    view! { <ul>{lines.collect::<Vec<_>>()}</ul> }.into_any()
}

/// Where one is signed in.
fn signed_in(sessions: Vec<SessionView>, editing: Editing) -> AnyView {
    let others = sessions.iter().any(|session| !session.is_current).then(|| {
        let content = view! {
            <button type="submit" class=PLAIN_CLASS>
                "Sign out everywhere else"
            </button>
        };
        let form = command(editing, "/api/account/end-other-sessions", "sessions-ended", content.into_any());
        view! { <div class="section-action">{form}</div> }
    });
    let end: EndSession = Arc::new(move |session: &SessionView| {
        let label = format!("Sign out: {}", session.browser);
        let content = view! {
            <input type="hidden" name="session" value=session.id.to_string() />
            <button type="submit" class=PLAIN_CLASS aria-label=label>
                "Sign out"
            </button>
        };
        // Oneself one signs out by the menu, which leads to the sign-in page.
        (!session.is_current).then(|| command(editing, "/api/account/end-session", "session-ended", content.into_any()))
    });
    view! {
        <Section id="sessions" title="Where you are signed in">
            <p class="section-purpose">
                "Something here that is not you? Sign it out and change your password."
            </p>
            {others}
            {session_table(sessions, &end)}
        </Section>
    }
    .into_any()
}

/// A command, with words for when it was done.
fn command(editing: Editing, action: &'static str, what: &'static str, content: AnyView) -> AnyView {
    let answered: Answered = Arc::new(move |answer: Result<String, AppError>| {
        editing.told(answer.map(|_| done(what).unwrap_or_default()));
    });
    sent_form(action, None, "command", answered, content)
}
