//! The page of one run, whatever the operation.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::run::{Operation, RunDetail};

use super::failure::Failure;
use super::live::{follow, title};
use super::loading::Loading;
use super::page::PageHead;
use super::progress::RunProgress;
use super::rejected_rows::RejectedRows;
use super::run_facts::RunFacts;
use crate::api::get_run;

/// The run of this operation that the address names, followed while it works.
#[component]
pub fn RunPage(
    /// What was run; each operation has a permission of its own.
    operation: Operation,
    /// What the page is for, in one line.
    purpose: &'static str,
) -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|parameters| parameters.get_str("id").unwrap_or_default().to_owned()));
    let detail = Resource::new(move || id.get(), move |id| get_run(operation, id));
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(detail) => view! { <Content detail purpose /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Content(detail: RunDetail, purpose: &'static str) -> impl IntoView {
    let live = follow(detail.clone(), |_| {});
    view! {
        <PageHead title=title(&detail.run) purpose />
        <RunProgress live />
        {move || {
            let RunDetail { run, rejects } = live.detail.get();
            let rejected = run.rows_rejected;
            view! {
                <RunFacts run />
                {(!rejects.is_empty()).then(|| view! { <RejectedRows rejects rejected /> })}
            }
        }}
    }
}
