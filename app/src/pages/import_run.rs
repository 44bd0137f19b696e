//! One import: what was read, what was published, what was rejected and why.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::run::{Operation, REJECTS_KEPT, Reject, RunDetail};

use crate::api::get_run;
use crate::components::failure::Failure;
use crate::components::live::{follow, title};
use crate::components::loading::Loading;
use crate::components::page::{PageHead, Section};
use crate::components::progress::RunProgress;
use crate::components::run_facts::RunFacts;
use crate::components::table::Table;
use crate::format;

/// The page of one import.
#[component]
pub fn ImportRun() -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|parameters| parameters.get_str("id").unwrap_or_default().to_owned()));
    let detail = Resource::new(move || id.get(), |id| get_run(Operation::Import, id));
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
        <PageHead title=title(&detail.run) purpose="What was read, what was published and what was rejected." />
        <RunProgress live />
        {move || {
            let RunDetail { run, rejects } = live.detail.get();
            let rejected = run.rows_rejected;
            view! {
                <RunFacts run />
                {(!rejects.is_empty()).then(|| view! { <Rejects rejects rejected /> })}
            }
        }}
    }
}

#[component]
fn Rejects(rejects: Vec<Reject>, rejected: u64) -> impl IntoView {
    let shown = u64::try_from(rejects.len()).unwrap_or(rejected);
    let sentence = if shown < rejected {
        format!(
            "The first {} of {}; a run keeps no more than {REJECTS_KEPT}.",
            format::grouped(shown),
            format::counted(rejected, "row", "rows")
        )
    } else {
        format!("{}, in the order of the file.", format::counted(rejected, "row", "rows"))
    };
    let rows = rejects
        .into_iter()
        .map(|reject| {
            view! {
                <tr>
                    <td class="num">{format::grouped(reject.line)}</td>
                    <td>{reject.column.map(|column| view! { <code>{column}</code> })}</td>
                    <td class="cell-reason">{reject.reason}</td>
                    <td class="cell-value">
                        <code>{reject.value}</code>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section id="rejects" title="Rejected rows">
            <p class="section-purpose">{sentence}</p>
            <Table caption="Rejected rows">
                <thead>
                    <tr>
                        <th scope="col" class="num">
                            "Line"
                        </th>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"Value in the file"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Section>
    }
}
