//! What belongs to a run: runs that correct, repeat or undo it, and what was derived from it.

use leptos::prelude::*;
use model::RunId;
use model::run::{LinkKind, RunDetail};

use super::page::Section;
use super::relations::{relation_name, stale_mark};
use super::time::Age;
use crate::format;

/// Related runs and derived tables; nothing where there are none.
pub fn run_links(detail: &RunDetail) -> Option<AnyView> {
    let links = detail.links.iter().map(|link| entry(link_words(link.kind).into_any(), "/imports/runs/", &link.run_id, None));
    let derived = detail.derived.iter().map(|derived| {
        let words = view! { {relation_name(derived.relation.clone())} " was derived from it by" };
        let rest = view! {
            " "
            <Age at=derived.published_at />
            {derived.stale.then(|| stale_mark(derived.made_by.as_deref()))}
        };
        entry(words.into_any(), "/transformations/runs/", &derived.run_id, Some(rest.into_any()))
    });
    let entries = links.chain(derived).collect::<Vec<_>>();
    (!entries.is_empty()).then(|| {
        view! {
            <Section id="related" title="What belongs to it">
                <ul class="sentences">{entries}</ul>
            </Section>
        }
        .into_any()
    })
}

fn entry(words: AnyView, address: &str, run: &RunId, rest: Option<AnyView>) -> AnyView {
    view! {
        <li>
            {words} " " <a class="link" href=format!("{address}{run}")>
                {format!("run {}", format::short(run.as_str()))}
            </a> {rest}
        </li>
    }
    .into_any()
}

/// How another run belongs to this one, up to its name.
fn link_words(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Corrects => "It corrects rows that were rejected by",
        LinkKind::CorrectedBy => "Rows that it rejected were corrected by",
        LinkKind::Undoes => "It brings back what was there before",
        LinkKind::UndoneBy => "It was undone by",
        LinkKind::Repeats => "It starts again",
        LinkKind::RepeatedBy => "It was started again as",
        LinkKind::SameBytes => "The same bytes are live already, from",
    }
}
