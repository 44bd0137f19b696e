//! How far a run is.

use icondata_lu as lu;
use leptos::prelude::*;
use model::run::{Operation, Run, RunState, Stage, Timing};

use super::badge::Tone;
use super::banner::Banner;
use super::icon::Icon;
use super::live::{Followed, LiveRun};
use crate::format;

/// How far something was at a moment of this browser's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When, in milliseconds.
    pub at: i64,
    /// Bytes done.
    pub bytes: u64,
    /// Rows done.
    pub rows: u64,
}

/// How fast something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes a second.
    pub bytes: u64,
    /// Rows a second.
    pub rows: u64,
    /// Milliseconds to go, where that can be told.
    pub left: Option<u64>,
}

/// The pace between two moments, of something of so many bytes in all. Both are of the browser's clock: the server's may differ.
pub fn pace(from: Sample, to: Sample, total: u64) -> Option<Pace> {
    let milliseconds = u64::try_from(to.at - from.at).ok().filter(|milliseconds| *milliseconds >= 500)?;
    let rate = |from: u64, to: u64| to.saturating_sub(from).saturating_mul(1_000) / milliseconds;
    let bytes = rate(from.bytes, to.bytes);
    let left = (bytes > 0 && total > to.bytes).then(|| (total - to.bytes).saturating_mul(1_000) / bytes);
    Some(Pace { bytes, rows: rate(from.rows, to.rows), left })
}

/// How far something is, in words: `12.0 MB of 80.1 MB · 120,000 rows · 95,000 rows/s · 12 s left`.
pub fn measured(now: Sample, total: u64, pace: Option<Pace>) -> String {
    let mut words = Vec::new();
    if total > 0 {
        words.push(format!("{} of {}", format::bytes(now.bytes), format::bytes(total)));
    }
    if now.rows > 0 {
        words.push(format::counted(now.rows, "row", "rows"));
    }
    match pace {
        Some(Pace { rows, .. }) if rows > 0 => words.push(format!("{} rows/s", format::grouped(rows))),
        Some(Pace { bytes, .. }) if bytes > 0 => words.push(format!("{}/s", format::bytes(bytes))),
        _ => {}
    }
    if let Some(left) = pace.and_then(|pace| pace.left) {
        words.push(format!("{} left", format::left(left)));
    }
    words.join(" · ")
}

/// What a stage of a run of this kind is about.
pub fn stage_title(operation: Operation, stage: Stage) -> &'static str {
    match stage {
        Stage::Copying if operation == Operation::Transformation => "Writing rows",
        Stage::Recognizing => "Looking at what the files are",
        Stage::Copying => "Reading and checking rows",
        Stage::Computing => "Reading and computing",
        Stage::Checking => "Checking what was made",
        Stage::Indexing => "Building keys",
        Stage::Comparing => "Comparing with the rows that are live",
        Stage::Publishing => "Publishing",
    }
}

/// The time of each stage. Whatever makes several tables goes through some stages once for each.
pub fn stage_times(timings: &[Timing]) -> Vec<Timing> {
    let mut times: Vec<Timing> = Vec::new();
    for timing in timings {
        match times.iter_mut().find(|time| time.stage == timing.stage) {
            Some(time) => time.milliseconds += timing.milliseconds,
            None => times.push(*timing),
        }
    }
    times
}

/// What a run is doing.
pub fn activity(run: &Run) -> &'static str {
    match (run.state, run.stage) {
        (RunState::Queued, _) => "Waits for its turn",
        (_, Some(stage)) => stage_title(run.operation, stage),
        (_, None) => "Waiting to begin",
    }
}

/// The share of the files that a run has read. The stages after reading have no measure.
pub fn percent(run: &Run) -> Option<u64> {
    (run.stage == Some(Stage::Copying) && run.bytes > 0).then(|| (run.bytes_read.saturating_mul(100) / run.bytes).min(100))
}

/// A bar with a share from 0 to 100; without one it says only that something happens.
pub fn bar(label: String, percent: Option<u64>) -> AnyView {
    view! { <progress class="bar" max="100" aria-label=label value=percent.map(|percent| percent.to_string())></progress> }.into_any()
}

/// What goes on, how far it is, and a bar.
pub fn progress(activity: String, measured: String, percent: Option<u64>) -> AnyView {
    view! {
        <div class="progress">
            <div class="progress-words">
                <span aria-live="polite">{activity.clone()}</span>
                <span class="num text-muted">{measured}</span>
            </div>
            {bar(activity, percent)}
        </div>
    }
    .into_any()
}

/// How far a run is that is followed: words and a bar.
pub fn progress_of(run: &Run, since: Option<Sample>, at: i64) -> AnyView {
    let now = Sample { at, bytes: run.bytes_read, rows: run.rows_read };
    let reading = run.stage == Some(Stage::Copying);
    let pace = since.filter(|_| reading).and_then(|since| pace(since, now, run.bytes));
    let words = if run.state == RunState::Queued { String::new() } else { measured(now, if reading { run.bytes } else { 0 }, pace) };
    progress(activity(run).to_owned(), words, percent(run))
}

/// What a working run does and how far it is; nothing once it has ended or waits for somebody.
pub fn run_progress(live: LiveRun) -> AnyView {
    (move || {
        live.known.with(|Followed { detail, since, at, lost }| {
            let lost = lost.as_ref().map(ToString::to_string).map(|error| {
                view! { <Banner tone=Tone::Warning>{error} " The run itself goes on; this page keeps asking."</Banner> }
            });
            let moving = detail.run.state.is_moving().then(|| {
                view! {
                    {progress_of(&detail.run, *since, *at)}
                    {stages(&detail.run, &detail.timings)}
                    <ReloadWithoutScripts />
                }
            });
            view! {
                {moving}
                {lost}
            }
            .into_any()
        })
    })
    .into_any()
}

/// The stages that a run has behind it, each with its time, and the one that it is in.
fn stages(run: &Run, timings: &[Timing]) -> Option<AnyView> {
    (matches!(run.operation, Operation::Import | Operation::Transformation) && run.state == RunState::Running).then(|| {
        let times = stage_times(timings);
        let done = times.iter().filter(|time| Some(time.stage) != run.stage).map(|time| {
            view! {
                <li>
                    <Icon icon=lu::LuCheck class="text-good" />
                    {format!("{} · {}", stage_title(run.operation, time.stage), format::duration(time.milliseconds))}
                </li>
            }
            .into_any()
        });
        let current = run.stage.map(|stage| {
            view! {
                <li>
                    <Icon icon=lu::LuLoaderCircle class="spin" />
                    {stage_title(run.operation, stage)}
                </li>
            }
            .into_any()
        });
        let stages = done.chain(current).collect::<Vec<_>>();
        view! {
            <ol class="stages" aria-label="Stages">
                {stages}
            </ol>
        }
        .into_any()
    })
}

/// Makes the browser load the page anew every two seconds where scripts do not run.
#[component]
pub fn ReloadWithoutScripts() -> impl IntoView {
    // As inner HTML: where scripts do run, the browser takes the content for text, and there would be no element to hydrate.
    view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="2">"#></noscript> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_comes_again_is_told_of_once() {
        let timing = |stage, milliseconds| Timing { stage, milliseconds };
        let timings = [timing(Stage::Indexing, 3), timing(Stage::Comparing, 1), timing(Stage::Indexing, 4), timing(Stage::Publishing, 9)];
        let told = [timing(Stage::Indexing, 7), timing(Stage::Comparing, 1), timing(Stage::Publishing, 9)];
        assert_eq!(stage_times(&timings), told);
    }

    const fn sample(at: i64, bytes: u64, rows: u64) -> Sample {
        Sample { at, bytes, rows }
    }

    #[test]
    fn pace_is_what_was_done_over_the_time_it_took() {
        let found = pace(sample(1_000, 0, 0), sample(3_000, 4_000_000, 90_000), 10_000_000);
        assert_eq!(found, Some(Pace { bytes: 2_000_000, rows: 45_000, left: Some(3_000) }));
    }

    #[test]
    fn no_pace_is_told_of_a_moment_or_of_a_clock_that_was_set_back() {
        assert_eq!(pace(sample(1_000, 0, 0), sample(1_100, 5, 5), 10), None);
        assert_eq!(pace(sample(9_000, 0, 0), sample(1_000, 5, 5), 10), None);
        let stuck = pace(sample(0, 5, 5), sample(2_000, 5, 5), 10);
        assert_eq!(stuck, Some(Pace { bytes: 0, rows: 0, left: None }), "what does not move has no time left");
    }

    #[test]
    fn measures_are_said_as_far_as_they_are_known() {
        let now = sample(0, 12_000_000, 120_000);
        let pace = Some(Pace { bytes: 1_000_000, rows: 95_000, left: Some(12_400) });
        assert_eq!(measured(now, 80_000_000, pace), "12.0 MB of 80.0 MB · 120,000 rows · 95,000 rows/s · 13 s left");
        assert_eq!(measured(now, 0, None), "120,000 rows");
        let sending = Some(Pace { bytes: 1_000_000, rows: 0, left: None });
        assert_eq!(measured(sample(0, 5, 0), 10, sending), "5 bytes of 10 bytes · 1.0 MB/s");
    }
}
