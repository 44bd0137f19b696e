//! The lineage as a picture: every table, transformation and export in a box with how it stands, and lines from what each is made from.
//!
//! The server draws it as a whole: the browser need not know how. The boxes are HTML inside the picture, so that they are links like any
//! others, cut long names off and carry times.

use leptos::prelude::*;
use leptos::tachys::view::RenderHtml;
use model::table::TableContract;
use model::transformation::{Freshness, Lineage, Node, NodeKind};

use super::layout::{BOX_HEIGHT, BOX_WIDTH, Drawing, PlacedBox, draw};
use super::standing::Standing;
use super::{ZONE_DAYS_PAGE, section_id};
use crate::components::table::{Look, NUM_CLASS, cell, heads, row, table};
use crate::format;

/// The picture, in a window of its own where the screen is narrower, and the same as a table, as HTML.
pub fn picture(lineage: &Lineage) -> String {
    let Drawing { width, height, boxes, lines } = draw(lineage);
    let lines = lines
        .iter()
        .zip(&lineage.edges)
        .map(|(line, edge)| view! { <path class=line_class(lineage, *edge) d=line.clone()></path> }.into_any())
        .collect::<Vec<_>>();
    let boxes = boxes
        .iter()
        .filter_map(|placed| {
            let node = node_at(lineage, placed.node)?;
            Some(placed_box(placed, node))
        })
        .collect::<Vec<_>>();
    let rows = lineage.nodes.iter().enumerate().map(|(at, node)| node_row(lineage, at, node)).collect();
    let names = heads(&[("Name", ""), ("What it is", ""), ("State", ""), ("Rows", NUM_CLASS), ("Last", ""), ("Made from", "")]);
    view! {
        <div class="lineage" role="group" tabindex="0" aria-label="How files become answers, as a picture">
            <svg class="lineage-picture" viewBox=format!("0 0 {width} {height}") width=rem(width) height=rem(height)>
                <g aria-hidden="true">{lines}</g>
                {boxes}
            </svg>
        </div>
        <details class="more">
            <summary class="link">"The same as a table"</summary>
            {table("Tables, transformations and exports", Look::Wide, names, rows)}
        </details>
    }
    .into_any()
    .to_html()
}

/// A length in the reader's own size of text.
fn rem(length: i32) -> String {
    format!("{}.{:02}rem", length / 16, length % 16 * 100 / 16)
}

fn node_at(lineage: &Lineage, place: u32) -> Option<&Node> {
    lineage.nodes.get(usize::try_from(place).ok()?)
}

/// A line is drawn otherwise where what runs along it has changed and has not arrived.
fn line_class(lineage: &Lineage, (from, to): (u32, u32)) -> &'static str {
    let stale = node_at(lineage, from).zip(node_at(lineage, to)).is_some_and(|(from, to)| {
        let is_cause = to.stale_by.iter().any(|cause| cause.relation == from.name);
        to.freshness == Freshness::Stale && (is_cause || from.freshness == Freshness::Stale)
    });
    if stale { "lineage-line lineage-line-stale" } else { "lineage-line" }
}

fn placed_box(placed: &PlacedBox, node: &Node) -> AnyView {
    view! {
        <foreignObject x=placed.left.to_string() y=placed.top.to_string() width=BOX_WIDTH.to_string() height=BOX_HEIGHT.to_string()>
            {content(node)}
        </foreignObject>
    }
    .into_any()
}

fn content(node: &Node) -> AnyView {
    let (schema, name) = node.name.split_once('.').filter(|_| node.kind != NodeKind::Export).unwrap_or(("", &node.name));
    // Where a table stands says what it is; its rows need the room.
    let about = match (kind_title(node.kind), node.rows) {
        (_, Some(rows)) if node.run_id.is_some() => format::counted(rows, "row", "rows"),
        (title, _) if schema.is_empty() => title.to_owned(),
        (title, _) => format!("{title} · {schema}"),
    };
    let state = Standing::of(node);
    // A place on this very page is left to the browser, which takes the focus there.
    let rel = (node.kind == NodeKind::Transformation).then_some("external");
    view! {
        <a class=state.class href=address(node) rel=rel>
            <span class="lineage-name" title=node.name.clone()>
                {name.to_owned()}
            </span>
            <span class="lineage-about">{about}</span>
            <span>{state.badge()}</span>
            <span class="lineage-about">{last(node)}</span>
        </a>
    }
    .into_any()
}

/// When it was published, last run or last taken.
fn last(node: &Node) -> Option<AnyView> {
    let at = match node.kind {
        NodeKind::Transformation => node.run.as_ref().map(|run| run.finished_at.unwrap_or(run.started_at)),
        _ => node.at,
    };
    let is_export = node.kind == NodeKind::Export;
    match at {
        Some(at) => {
            let time = view! {
                <time datetime=format::iso(at) data-at=at.timestamp_millis().to_string()>
                    {format::absolute(at)}
                </time>
            };
            Some(view! { {is_export.then_some("Taken ")} {time} }.into_any())
        }
        // What waits says so already.
        None => (is_export && node.freshness != Freshness::Waiting).then(|| "Never taken".into_any()),
    }
}

fn kind_title(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Imported => "Imported",
        NodeKind::Setting => "Set by people",
        NodeKind::Transformation => "Transformation",
        NodeKind::Derived => "Derived",
        NodeKind::Export => "Export",
    }
}

/// Where there is more of it: a table's rows, what is set, a transformation's section, the exports.
fn address(node: &Node) -> String {
    match node.kind {
        NodeKind::Imported | NodeKind::Derived => {
            TableContract::of(&node.name).map_or_else(|| "/tables".to_owned(), |contract| format!("/tables/{}", contract.table()))
        }
        NodeKind::Setting => ZONE_DAYS_PAGE.to_owned(),
        NodeKind::Transformation => format!("#{}", section_id(&node.name)),
        NodeKind::Export => "/exports".to_owned(),
    }
}

/// The same in a table's row, with what it is made from in words.
fn node_row(lineage: &Lineage, at: usize, node: &Node) -> AnyView {
    let made_from = lineage.edges.iter().filter(|(_, to)| usize::try_from(*to).is_ok_and(|to| to == at));
    let made_from: Vec<&str> = made_from.filter_map(|(from, _)| Some(node_at(lineage, *from)?.name.as_str())).collect();
    let rel = (node.kind == NodeKind::Transformation).then_some("external");
    let rows = node.rows.filter(|_| node.run_id.is_some()).map(format::grouped);
    row(vec![
        cell("", view! { <a class="link" href=address(node) rel=rel>{node.name.clone()}</a> }),
        cell("text-muted", kind_title(node.kind)),
        cell("whitespace-nowrap", Standing::of(node).badge()),
        cell(NUM_CLASS, rows),
        cell("whitespace-nowrap", last(node)),
        cell("text-muted", made_from.join(", ")),
    ])
}
