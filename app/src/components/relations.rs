//! Published relations: how many rows, since when, and whether they are made from older ones.

use leptos::prelude::*;
use model::health::Relation;
use model::integration::KindContract;
use model::table::TableContract;
use model::{Permission, RunId};

use super::badge::{Badge, Tone};
use super::table::{Look, WIDE_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use super::time::{Age, AgeOrNever};
use crate::format;
use crate::layout::may;

/// A table of relations, each with its part in what the page is about. Names lead to the rows, and runs to their pages, for those who
/// may see them.
pub fn relation_table(caption: impl Into<String>, part: &'static str, relations: Vec<(&'static str, Relation)>) -> AnyView {
    let rows = relations.into_iter().map(|(part, relation)| relation_row(part, relation)).collect();
    // The same in every table of relations: a page may have several, one below the other.
    let names = heads(&[
        (part, "cell-part"),
        ("Table", ""),
        ("Rows", "num cell-rows hidden md:table-cell"),
        ("Published", "cell-moment hidden md:table-cell"),
        ("Release", "cell-moment hidden md:table-cell"),
        ("Run", "cell-run hidden md:table-cell"),
    ]);
    table(caption, Look::Narrow, names, rows)
}

fn relation_row(part: &'static str, relation: Relation) -> AnyView {
    let Relation { name, rows, published_at, release, run_id, made_by, stale_by } = relation;
    let mark = (!stale_by.is_empty()).then(|| stale_mark(made_by.as_deref()));
    let run = || {
        run_id.as_ref().map(|run| {
            let short = format::short(run.as_str()).to_owned();
            if may(to_see_runs(&name)) {
                view! {
                    <a class="link cell-code" href=run_address(&name, run)>
                        {short}
                    </a>
                }
                .into_any()
            } else {
                view! { <span class="cell-code">{short}</span> }.into_any()
            }
        })
    };
    // Where there is no room for the columns of their own.
    let narrow = published_at.map(|at| {
        view! {
            <div class="text-muted text-label md:hidden">
                {format::counted(rows, "row", "rows")} " · " <Age at /> " · " {run()}
            </div>
        }
    });
    row(vec![
        cell("text-muted", part),
        cell("", view! { {relation_name(name.clone())} {mark} {narrow} }),
        cell(WIDE_NUM_CLASS, format::grouped(rows)),
        cell("whitespace-nowrap hidden md:table-cell", view! { <AgeOrNever at=published_at /> }),
        cell("whitespace-nowrap hidden md:table-cell", release.map(|release| release.to_string())),
        cell(WIDE_CLASS, run()),
    ])
}

/// The page of a run that has changed this relation: an import or an undoing of what is imported, a transformation of what is derived.
pub fn run_address(relation: &str, run: &RunId) -> String {
    let page = if KindContract::of_relation(relation).is_some() { "/imports" } else { "/transformations" };
    format!("{page}/runs/{run}")
}

/// What it takes to see the runs that change this relation.
pub fn to_see_runs(relation: &str) -> Permission {
    if KindContract::of_relation(relation).is_some() { Permission::ImportsRead } else { Permission::TransformationsRead }
}

/// A relation's name; a link where its rows can be looked at, for those who may.
pub fn relation_name(name: String) -> AnyView {
    match TableContract::of(&name).filter(|_| may(Permission::ImportsRead)) {
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
        <div class="stale-mark">
            <Badge tone=Tone::Warning text=words />
        </div>
    }
    .into_any()
}
