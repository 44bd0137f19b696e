//! Transformations: what is derived from the workspace, and running it.

use icondata_lu as lu;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::health::Relation;
use model::run::{RunDetail, RunState};
use model::transformation::TransformationState;
use model::{Permission, RunId};

use crate::api::{StartTransformation, list_transformations};
use crate::components::badge::{RunBadge, Tone};
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::live::{address, follow};
use crate::components::loading::Loading;
use crate::components::page::{Fact, Facts, PageHead};
use crate::components::progress::RunProgress;
use crate::components::table::Table;
use crate::components::time::{Age, AgeOrNever};
use crate::error::AppError;
use crate::format;
use crate::layout::may;

/// The transformations page.
#[component]
pub fn Transformations() -> impl IntoView {
    let start = ServerAction::<StartTransformation>::new();
    let ended = RwSignal::new(0_u32);
    let list = Resource::new(move || (start.version().get(), ended.get()), |_| list_transformations());
    view! {
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(list) => {
                        let transformations = list.into_iter().map(|state| view! { <Transformation state start ended /> }).collect_view();
                        view! {
                            <PageHead title="Transformations" purpose="Reference tables derived from the imported ones. A run replaces its tables as a whole, or changes nothing." />
                            {transformations}
                        }.into_any()
                    }
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Transformation(state: TransformationState, start: ServerAction<StartTransformation>, ended: RwSignal<u32>) -> impl IntoView {
    let TransformationState { name, purpose, sources, targets, latest } = state;
    let live = latest.clone().map(|run| follow(RunDetail { run, rejects: Vec::new() }, move |_| ended.update(|ended| *ended += 1)));
    let missing: Vec<String> = sources.iter().filter(|source| source.published_at.is_none()).map(|source| source.name.clone()).collect();
    let heading = format!("transformation-{name}");
    let labelled_by = heading.clone();
    let own = name.clone();
    let refused = Memo::new(move |_| refusal(start, &own));
    let started = name.clone();
    let pending = Signal::derive(move || {
        start.pending().get() && start.input().with(|input| input.as_ref().is_some_and(|input| input.name == started))
    });
    let label = format!("Run {name}");
    let hidden = name.clone();
    view! {
        <section class="section" aria-labelledby=labelled_by>
            <div class="section-head">
                <div class="min-w-0">
                    <h2 class="section-title" id=heading>
                        {name}
                    </h2>
                    <p class="section-purpose">{purpose}</p>
                </div>
                {may(Permission::TransformationsRun)
                    .then(|| {
                        view! {
                            <ActionForm action=start>
                                <input type="hidden" name="name" value=hidden />
                                <SubmitButton label icon=lu::LuPlay pending />
                            </ActionForm>
                        }
                    })}
            </div>
            {move || refused.get().map(|error| view! { <Banner tone=Tone::Bad>{error.to_string()}</Banner> })}
            {(!missing.is_empty())
                .then(|| {
                    view! {
                        <Banner tone=Tone::Warning>
                            {format!("Nothing has been imported into {} yet. ", missing.join(" and "))} <a class="link" href="/imports">
                                "Import the files"
                            </a> " first."
                        </Banner>
                    }
                })}
            {live.map(|live| view! { <RunProgress live /> })}
            {latest.map(|run| view! { <LatestRun run /> })}
            <Tables sources targets />
        </section>
    }
}

/// Why starting the transformation of this name was refused, if it was. A form that was sent without scripts leaves no input behind.
fn refusal(start: ServerAction<StartTransformation>, name: &str) -> Option<AppError> {
    let concerns = start.input().with(|input| input.as_ref().is_none_or(|input| input.name == name));
    let error =
        start.value().with(|value: &Option<Result<RunId, AppError>>| value.as_ref().and_then(|value| value.as_ref().err().cloned()));
    error.filter(|_| concerns)
}

#[component]
fn LatestRun(run: model::run::Run) -> impl IntoView {
    let duration = run.milliseconds().map(|milliseconds| format!(" · in {}", format::duration(milliseconds)));
    let rows = (run.state == RunState::Succeeded).then(|| format!(" · {}", format::counted(run.rows_published(), "row", "rows")));
    let link = address(&run).map(|address| {
        view! {
            " · "
            <a class="link" href=address>
                "The whole run"
            </a>
        }
    });
    let failure = run.failure.clone().map(|failure| view! { <Banner tone=Tone::Bad>{failure}</Banner> });
    view! {
        <Facts>
            <Fact name="Last run">
                <RunBadge state=run.state />
                " "
                <Age at=run.started_at />
                {format!(" by {}", run.actor)}
                {rows}
                {duration}
                {link}
            </Fact>
        </Facts>
        {failure}
    }
}

#[component]
fn Tables(sources: Vec<Relation>, targets: Vec<Relation>) -> impl IntoView {
    let rows = |relations: Vec<Relation>, role: &'static str| {
        relations
            .into_iter()
            .map(|relation| {
                view! {
                    <tr>
                        <td class="text-muted">{role}</td>
                        <td>
                            <code>{relation.name}</code>
                        </td>
                        <td class="num">{format::grouped(relation.rows)}</td>
                        <td class="whitespace-nowrap">
                            <AgeOrNever at=relation.published_at />
                        </td>
                    </tr>
                }
            })
            .collect_view()
    };
    let (sources, targets) = (rows(sources, "Reads"), rows(targets, "Publishes"));
    view! {
        <Table caption="Tables that the transformation reads and publishes" narrow=true>
            <thead>
                <tr>
                    <th scope="col">
                        <span class="sr-only">"Reads or publishes"</span>
                    </th>
                    <th scope="col">"Table"</th>
                    <th scope="col" class="num">
                        "Rows"
                    </th>
                    <th scope="col">"Published"</th>
                </tr>
            </thead>
            <tbody>{sources} {targets}</tbody>
        </Table>
    }
}
