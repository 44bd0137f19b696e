//! Setting a password by a link that an administrator has handed over. The link's secret is in the page's address: no other site and no log
//! is to see it.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::Error;
use model::user_view::LinkHolder;

use crate::api::find_link_holder;
use crate::components::button::SubmitButton;
use crate::components::command::{Answered, sent_form};
use crate::components::loaded::loaded;
use crate::components::outcome::Outcome;
use crate::components::password_field::{NEW_PASSWORD_HELP, Password, password_field};
use crate::components::time::Coming;
use crate::error::AppError;
use crate::layout::Mark;

/// The page.
#[component]
pub fn SetPassword() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::request::send_no_referrer();
    let query = use_query_map();
    let token = query.with_untracked(|query| query.get("token").unwrap_or_default());
    let outcome = Outcome::from_address(query, "", |_| None);
    let holder = {
        let token = token.clone();
        Resource::new(move || token.clone(), find_link_holder)
    };
    let content = loaded(holder, failed, move |holder: LinkHolder| form(holder, &token, outcome));
    view! {
        <Title text="Set your password" />
        <main class="sign-in" id="content">
            <div class="brand">
                <Mark />
                "Handled"
            </div>
            {outcome.banner()}
            {content}
        </main>
    }
}

fn form(holder: LinkHolder, token: &str, outcome: Outcome) -> AnyView {
    let LinkHolder { email, name, expires_at } = holder;
    let pending = RwSignal::new(false);
    let answered: Answered = Arc::new(move |answer: Result<String, AppError>| match answer {
        // Not by the router: the address with the secret is left for good.
        Ok(_) => _ = window().location().replace("/sign-in?done=password"),
        Err(error) => outcome.tell(Err(error)),
    });
    let password =
        Password { id: "password", name: "password", label: "New password", autocomplete: "new-password", help: NEW_PASSWORD_HELP };
    let content = view! {
        <input type="hidden" name="token" value=token.to_owned() />
        // For password managers, which keep the password under this name.
        <input type="text" name="username" autocomplete="username" value=email.clone() class="hidden" readonly aria-hidden="true" tabindex="-1" />
        {password_field(password, outcome.beside("password"))}
        <SubmitButton label="Set the password" pending />
    };
    view! {
        <h1 class="page-title">"Set your password"</h1>
        <p>
            "For " <span class="font-semibold">{name}</span> ", who signs in as " <span class="break-words">{email}</span> ". The link works once, until "
            <Coming at=expires_at /> "."
        </p>
        {sent_form("/api/set-password", None, "form", answered, content.into_any())}
    }
    .into_any()
}

/// Why there is no form, and what to do.
fn failed(error: AppError) -> AnyView {
    #[cfg(feature = "ssr")]
    if let AppError::Refused(error) = &error {
        crate::request::refuse(error.clone());
    }
    let (title, words) = match &error {
        AppError::Refused(Error::NotFound { .. } | Error::Invalid { .. } | Error::Conflict { .. }) => (
            "This link does not work",
            "It has been used, its time is over, or another one has taken its place. If you have set your password with it, sign in. Otherwise ask the administrator who gave it to you for a new one.".to_owned(),
        ),
        error => ("This page cannot be shown right now", error.to_string()),
    };
    view! {
        <div class="grid gap-4" role="alert">
            <h1 class="page-title">{title}</h1>
            <p>{words}</p>
            <div>
                <a class="btn" href="/sign-in">
                    "Sign in"
                </a>
            </div>
        </div>
    }
    .into_any()
}
