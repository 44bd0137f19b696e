//! How what a transformation made differs from what it replaced, a table each.

use leptos::prelude::*;
use model::transformation::TargetChange;

use super::page::Section;
use super::preview::{counts, samples};
use super::relations::relation_name;
use crate::format;

/// Every table that was made, with its counts and some of the rows that changed; nothing where none was.
pub fn target_changes(changes: &[TargetChange], published: bool) -> Option<AnyView> {
    (!changes.is_empty()).then(|| {
        let title = if published { "What changed" } else { "What would have changed" };
        let tables = changes.iter().map(target).collect::<Vec<_>>();
        view! {
            <Section id="changes" title>
                {tables}
            </Section>
        }
        .into_any()
    })
}

fn target(change: &TargetChange) -> AnyView {
    let TargetChange { relation, rows, added, removed, changed, unchanged, key, samples: shown } = change;
    let words = format!(": {}: {}.", format::counted(*rows, "row", "rows"), counts(*added, *removed, *changed, *unchanged));
    let shown = (!shown.is_empty()).then(|| samples(format!("Some of the rows of {relation} that changed"), &key.join(" → "), shown));
    view! {
        <div class="target-change">
            <p class="section-purpose">{relation_name(relation.clone())} {words}</p>
            {shown}
        </div>
    }
    .into_any()
}
