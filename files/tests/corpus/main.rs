//! Bad and odd files through all that is done with a file, and what people are told of each: the verdicts are one snapshot, to be
//! read as those read it who chose the file. After a change: look at the difference, and `INSTA_UPDATE=always cargo test -p files`.

mod coverage;
mod oddities;
mod verdict;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::OnceLock;

use demo::corpus::{Case, bad_and_odd};
use files::Reason;
use model::FileKind;
use verdict::{Outcome, Verdict, verdict};

/// A file with what became of it.
struct Judged {
    name: &'static str,
    what: &'static str,
    verdict: Verdict,
}

/// Every file of the corpus, judged once for all tests.
fn judged() -> &'static [Judged] {
    static JUDGED: OnceLock<Vec<Judged>> = OnceLock::new();
    JUDGED.get_or_init(|| {
        let judge = |case: &Case| Judged { name: case.name, what: case.what, verdict: verdict(case.name, &case.bytes, None) };
        cases().iter().map(judge).collect()
    })
}

fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(bad_and_odd)
}

/// Files that somebody takes for another kind than they are.
const WANTED: [(&str, FileKind); 7] = [
    ("uszips-authentic.csv", FileKind::GazZcta),
    ("100.xlsx", FileKind::UsZips),
    ("28624.csv", FileKind::Usps3d),
    ("orders.csv", FileKind::UsZips),
    ("orders.csv", FileKind::UpsGround),
    ("budget.xlsx", FileKind::UpsZones),
    ("uszips-without-lat.csv", FileKind::UsZips),
];

fn wanted() -> Vec<(&'static str, FileKind, Verdict)> {
    let judge = |(name, kind): (&'static str, FileKind)| {
        let case = cases().iter().find(|case| case.name == name).expect("a file of the corpus");
        (name, kind, verdict(name, &case.bytes, Some(kind)))
    };
    WANTED.into_iter().map(judge).collect()
}

/// The heading of a group.
fn heading(outcome: Outcome) -> String {
    match outcome {
        Outcome::Whole => "Taken whole".to_owned(),
        Outcome::LostZeros => "Taken when lost zeros are put back".to_owned(),
        Outcome::WithoutSome => "Taken without the rejected rows".to_owned(),
        Outcome::TooManyRejected => "Not taken for the rejected rows".to_owned(),
        Outcome::Damaged => "Not taken, as it is damaged".to_owned(),
        Outcome::Refused(reason) => format!("Refused: {reason:?}"),
        Outcome::Unpacked => "Unpacked".to_owned(),
    }
}

#[test]
fn verdicts() {
    let mut groups: BTreeMap<Outcome, Vec<&Judged>> = BTreeMap::new();
    for judged in judged() {
        groups.entry(judged.verdict.outcome).or_default().push(judged);
    }
    let mut out = String::new();
    for (outcome, judged) in groups {
        writeln!(out, "# {} ({})\n", heading(outcome), judged.len()).expect("a string");
        for Judged { name, what, verdict } in judged {
            writeln!(out, "{name} -- {what}").expect("a string");
            push(&mut out, verdict);
        }
    }
    writeln!(out, "# Wanted as a kind\n").expect("a string");
    for (name, kind, verdict) in wanted() {
        writeln!(out, "{name} as {kind}").expect("a string");
        push(&mut out, &verdict);
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("verdicts", out));
}

fn push(out: &mut String, verdict: &Verdict) {
    for line in &verdict.lines {
        writeln!(out, "    {line}").expect("a string");
    }
    out.push('\n');
}

/// Sentences are for people: whole, on one line, and not as long as the file.
#[test]
fn refusals_are_sentences() {
    for Judged { name, verdict, .. } in judged() {
        for line in verdict.lines.iter().flat_map(|line| line.lines()) {
            assert!(line.len() < 1_200, "{name}: {line}");
        }
        if let Outcome::Refused(_) | Outcome::Damaged = verdict.outcome {
            let sentence = verdict.lines.iter().find_map(|line| line.strip_prefix("damaged: ").or(Some(line))).expect("a sentence");
            assert!(!sentence.chars().any(char::is_control), "{name}: {sentence:?}");
        }
    }
}

/// Every reason why a file is refused, among all of them and those that were wanted as a kind.
fn reasons() -> Vec<Reason> {
    let wanted = wanted();
    let verdicts = judged().iter().map(|judged| &judged.verdict).chain(wanted.iter().map(|(_, _, verdict)| verdict));
    let all = verdicts.flat_map(|verdict| std::iter::once(verdict).chain(&verdict.members));
    all.filter_map(|verdict| if let Outcome::Refused(reason) = verdict.outcome { Some(reason) } else { None }).collect()
}
