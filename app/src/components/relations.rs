//! Published relations: how many rows, since when, and whether they are made from older ones.

use leptos::prelude::*;
use model::health::Relation;
use model::integration::KindContract;
use model::table::TableContract;

use super::badge::{Badge, Tone};
use super::table::{CODE_CLASS, Look, NUM_CLASS, cell, heads, row, table};
use super::time::AgeOrNever;
use crate::format;

/// A table of relations, each with its part in what the page is about. Where the rows of a relation can be looked at, its name leads there.
pub fn relation_table(caption: impl Into<String>, part: &'static str, relations: Vec<(&'static str, Relation)>) -> AnyView {
    let rows = relations
        .into_iter()
        .map(|(part, relation)| {
            let Relation { name, rows, published_at, release, run_id, made_by, stale_by } = relation;
            let page = if KindContract::of_relation(&name).is_some() { "/imports" } else { "/transformations" };
            let run = run_id.map(|run| (format!("{page}/runs/{run}"), run));
            let mark = (!stale_by.is_empty()).then(|| stale_mark(made_by.as_deref()));
            row(vec![
                cell("text-muted", part),
                cell("", view! { {relation_name(name)} {mark} }),
                cell(NUM_CLASS, format::grouped(rows)),
                cell("whitespace-nowrap", view! { <AgeOrNever at=published_at /> }),
                cell("whitespace-nowrap", release.map(|release| release.to_string())),
                cell(
                    CODE_CLASS,
                    run.map(|(address, run)| view! { <a class="link" href=address>{format::short(run.as_str()).to_owned()}</a> }),
                ),
            ])
        })
        .collect();
    let names = heads(&[(part, ""), ("Table", ""), ("Rows", NUM_CLASS), ("Published", ""), ("Release", ""), ("Run", "")]);
    table(caption, Look::Narrow, names, rows)
}

/// A relation's name; a link where its rows can be looked at.
pub fn relation_name(name: String) -> AnyView {
    match TableContract::of(&name) {
        Some(contract) => view! {
            <a class="link" href=format!("/tables/{}", contract.table())>
                <code>{name}</code>
            </a>
        }
        .into_any(),
        None => view! { <code>{name}</code> }.into_any(),
    }
}

/// Says that a derived relation was made from rows that have changed since, and what brings it up to date.
pub fn stale_mark(made_by: Option<&str>) -> AnyView {
    let words = match made_by {
        Some(transformation) => format!("Made from older rows: run {transformation} again"),
        None => "Made from older rows".to_owned(),
    };
    view! {
        <div>
            <Badge tone=Tone::Warning text=words />
        </div>
    }
    .into_any()
}
