//! Runs as text: in a line, and as what their previews say.

use model::preview::{Change, ChangeKind, Preview, Question};
use model::run::{LinkKind, RunDetail, RunState};

use super::output::{counted, grouped, lasted};

/// Rejected rows, files that were left out and changes of each sort that are shown; the run keeps more.
pub const SHOWN: usize = 5;

/// The command line's name for what a question asks.
fn consent(question: &Question) -> (String, &'static str) {
    match question {
        Question::LeadingZeros { count, first } => (
            format!(
                "{} lost {} leading zeros ({first})",
                counted(*count, "code has", "codes have"),
                if *count == 1 { "its" } else { "their" }
            ),
            "--repair-leading-zeros puts them back",
        ),
        Question::OlderRelease { file, live } => {
            (format!("it is the release {file}, and the newer {live} is live"), "--older-release puts it in the newer one's place")
        }
    }
}

/// The question with the flag that agrees.
pub fn question(question: &Question) -> String {
    let (fact, flag) = consent(question);
    format!("{fact}; {flag}.")
}

/// Why the run's files were not imported, in a sentence or two; none where they were.
pub fn reason(detail: &RunDetail) -> Option<String> {
    let run = &detail.run;
    let questions = || detail.preview.iter().flat_map(|preview| &preview.questions);
    match run.state {
        RunState::Succeeded => None,
        RunState::Waiting => {
            let asked: Vec<String> = questions().map(question).collect();
            Some(if asked.is_empty() { format!("it waits to be confirmed: handled runs confirm {}.", run.id) } else { asked.join(" ") })
        }
        RunState::Queued | RunState::Running => {
            Some(format!("it was interrupted; a server goes on with it, unless: handled runs cancel {}.", run.id))
        }
        RunState::Undone => Some("it has been undone.".to_owned()),
        RunState::Cancelled => Some(run.failure.clone().unwrap_or_else(|| "it was cancelled; nothing was changed.".to_owned())),
        RunState::Failed => {
            let mut text = run.failure.clone().unwrap_or_else(|| "it was stopped.".to_owned());
            for question in questions() {
                let (_, flag) = consent(question);
                text.push_str(&format!(" {flag}."));
            }
            if detail.links.iter().any(|link| link.kind == LinkKind::SameBytes) {
                text.push_str(" --same-bytes imports it all the same.");
            }
            Some(text)
        }
    }
}

/// What a run that succeeded did: one line, then what is odd.
pub fn succeeded(detail: &RunDetail) -> String {
    let run = &detail.run;
    let published: Vec<String> =
        run.published.iter().map(|published| format!("{} in {}", counted(published.rows, "row", "rows"), published.relation)).collect();
    let time = run.milliseconds().map(|milliseconds| format!(" ({})", lasted(milliseconds))).unwrap_or_default();
    let rejected = counted(run.rows_rejected, "row", "rows");
    let mut text = format!("{}: {}, {rejected} rejected{time}\n", run.title(), published.join(", "));
    text.push_str(&left_out(detail));
    text.push_str(&rejects(detail));
    for note in &run.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}

/// The files that were left out of a run.
fn left_out(detail: &RunDetail) -> String {
    let failures = detail.files.iter().filter_map(|file| file.failure.as_ref().map(|failure| (&file.file.name, failure)));
    // Of a run's only file the run itself says it.
    let failures = failures.filter(|_| detail.run.files > 1);
    some(failures.map(|(name, failure)| format!("{name} was left out: {failure}")).collect(), "files were left out")
}

/// The first rejected rows.
pub fn rejects(detail: &RunDetail) -> String {
    let lines = detail.rejects.iter().map(|reject| {
        let file = reject.file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default();
        let column = reject.column.as_ref().map(|column| format!(", {column}")).unwrap_or_default();
        format!("{file}line {}{column}: {}", reject.line, reject.reason)
    });
    let mut text: String = lines.take(SHOWN).map(|line| format!("  {line}\n")).collect();
    if detail.run.rows_rejected > SHOWN as u64 && !detail.rejects.is_empty() {
        text.push_str(&format!("  ... all of them: handled runs rejects {} -o rejects.csv\n", detail.run.id));
    }
    text
}

/// The first of some lines, indented, and how many there are.
fn some(lines: Vec<String>, what: &str) -> String {
    let more = lines.len() > SHOWN;
    let mut text: String = lines.iter().take(SHOWN).map(|line| format!("  {line}\n")).collect();
    if more {
        text.push_str(&format!("  ... {} {what} altogether\n", grouped(lines.len() as u64)));
    }
    text
}

/// What a run would change that is not published.
pub fn previewed(detail: &RunDetail) -> String {
    let kind = detail.run.subject.as_deref().unwrap_or("no kind");
    let mut text = format!("{} ({kind}), not imported, as it would be:\n", detail.run.title());
    if let Some(found) = &detail.preview {
        text.push_str(&preview(found));
    }
    if detail.run.rows_rejected > 0 {
        text.push_str(&format!("  {} rejected\n", counted(detail.run.rows_rejected, "row", "rows")));
        text.push_str(&rejects(detail));
    }
    text
}

/// What a run would change, or has changed: indented lines.
pub fn preview(preview: &Preview) -> String {
    let replaces = match &preview.replaces {
        None => "nothing is there yet".to_owned(),
        Some(replaced) => {
            let release = replaced.release.as_ref().map(|release| format!(" of the release {release}")).unwrap_or_default();
            let at = replaced.published_at.format("%Y-%m-%d %H:%M UTC");
            format!("in place of {}{release}, imported {at}", counted(replaced.rows, "row", "rows"))
        }
    };
    let mut text = format!("  {}, {replaces}\n", counted(preview.rows, "row", "rows"));
    text.push_str(&format!(
        "  {} added, {} removed, {} changed, {} unchanged\n",
        grouped(preview.added),
        grouped(preview.removed),
        grouped(preview.changed),
        grouped(preview.unchanged)
    ));
    for kind in [ChangeKind::Added, ChangeKind::Removed, ChangeKind::Changed] {
        for sample in preview.samples.iter().filter(|sample| sample.kind == kind).take(SHOWN) {
            text.push_str(&format!("    {}\n", change(sample)));
        }
    }
    let drift = &preview.drift;
    if !drift.new.is_empty() {
        text.push_str(&format!("  columns that are not known and are ignored: {}\n", drift.new.join(", ")));
    }
    if !drift.missing.is_empty() {
        text.push_str(&format!("  columns that are missing and are left empty: {}\n", drift.missing.join(", ")));
    }
    if !drift.renamed.is_empty() {
        let names: Vec<String> = drift.renamed.iter().map(|(file, publisher)| format!("{file} for {publisher}")).collect();
        text.push_str(&format!("  columns under other names: {}\n", names.join(", ")));
    }
    for asked in &preview.questions {
        text.push_str(&format!("  to be agreed to: {}\n", question(asked)));
    }
    text
}

/// `+ 00601: city Adjuntas`, `~ 00602: population 5 -> 6`.
fn change(change: &Change) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let (sign, cells): (_, Vec<String>) = match change.kind {
        ChangeKind::Added => ('+', change.cells.iter().map(|cell| format!("{} {}", cell.column, value(&cell.after))).collect()),
        ChangeKind::Removed => ('-', change.cells.iter().map(|cell| format!("{} {}", cell.column, value(&cell.before))).collect()),
        ChangeKind::Changed => {
            ('~', change.cells.iter().map(|cell| format!("{} {} -> {}", cell.column, value(&cell.before), value(&cell.after))).collect())
        }
    };
    let cells = if cells.is_empty() { String::new() } else { format!(": {}", cells.join(", ")) };
    format!("{sign} {}{cells}", change.key.join(" "))
}
