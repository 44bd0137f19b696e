//! A state in a word, an icon and a colour.

use icondata_core::IconData;
use icondata_lu as lu;
use leptos::prelude::*;
use model::run::RunState;

use super::icon::Icon;

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Works, and wants attention.
    Warning,
    /// Does not work.
    Bad,
    /// Worth knowing, at work.
    Info,
}

impl Tone {
    /// The icon that says the same as the colour.
    pub fn icon(self) -> &'static IconData {
        match self {
            Self::Good => lu::LuCircleCheck,
            Self::Warning => lu::LuTriangleAlert,
            Self::Bad => lu::LuCircleX,
            Self::Info => lu::LuInfo,
        }
    }
}

/// A state.
#[component]
pub fn Badge(
    /// What the colour means.
    tone: Tone,
    /// Another icon than the tone's.
    #[prop(optional)]
    icon: Option<&'static IconData>,
    /// The state in a word or two.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let class = match tone {
        Tone::Good => "badge badge-good",
        Tone::Warning => "badge badge-warning",
        Tone::Bad => "badge badge-bad",
        Tone::Info => "badge badge-info",
    };
    view! {
        <span class=class>
            <Icon icon=icon.unwrap_or_else(|| tone.icon()) />
            {text}
        </span>
    }
}

/// The state of a run.
#[component]
pub fn RunBadge(
    /// Where the run stands.
    state: RunState,
) -> impl IntoView {
    let (tone, icon) = match state {
        RunState::Queued => (Tone::Info, lu::LuClock),
        RunState::Running => (Tone::Info, lu::LuLoaderCircle),
        RunState::Waiting => (Tone::Warning, lu::LuHand),
        RunState::Succeeded => (Tone::Good, Tone::Good.icon()),
        RunState::Failed => (Tone::Bad, Tone::Bad.icon()),
        RunState::Cancelled => (Tone::Warning, lu::LuBan),
        RunState::Undone => (Tone::Warning, lu::LuUndo2),
    };
    view! { <Badge tone icon text=state_title(state) /> }
}

/// A state in words.
pub fn state_title(state: RunState) -> &'static str {
    match state {
        RunState::Queued => "Queued",
        RunState::Running => "Running",
        RunState::Waiting => "Waits for you",
        RunState::Succeeded => "Succeeded",
        RunState::Failed => "Failed",
        RunState::Cancelled => "Cancelled",
        RunState::Undone => "Undone",
    }
}
