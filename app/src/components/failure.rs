//! A page, or a part of one, that could not be shown.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use model::Error;

use crate::error::AppError;

/// Says why a page has no content and what to do. Where nobody is signed in, it leads to the sign-in page.
#[component]
pub fn Failure(
    /// Why.
    error: AppError,
) -> impl IntoView {
    let title = match &error {
        AppError::Refused(Error::Unauthenticated) => return view! { <SignInFirst /> }.into_any(),
        AppError::Refused(Error::Forbidden { .. }) => "You may not see this page",
        AppError::Refused(Error::NotFound { .. }) => "There is no such page",
        AppError::Refused(Error::Unavailable { .. }) | AppError::Unreachable => "This page cannot be shown right now",
        AppError::Refused(Error::RateLimited { .. }) => "Too many attempts",
        AppError::Refused(Error::Invalid { .. } | Error::Conflict { .. }) => "This page cannot be shown",
    };
    let detail = match &error {
        AppError::Refused(Error::Forbidden { permission }) => Some(view! {
            <p class="text-muted">
                "The permission " <code>{permission.name()}</code> " means: " {permission.sentence()}
            </p>
        }),
        _ => None,
    };
    #[cfg(feature = "ssr")]
    if let AppError::Refused(error) = &error {
        crate::request::refuse(error.clone());
        if let (Error::Forbidden { permission }, Ok(asked)) = (error, crate::request::Asked::current()) {
            asked.platform.record_refusal(&asked.caller, *permission);
        }
    }
    let pathname = use_location().pathname;
    let way_on = match &error {
        // A plain link, not the router's: the server makes the whole page anew.
        AppError::Unreachable | AppError::Refused(Error::Unavailable { .. }) => {
            view! { <a class="btn" rel="external" href=move || pathname.get()>"Try again"</a> }.into_any()
        }
        // The overview may be the very page that is refused.
        AppError::Refused(Error::Forbidden { .. }) => ().into_any(),
        AppError::Refused(_) => view! { <a class="btn" href="/">"Go to the overview"</a> }.into_any(),
    };
    view! {
        <Title text=title />
        <div class="failure" role="alert">
            <h1 class="page-title">{title}</h1>
            <p>{error.to_string()}</p>
            {detail}
            {way_on}
        </div>
    }
    .into_any()
}

/// Leads to the sign-in page and from there back: on the server with the response's status, in the browser by the router.
#[component]
pub fn SignInFirst() -> impl IntoView {
    let location = use_location();
    let address = move || {
        let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
        let here = if search.is_empty() { path } else { format!("{path}?{search}") };
        if here == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", leptos_router::location::Url::escape(&here)) }
    };
    view! {
        <Title text="Sign in" />
        {lead_to(address(), "Sign in to continue")}
    }
}

/// Leads to another page: on the server with the response's status, in the browser by the router, and for whoever gets there in
/// neither way by a link with these words.
pub fn lead_to(address: String, words: &'static str) -> AnyView {
    #[cfg(feature = "ssr")]
    crate::request::send_to(&address);
    let target = address.clone();
    let navigate = use_navigate();
    Effect::new(move |_| navigate(&target, NavigateOptions { replace: true, ..NavigateOptions::default() }));
    view! {
        <p class="failure">
            <a class="link" href=address>
                {words}
            </a>
        </p>
    }
    .into_any()
}
