//! One import: what was read, what was published, what was rejected and why.

use leptos::prelude::*;
use model::run::Operation;

use crate::components::run_page::RunPage;

/// The page of one import.
#[component]
pub fn ImportRun() -> impl IntoView {
    view! { <RunPage operation=Operation::Import purpose="What was read, what was published and what was rejected." /> }
}
