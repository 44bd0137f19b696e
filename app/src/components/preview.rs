//! What an import would change or has changed: counts, samples, columns that differ, and what somebody must agree to.

use leptos::prelude::*;
use model::integration::{Drift, FileKind, KindContract, Replacement};
use model::preview::{Change, ChangeKind, ChangedCell, Preview, Question, Replaced};
use model::run::Run;

use super::page::Section;
use super::table::{CODE_CLASS, Look, cell, heads, row, table};
use super::time::Age;
use crate::format;

/// Whether a preview is of what would happen or of what has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// It waits for somebody to say so.
    Would,
    /// It is published.
    Did,
    /// It was not published, or is no longer.
    WouldHave,
}

/// The preview of a run: what becomes of its table, with samples and questions. `questions` are asked by the page's form.
pub fn preview_section(run: &Run, preview: &Preview, tense: Tense, questions: Option<AnyView>) -> AnyView {
    let contract = run.subject.as_ref().and_then(|kind| kind.parse::<FileKind>().ok()).map(FileKind::contract);
    let title = if tense == Tense::Did { "What changed" } else { "What would change" };
    let replaced = preview.replaces.as_ref().map_or_else(
        || (if tense == Tense::Would { "; nothing is there yet." } else { "; nothing was there before." }).into_any(),
        |replaced| replaced_words(replaced, tense),
    );
    let samples = (!preview.samples.is_empty()).then(|| {
        let key = contract.map_or_else(Vec::new, |contract| contract.key().iter().map(|column| column.name).collect());
        samples("Some of the rows that change".to_owned(), &key.join(" → "), &preview.samples)
    });
    // The notes of a run say the same, and its page shows them.
    let drift = if run.notes.is_empty() { drift_sentences(&preview.drift) } else { Vec::new() };
    let drift = drift.into_iter().map(|sentence| view! { <li>{sentence}</li> }.into_any()).collect::<Vec<_>>();
    let drift = (!drift.is_empty()).then(|| view! { <ul class="sentences">{drift}</ul> });
    let sentence = sentence(contract, preview, tense);
    let agreed = if run.published.is_empty() { &[] } else { preview.questions.as_slice() };
    let agreed = agreed.iter().map(|question| view! { <li>{format!("Agreed to: {}.", question_words(question).1)}</li> }.into_any());
    let agreed = agreed.collect::<Vec<_>>();
    let agreed = (!agreed.is_empty()).then(|| view! { <ul class="sentences">{agreed}</ul> });
    view! {
        <Section id="preview" title>
            <p class="section-purpose">{sentence} {replaced}</p>
            {questions}
            {agreed}
            {drift}
            {samples}
        </Section>
    }
    .into_any()
}

/// What becomes of the table, without what it replaces.
fn sentence(contract: Option<&KindContract>, preview: &Preview, tense: Tense) -> String {
    let verb = match tense {
        Tense::Would => "Would make",
        Tense::Did => "Made",
        Tense::WouldHave => "Would have made",
    };
    let what = match contract {
        Some(contract) if contract.replacement == Replacement::Origins => format!("the files' origins in {}", contract.relation),
        Some(contract) => contract.relation.to_owned(),
        None => "the table".to_owned(),
    };
    let Preview { rows, added, removed, changed, unchanged, .. } = preview;
    format!("{verb} {what} {}: {}", format::counted(*rows, "row", "rows"), counts(*added, *removed, *changed, *unchanged))
}

/// The counts, each with its word: `12 added, 3 removed, 40 changed, 33,731 unchanged`.
pub fn counts(added: u64, removed: u64, changed: u64, unchanged: u64) -> String {
    [(added, "added"), (removed, "removed"), (changed, "changed"), (unchanged, "unchanged")]
        .map(|(count, word)| format!("{} {word}", format::grouped(count)))
        .join(", ")
}

/// The counts in a few words: `33,783 rows: 12 added, 3 removed, 40 changed`.
pub fn short_counts(preview: &Preview) -> String {
    let Preview { rows, added, removed, changed, .. } = preview;
    let [added, removed, changed] = [added, removed, changed].map(|count| format::grouped(*count));
    format!("{}: {added} added, {removed} removed, {changed} changed", format::counted(*rows, "row", "rows"))
}

fn replaced_words(replaced: &Replaced, tense: Tense) -> AnyView {
    let verb = match tense {
        Tense::Would => "; replaces ",
        Tense::Did => "; replaced ",
        Tense::WouldHave => "; would have replaced ",
    };
    let release = replaced.release.as_ref().map(|release| format!("release {release}, ")).unwrap_or_default();
    view! {
        {verb}
        <a class="link" href=format!("/imports/runs/{}", replaced.run_id)>
            "the version"
        </a>
        " of "
        <Age at=replaced.published_at />
        {format!(" ({release}{}).", format::counted(replaced.rows, "row", "rows"))}
    }
    .into_any()
}

/// A question in words, with the name of its field.
pub fn question_words(question: &Question) -> (&'static str, String) {
    match question {
        Question::LeadingZeros { count, first } => {
            ("leading_zeros", format!("Put back the leading zeros of {} (the first: {first})", format::counted(*count, "code", "codes")))
        }
        Question::OlderRelease { file, live } => ("older_release", format!("Put release {file} in the place of {live}, which is newer")),
    }
}

/// The questions as boxes to tick.
pub fn questions(questions: &[Question]) -> Vec<AnyView> {
    questions
        .iter()
        .map(|question| {
            let (name, words) = question_words(question);
            view! {
                <label class="check">
                    <input type="checkbox" name=name value="true" />
                    <span>{words}</span>
                </label>
            }
            .into_any()
        })
        .collect()
}

/// How the files' columns differ from the publisher's, a sentence each.
fn drift_sentences(drift: &Drift) -> Vec<String> {
    let mut sentences = Vec::new();
    if !drift.new.is_empty() {
        sentences.push(format!("New columns, which are ignored: {}.", drift.new.join(", ")));
    }
    if !drift.missing.is_empty() {
        sentences.push(format!("Missing columns, which stay empty: {}.", drift.missing.join(", ")));
    }
    if !drift.renamed.is_empty() {
        let renamed: Vec<String> = drift.renamed.iter().map(|(file, publisher)| format!("{file} is read as {publisher}")).collect();
        sentences.push(format!("Renamed columns: {}.", renamed.join(", ")));
    }
    sentences
}

/// Rows that change, each by its key, with their values before and after.
pub fn samples(caption: String, key: &str, samples: &[Change]) -> AnyView {
    let rows = samples
        .iter()
        .map(|change| {
            let (sign, class) = match change.kind {
                ChangeKind::Added => ("+ added", "whitespace-nowrap text-good"),
                ChangeKind::Removed => ("− removed", "whitespace-nowrap text-bad"),
                ChangeKind::Changed => ("~ changed", "whitespace-nowrap text-warning"),
            };
            let cells = change.cells.iter().map(|cell| cell_words(change.kind, cell)).collect::<Vec<_>>().join(" · ");
            row(vec![cell(CODE_CLASS, change.key.join(" → ")), cell(class, sign), cell("cell-value", cells)])
        })
        .collect();
    let mut names = heads(&[("Change", ""), ("Values", "")]);
    names.insert(0, super::table::head(key.to_owned(), ""));
    table(caption, Look::Wide, names, rows)
}

/// A value as it changes: `population: 100 → 120`.
fn cell_words(kind: ChangeKind, cell: &ChangedCell) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "empty".to_owned());
    match kind {
        ChangeKind::Added => format!("{}: {}", cell.column, value(&cell.after)),
        ChangeKind::Removed => format!("{}: {}", cell.column, value(&cell.before)),
        ChangeKind::Changed => format!("{}: {} → {}", cell.column, value(&cell.before), value(&cell.after)),
    }
}

#[cfg(test)]
mod tests {
    use model::integration::Release;

    use super::*;

    #[test]
    fn a_preview_is_a_sentence() {
        let preview = Preview { rows: 33_783, added: 12, removed: 3, changed: 40, unchanged: 33_731, ..Preview::default() };
        let said = |kind: FileKind, tense| sentence(Some(kind.contract()), &preview, tense);
        assert_eq!(
            said(FileKind::UsZips, Tense::Would),
            "Would make workspace.us_zips 33,783 rows: 12 added, 3 removed, 40 changed, 33,731 unchanged"
        );
        assert!(said(FileKind::UpsZones, Tense::Did).starts_with("Made the files' origins in workspace.ups_zones 33,783 rows"));
        assert_eq!(short_counts(&preview), "33,783 rows: 12 added, 3 removed, 40 changed");
    }

    #[test]
    fn questions_say_what_would_be_done() {
        let zeros = Question::LeadingZeros { count: 2_582, first: "line 2, zip 601 as 00601".to_owned() };
        let words = "Put back the leading zeros of 2,582 codes (the first: line 2, zip 601 as 00601)";
        assert_eq!(question_words(&zeros), ("leading_zeros", words.to_owned()));
        let older = Question::OlderRelease { file: Release::new("2017"), live: Release::new("2024") };
        assert_eq!(question_words(&older).1, "Put release 2017 in the place of 2024, which is newer");
    }

    #[test]
    fn drift_is_said_as_far_as_there_is_any() {
        assert!(drift_sentences(&Drift::default()).is_empty());
        let drift =
            Drift { new: vec!["zcta5".to_owned()], missing: Vec::new(), renamed: vec![("state".to_owned(), "state_id".to_owned())] };
        assert_eq!(drift_sentences(&drift), ["New columns, which are ignored: zcta5.", "Renamed columns: state is read as state_id."]);
    }

    #[test]
    fn an_empty_value_is_said_to_be_empty() {
        let changed = ChangedCell { column: "population".to_owned(), before: None, after: Some("120".to_owned()) };
        assert_eq!(cell_words(ChangeKind::Changed, &changed), "population: empty → 120");
        assert_eq!(cell_words(ChangeKind::Added, &changed), "population: 120");
    }
}
