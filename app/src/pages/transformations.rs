//! Transformations: how files become answers, and running what is stale.

mod section;
mod zone_days;

use std::rc::Rc;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Permission;
use model::transformation::{Freshness, TransformationState};

use crate::api::{DrawnTransformations, get_transformations};
use crate::components::badge::{Badge, Tone};
use crate::components::command::{PLAIN_CLASS, PRIMARY_CLASS, Reply, command_form};
use crate::components::icon::Icon;
use crate::components::lineage::{Picture, ZONE_DAYS_PAGE};
use crate::components::live::{LiveRun, follow, only_run, poll_while};
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{PageHead, refused_in_address};
use crate::format;
use crate::layout::{may, use_work};
use section::section;

pub use zone_days::ZoneDays;

/// When the page is loaded anew.
#[derive(Clone, Copy)]
struct Looking {
    /// Counted up to load it.
    changes: RwSignal<u32>,
    /// Whether that is on its way.
    waits: RwSignal<bool>,
    /// Whether something is queued or at work, so that looking again is worth while.
    moving: RwSignal<bool>,
}

impl Looking {
    fn again(self) {
        self.waits.set(true);
        self.changes.update(|changes| *changes += 1);
    }
}

/// The transformations page.
#[component]
pub fn Transformations() -> impl IntoView {
    let looking = Looking { changes: RwSignal::new(0), waits: RwSignal::new(false), moving: RwSignal::new(false) };
    let known = Resource::new(move || looking.changes.get(), |_| get_transformations());
    let work = use_work();
    work.on_change(move || looking.again());
    poll_while(
        looking.moving.into(),
        Rc::new(move || {
            // One that is slow is waited for.
            if !looking.waits.get_untracked() {
                looking.again();
            }
            Box::pin(async {})
        }),
    );
    let reply = Reply::new(move || {
        looking.again();
        work.look();
    });
    let query = use_query_map();
    let picture = Picture::new();
    loaded(known, failed_page, move |DrawnTransformations { picture: drawn, list }| {
        content(&list, picture.show(drawn), reply, looking, refused_in_address(query))
    })
}

fn content(list: &[TransformationState], picture: AnyView, reply: Reply, looking: Looking, refused: AnyView) -> AnyView {
    looking.waits.set(false);
    looking.moving.set(list.iter().filter_map(|state| state.latest.as_ref()).any(|run| run.state.is_moving()));
    let actions = actions(list, reply);
    let sections = list.iter().map(|state| section(state, followed(state), reply)).collect::<Vec<_>>();
    view! {
        <PageHead
            title="Transformations"
            purpose="How files become answers. What is derived is built apart, checked, compared with what it replaces, and then shown as a whole or not at all."
        >
            {actions}
        </PageHead>
        {refused}
        {reply.banner()}
        {picture}
        {sections}
    }
    .into_any()
}

/// Follows the latest run of a transformation: how far it is.
fn followed(state: &TransformationState) -> Option<LiveRun> {
    Some(follow(only_run(state.latest.clone()?), None))
}

/// Running what is stale, or everything.
fn actions(list: &[TransformationState], reply: Reply) -> AnyView {
    let stale = u64::try_from(list.iter().filter(|state| state.freshness.wants_run()).count()).unwrap_or(0);
    // What copies what people have set reads no table, and so waits for no file.
    let waits = list.iter().all(|state| state.freshness == Freshness::Waiting || state.sources.is_empty());
    let may_run = may(Permission::TransformationsRun);
    let first = match stale {
        0 if waits => view! { <Badge tone=Tone::Info icon=lu::LuHourglass text="Waits for files" /> }.into_any(),
        0 => view! { <Badge tone=Tone::Good text="Everything is up to date" /> }.into_any(),
        stale if may_run => run(reply, "stale", format!("Run {} stale", format::grouped(stale)), PRIMARY_CLASS),
        stale => view! { <Badge tone=Tone::Warning text=format!("{} stale", format::grouped(stale)) /> }.into_any(),
    };
    let all = (may_run && !waits).then(|| run(reply, "all", "Run all".to_owned(), PLAIN_CLASS));
    view! {
        <span class="page-state">{first}</span>
        {all}
        <a class="btn" href=ZONE_DAYS_PAGE>
            "Zone days"
        </a>
    }
    .into_any()
}

/// A button that has transformations run: one by its name, or `stale` or `all` of them.
fn run(reply: Reply, name: &str, label: String, class: &'static str) -> AnyView {
    let content = view! {
        <input type="hidden" name="name" value=name.to_owned() />
        <button type="submit" class=class>
            <Icon icon=lu::LuPlay />
            {label}
        </button>
    };
    command_form(reply, "/api/transformations/start", None, false, content.into_any())
}
