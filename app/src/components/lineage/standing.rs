//! How a node of the lineage stands, in a word, an icon and a colour.

use icondata_core::IconData;
use icondata_lu as lu;
use leptos::prelude::*;
use model::run::RunState;
use model::transformation::{Freshness, Node, NodeKind};

use crate::components::badge::{Badge, Tone};
use crate::components::icon::Icon;

/// How a node stands.
pub struct Standing {
    words: &'static str,
    tone: Tone,
    icon: &'static IconData,
    /// Whether there is nothing to be said of it yet.
    waits: bool,
    /// The classes of its box.
    pub class: &'static str,
}

impl Standing {
    /// How a node stands; a run that is at work, or has failed, says more than what it would bring up to date.
    pub fn of(node: &Node) -> Self {
        let state = node.run.as_ref().filter(|_| node.kind == NodeKind::Transformation).map(|run| run.state);
        let (words, tone, icon) = match (state, node.freshness) {
            (Some(RunState::Queued), _) => ("Queued", Tone::Info, lu::LuClock),
            (Some(RunState::Running), _) => ("Running", Tone::Info, lu::LuLoaderCircle),
            (Some(RunState::Failed), _) => ("Failed", Tone::Bad, Tone::Bad.icon()),
            (_, Freshness::Current) => ("Current", Tone::Good, Tone::Good.icon()),
            (_, Freshness::Stale) => ("Stale", Tone::Warning, Tone::Warning.icon()),
            (_, Freshness::New) => ("Never run", Tone::Info, lu::LuCircleDashed),
            (_, Freshness::Waiting) => (waiting(node.kind), Tone::Info, lu::LuHourglass),
        };
        let moves = state.is_some_and(RunState::is_moving);
        let class = match (tone, node.freshness) {
            (Tone::Bad, _) => "lineage-node lineage-bad",
            (Tone::Warning, _) => "lineage-node lineage-warning",
            (Tone::Good, _) => "lineage-node lineage-good",
            (Tone::Info, Freshness::Waiting) if !moves => "lineage-node lineage-waiting",
            (Tone::Info, _) => "lineage-node lineage-info",
        };
        let waits = tone == Tone::Info && node.freshness == Freshness::Waiting && !moves;
        Self { words, tone, icon, waits, class }
    }

    /// The state for people.
    pub fn badge(&self) -> AnyView {
        if self.waits {
            return view! {
                <span class="badge text-muted">
                    <Icon icon=self.icon />
                    {self.words}
                </span>
            }
            .into_any();
        }
        view! { <Badge tone=self.tone icon=self.icon text=self.words /> }.into_any()
    }
}

/// What a node waits for that has nothing yet.
fn waiting(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Imported | NodeKind::Transformation => "Waits for files",
        NodeKind::Derived | NodeKind::Setting => "Not made yet",
        NodeKind::Export => "Nothing to export",
    }
}
