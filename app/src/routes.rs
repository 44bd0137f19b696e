//! Which address shows which page.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::clock::provide_clock;
use crate::components::toast::{Toasts, provide_toasts};
use crate::layout::Frame;
use crate::pages;

/// The whole interface. Every page is rendered whole before it is sent: without scripts nothing would fill it in later.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_clock();
    provide_toasts();
    mark_when_live();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Handled".to_owned() } else { format!("{page} · Handled") } />
        <Router>
            <Routes fallback=pages::UnknownAddress>
                <Route path=path!("/sign-in") view=pages::SignIn ssr=SsrMode::Async />
                <Route path=path!("/set-password") view=pages::SetPassword ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/") view=pages::Overview ssr=SsrMode::Async />
                    <Route path=path!("/imports") view=pages::Imports ssr=SsrMode::Async />
                    <Route path=path!("/imports/runs/:id") view=pages::ImportRun ssr=SsrMode::Async />
                    <Route path=path!("/transformations") view=pages::Transformations ssr=SsrMode::Async />
                    <Route path=path!("/transformations/zone-days") view=pages::ZoneDays ssr=SsrMode::Async />
                    <Route path=path!("/transformations/runs/:id") view=pages::TransformationRun ssr=SsrMode::Async />
                    <Route path=path!("/tables") view=pages::Tables ssr=SsrMode::Async />
                    <Route path=path!("/tables/:table") view=pages::Table ssr=SsrMode::Async />
                    <Route path=path!("/transit") view=pages::Transit ssr=SsrMode::Async />
                    <Route path=path!("/exports") view=pages::Exports ssr=SsrMode::Async />
                    <Route path=path!("/roles") view=pages::Roles ssr=SsrMode::Async />
                    <Route path=path!("/roles/new") view=pages::NewRole ssr=SsrMode::Async />
                    <Route path=path!("/roles/:id") view=pages::Role ssr=SsrMode::Async />
                    <Route path=path!("/users") view=pages::Users ssr=SsrMode::Async />
                    <Route path=path!("/users/new") view=pages::NewUser ssr=SsrMode::Async />
                    <Route path=path!("/users/:id") view=pages::User ssr=SsrMode::Async />
                    <Route path=path!("/audit") view=pages::Audit ssr=SsrMode::Async />
                    <Route path=path!("/account") view=pages::Account ssr=SsrMode::Async />
                    <Route path=path!("/databases") view=pages::Databases ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
        <Toasts />
    }
}

/// Says on the body that the page is live: before that, a click goes to the server as a plain form or link.
fn mark_when_live() {
    Effect::new(|_| {
        if let Some(body) = document().body() {
            _ = body.set_attribute("data-hydrated", "true");
        }
    });
}
