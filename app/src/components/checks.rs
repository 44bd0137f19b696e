//! What was found of the conditions that must hold before anything is published.

use leptos::prelude::*;
use model::transformation::Check;

use super::badge::{Badge, Tone};
use super::page::Section;
use super::table::{Look, WIDE_CLASS, cell, heads, row, table};
use crate::format;

/// Every condition with what was found of it; nothing where none was looked at.
pub fn checks_section(checks: &[Check]) -> Option<AnyView> {
    (!checks.is_empty()).then(|| {
        let rows = checks
            .iter()
            .map(|check| {
                let badge = if check.passed {
                    view! { <Badge tone=Tone::Good text="Holds" /> }.into_any()
                } else {
                    view! { <Badge tone=Tone::Bad text="Does not hold" /> }.into_any()
                };
                row(vec![
                    cell("whitespace-nowrap", badge),
                    // Where there is no room for a column of its own, what was found stands below.
                    cell("", view! { {check.name.clone()} <div class="text-muted md:hidden">{check.finding.clone()}</div> }),
                    cell("cell-finding hidden md:table-cell", check.finding.clone()),
                ])
            })
            .collect();
        let names = heads(&[("Result", ""), ("What must hold", ""), ("What was found", WIDE_CLASS)]);
        let summary = summary(checks);
        view! {
            <Section id="checks" title="Checks">
                <p class="section-purpose">{summary} " Only what passes all of them is published."</p>
                {table("Checks", Look::Wide, names, rows)}
            </Section>
        }
        .into_any()
    })
}

/// The checks in a sentence: `All 7 hold.`, or how many do not and which is the first.
pub fn summary(checks: &[Check]) -> String {
    let count = |wanted: bool| u64::try_from(checks.iter().filter(|check| check.passed == wanted).count()).unwrap_or(0);
    let (held, broken) = (count(true), count(false));
    match checks.iter().find(|check| !check.passed) {
        None if held == 1 => "It holds.".to_owned(),
        None => format!("All {} hold.", format::grouped(held)),
        Some(first) => {
            let (all, verb) = (format::grouped(held + broken), if broken == 1 { "does" } else { "do" });
            format!("{} of {all} {verb} not hold: {}.", format::grouped(broken), first.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(passed: bool) -> Check {
        Check { name: "No pair twice".to_owned(), passed, finding: String::new() }
    }

    #[test]
    fn checks_are_summed_up_in_a_sentence() {
        assert_eq!(summary(&[check(true)]), "It holds.");
        assert_eq!(summary(&[check(true), check(true)]), "All 2 hold.");
        assert_eq!(summary(&[check(true), check(false)]), "1 of 2 does not hold: No pair twice.");
        assert_eq!(summary(&[check(false), check(false)]), "2 of 2 do not hold: No pair twice.");
    }
}
