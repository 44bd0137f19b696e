//! One run of a transformation.

use leptos::prelude::*;
use model::run::Operation;

use crate::components::run_page::RunPage;

/// The page of one run of a transformation.
#[component]
pub fn TransformationRun() -> impl IntoView {
    view! { <RunPage operation=Operation::Transformation purpose="What was published, by whom and in what time." /> }
}
