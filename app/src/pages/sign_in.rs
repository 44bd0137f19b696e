//! Signing in.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::Error;

use crate::api;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::field::TextField;
use crate::error::AppError;
use crate::layout::Mark;

/// The sign-in page. Where a form was refused that was sent without scripts, its error and e-mail address stand in the page's address.
#[component]
pub fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let from_address = |name| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    let (email, next) = (from_address("email"), from_address("next"));

    let action = ServerAction::<api::SignIn>::new();
    let error = Memo::new(move |_| action.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    #[cfg(feature = "ssr")]
    if let Some(AppError::Refused(error)) = error.get_untracked() {
        crate::request::set_status(http::StatusCode::from_u16(error.status()).unwrap_or(http::StatusCode::UNAUTHORIZED));
    }
    Effect::new(move |_| {
        if let Some(Ok(next)) = action.value().get() {
            // Not by the router: everything that was loaded for nobody is loaded again for somebody.
            _ = window().location().set_href(&next);
        }
    });
    let of_field = move |name: &'static str| Signal::derive(move || beside(&error.get()?, name));

    view! {
        <Title text="Sign in" />
        <main class="sign-in" id="content">
            <div class="brand">
                <Mark />
                "Handled"
            </div>
            <h1 class="page-title">"Sign in"</h1>
            {move || error.get().map(|error| view! { <Banner tone=Tone::Bad>{summary(&error)}</Banner> })}
            <ActionForm action attr:class="form">
                <input type="hidden" name="next" value=next />
                <TextField name="email" label="E-mail address" kind="email" autocomplete="username" value=email error=of_field("email") />
                <TextField name="password" label="Password" kind="password" autocomplete="current-password" error=of_field("password") />
                <SubmitButton label="Sign in" pending=action.pending() />
            </ActionForm>
        </main>
    }
}

/// What stands above the form: everything that is wrong.
fn summary(error: &AppError) -> String {
    match error {
        AppError::Refused(Error::Unauthenticated) => "The e-mail address or the password is wrong.".to_owned(),
        error => error.to_string(),
    }
}

/// What stands beside a field: nothing where the summary says the very same.
fn beside(error: &AppError, field: &str) -> Option<String> {
    let words = error.of_field(field)?;
    Some(if words == summary(error) { String::new() } else { words.to_owned() })
}
