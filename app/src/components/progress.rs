//! How far a run is.

use leptos::prelude::*;
use model::run::{Run, Stage};

use super::badge::Tone;
use super::banner::Banner;
use super::live::LiveRun;
use crate::format;

/// What a run is doing.
fn activity(run: &Run) -> &'static str {
    match run.stage {
        None => "Waiting to begin",
        Some(Stage::Recognizing) => "Looking at what the file is",
        Some(Stage::Copying) => "Reading and checking rows",
        Some(Stage::Computing) => "Computing",
        Some(Stage::Indexing) => "Building keys",
        Some(Stage::Publishing) => "Publishing",
    }
}

/// A bar with a share from 0 to 100; without one it says only that something happens.
#[component]
pub fn Bar(
    /// What goes on.
    #[prop(into)]
    label: Signal<String>,
    /// Percent done, where that is known.
    #[prop(into)]
    percent: Signal<Option<u64>>,
) -> impl IntoView {
    view! { <progress class="bar" max="100" aria-label=label value=move || percent.get().map(|percent| percent.to_string())></progress> }
}

/// The share of the file that a run has read. The stages after reading have no measure.
fn percent(run: &Run) -> Option<u64> {
    let size = run.file.as_ref()?.bytes;
    (run.stage == Some(Stage::Copying) && size > 0).then(|| (run.bytes_read.saturating_mul(100) / size).min(100))
}

/// What a working run does and how far it is; nothing once it has ended.
#[component]
pub fn RunProgress(
    /// The run.
    live: LiveRun,
) -> impl IntoView {
    let run = Memo::new(move |_| live.detail.with(|detail| detail.run.clone()));
    let working = Memo::new(move |_| !run.with(|run| run.state.is_final()));
    let activity = Memo::new(move |_| run.with(|run| activity(run).to_owned()));
    let measured = move || {
        run.with(|run| match percent(run) {
            Some(percent) => format!("{percent} % · {}", format::counted(run.rows_read, "row", "rows")),
            None if run.rows_read > 0 => format::counted(run.rows_read, "row", "rows"),
            None => String::new(),
        })
    };
    view! {
        <Show when=move || working.get()>
            <div class="progress">
                <div class="progress-words">
                    <span aria-live="polite">{activity}</span>
                    <span class="num text-muted">{measured}</span>
                </div>
                <Bar label=activity percent=Signal::derive(move || run.with(percent)) />
                <ReloadWithoutScripts />
            </div>
        </Show>
        {move || {
            live.lost
                .get()
                .map(|error| {
                    view! { <Banner tone=Tone::Warning>{error.to_string()} " The run itself goes on; this page keeps asking."</Banner> }
                })
        }}
    }
}

/// Makes the browser load the page anew every two seconds where scripts do not run.
#[component]
pub fn ReloadWithoutScripts() -> impl IntoView {
    // As inner HTML: where scripts do run, the browser takes the content for text, and there would be no element to hydrate.
    view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="2">"#></noscript> }
}
