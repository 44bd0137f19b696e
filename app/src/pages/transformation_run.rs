//! One run of a transformation.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::run::{Operation, RunDetail};

use crate::api::get_run;
use crate::components::failure::Failure;
use crate::components::live::{follow, title};
use crate::components::loading::Loading;
use crate::components::page::PageHead;
use crate::components::progress::RunProgress;
use crate::components::run_facts::RunFacts;

/// The page of one run of a transformation.
#[component]
pub fn TransformationRun() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|parameters| parameters.get_str("id").unwrap_or_default().to_owned()));
    let detail = Resource::new(move || id.get(), |id| get_run(Operation::Transformation, id));
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(detail) => view! { <Content detail /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Content(detail: RunDetail) -> impl IntoView {
    let live = follow(detail.clone(), |_| {});
    view! {
        <PageHead title=title(&detail.run) purpose="What was published, by whom and in what time." />
        <RunProgress live />
        {move || view! { <RunFacts run=live.detail.with(|detail| detail.run.clone()) /> }}
    }
}
