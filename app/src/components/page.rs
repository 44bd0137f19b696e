//! The head of a page and of its sections.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

use super::badge::Tone;
use super::banner::Banner;

/// The page's title, one line of purpose, and its one primary action at the right.
#[component]
pub fn PageHead(
    /// The title, also of the browser's tab.
    #[prop(into)]
    title: String,
    /// What the page is for, in one line.
    #[prop(into)]
    purpose: String,
    /// The primary action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone() />
        <header class="page-head">
            <div class="min-w-0">
                <h1 class="page-title">{title}</h1>
                <p class="page-purpose">{purpose}</p>
            </div>
            {children.map(|children| view! { <div class="page-action">{children()}</div> })}
        </header>
    }
}

/// A part of a page under its own heading.
#[component]
pub fn Section(
    /// The heading's identifier on the page.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby=id>
            <h2 class="section-title" id=id>
                {title}
            </h2>
            {children()}
        </section>
    }
}

/// A list of facts: names at the left, values at the right.
#[component]
pub fn Facts(
    /// [`Fact`]s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// One fact.
#[component]
pub fn Fact(
    /// Its name.
    name: &'static str,
    /// Its value.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="fact">
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// The most characters of a message in the address that are shown.
const MESSAGE_MOST: usize = 600;

/// Where a form was sent without scripts and refused, its route leads back to the page with the reason in the address.
pub fn refused_in_address(query: Memo<ParamsMap>) -> AnyView {
    let refused = Memo::new(move |_| {
        query.with(|query| {
            query.get_str("error").filter(|text| !text.is_empty()).map(|text| text.chars().take(MESSAGE_MOST).collect::<String>())
        })
    });
    (move || refused.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })).into_any()
}
