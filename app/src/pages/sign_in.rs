//! Signing in.

use leptos::ev;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::Error;
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement};

use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::field::TextField;
use crate::error::AppError;
use crate::format::left;
use crate::layout::Mark;
use crate::post::{fields, post};

/// The sign-in page. Where a form was refused that was sent without scripts, its error and e-mail address stand in the page's address.
#[component]
pub fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let from_address = |name| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    let (email, next) = (from_address("email"), from_address("next"));
    let password_is_set = from_address("done") == "password";

    // What was wrong with a form that was sent without scripts.
    let error = RwSignal::new(serde_json::from_str::<AppError>(&from_address("error")).ok());
    #[cfg(feature = "ssr")]
    if let Some(AppError::Refused(error)) = error.get_untracked() {
        crate::request::set_status(http::StatusCode::from_u16(error.status()).unwrap_or(http::StatusCode::UNAUTHORIZED));
    }
    // Once somebody was asked for a code, the field stays. The first time nothing is wrong yet: nobody had a field to type it into.
    let is_first_question = RwSignal::new(false);
    let asks_for_code = RwSignal::new(error.with_untracked(|error| error.as_ref().is_some_and(|error| error.of_field("code").is_some())));
    Effect::new(move || {
        if asks_for_code.get() {
            // The field is there by the next frame.
            request_animation_frame(|| {
                if let Some(field) = document().get_element_by_id("code").and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                    _ = field.focus();
                    // The next code takes the wrong one's place.
                    field.select();
                }
            });
        }
    });
    let pending = RwSignal::new(false);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()).filter(|_| !pending.get_untracked())
        else {
            return;
        };
        pending.set(true);
        post(
            "/api/sign-in",
            &fields(&form),
            Box::new(move |answer| {
                pending.set(false);
                match answer.and_then(|text| serde_json::from_str::<String>(&text).map_err(|_| AppError::Unreachable)) {
                    // Not by the router: everything that was loaded for nobody is loaded again for somebody.
                    Ok(next) => _ = window().location().set_href(&next),
                    Err(refused) => {
                        let is_about_code = refused.of_field("code").is_some();
                        is_first_question.set(is_about_code && !asks_for_code.get_untracked());
                        error.set(Some(refused));
                        if is_about_code {
                            asks_for_code.set(true);
                        }
                    }
                }
            }),
        );
    };
    let of_field = move |name: &'static str| Signal::derive(move || beside(&error.get().filter(|_| !is_first_question.get())?, name));
    let tone = move || if is_first_question.get() { Tone::Info } else { Tone::Bad };

    view! {
        <Title text="Sign in" />
        <main class="sign-in" id="content">
            <div class="brand">
                <Mark />
                "Handled"
            </div>
            <h1 class="page-title">"Sign in"</h1>
            {move || error.get().map(|error| view! { <Banner tone=tone()>{summary(&error)}</Banner> })}
            {move || (password_is_set && error.with(Option::is_none)).then(|| view! { <Banner tone=Tone::Good>"Your password is set. Sign in with it."</Banner> })}
            <form class="form" method="post" action="/api/sign-in" on:submit=on_submit>
                <input type="hidden" name="next" value=next />
                <TextField name="email" label="E-mail address" kind="email" autocomplete="username" value=email error=of_field("email") />
                <TextField name="password" label="Password" kind="password" autocomplete="current-password" error=of_field("password") />
                {move || {
                    asks_for_code
                        .get()
                        .then(|| {
                            view! {
                                // Letters, too: a recovery code has some.
                                <TextField name="code" label="Code" autocomplete="one-time-code" help=CODE_HELP error=of_field("code") />
                            }
                        })
                }}
                <SubmitButton label="Sign in" pending />
            </form>
        </main>
    }
}

/// What belongs into the field for the second factor.
const CODE_HELP: &str = "Six digits from your authenticator app, or one of your recovery codes.";

/// What stands above the form: everything that is wrong.
fn summary(error: &AppError) -> String {
    match error {
        AppError::Refused(Error::Unauthenticated) => "The e-mail address or the password is wrong.".to_owned(),
        AppError::Refused(Error::RateLimited { retry_after_seconds }) => {
            format!("Too many attempts. Try again in {}.", left(u64::from(*retry_after_seconds) * 1_000))
        }
        error => error.to_string(),
    }
}

/// What stands beside a field: nothing where the summary says the very same.
fn beside(error: &AppError, field: &str) -> Option<String> {
    let words = error.of_field(field)?;
    Some(if words == summary(error) { String::new() } else { words.to_owned() })
}
