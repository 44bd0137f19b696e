//! Transformations: what is derived from the workspace, and running it.

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Permission;
use model::health::Relation;
use model::run::{Run, RunState};
use model::transformation::TransformationState;

use crate::api::list_transformations;
use crate::components::badge::{RunBadge, Tone};
use crate::components::banner::Banner;
use crate::components::command::{Reply, command_form};
use crate::components::icon::Icon;
use crate::components::live::{address, follow, only_run};
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{Fact, Facts, PageHead, refused_in_address};
use crate::components::progress::run_progress;
use crate::components::relations::relation_table;
use crate::components::time::Age;
use crate::format;
use crate::layout::{may, use_work};

/// The transformations page.
#[component]
pub fn Transformations() -> impl IntoView {
    let changes = RwSignal::new(0_u32);
    let list = Resource::new(move || changes.get(), |_| list_transformations());
    let work = use_work();
    let reply = Reply::new(move || {
        changes.update(|changes| *changes += 1);
        work.look();
    });
    let query = use_query_map();
    loaded(list, failed_page, move |list| {
        let transformations = list.into_iter().map(|state| transformation(state, reply, changes)).collect::<Vec<_>>();
        view! {
            <PageHead
                title="Transformations"
                purpose="Reference tables derived from the imported ones. A run replaces its tables as a whole, or changes nothing."
            />
            {refused_in_address(query)}
            {reply.banner()}
            {transformations}
        }
        .into_any()
    })
}

fn transformation(state: TransformationState, reply: Reply, changes: RwSignal<u32>) -> AnyView {
    let TransformationState { name, purpose, sources, targets, latest } = state;
    let live = latest.clone().map(|run| follow(only_run(run), Some(changes)));
    let missing: Vec<String> = sources.iter().filter(|source| source.published_at.is_none()).map(|source| source.name.clone()).collect();
    let heading = format!("transformation-{name}");
    let labelled_by = heading.clone();
    let start = may(Permission::TransformationsRun).then(|| {
        let content = view! {
            <input type="hidden" name="name" value=name.clone() />
            <button type="submit" class="btn btn-primary">
                <Icon icon=lu::LuPlay />
                {format!("Run {name}")}
            </button>
        };
        command_form(reply, "/api/transformations/start", None, false, content.into_any())
    });
    view! {
        <section class="section" aria-labelledby=labelled_by>
            <div class="section-head">
                <div class="min-w-0">
                    <h2 class="section-title" id=heading>
                        {name}
                    </h2>
                    <p class="section-purpose">{purpose}</p>
                </div>
                {start}
            </div>
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
            {live.map(run_progress)}
            {latest.map(latest_run)}
            {tables(sources, targets)}
        </section>
    }
    .into_any()
}

fn latest_run(run: Run) -> AnyView {
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
    .into_any()
}

/// What it reads and what it publishes.
fn tables(sources: Vec<Relation>, targets: Vec<Relation>) -> AnyView {
    let sources = sources.into_iter().map(|relation| ("Reads", relation));
    let relations = sources.chain(targets.into_iter().map(|relation| ("Publishes", relation))).collect();
    relation_table("Tables that the transformation reads and publishes", "Use", relations)
}
