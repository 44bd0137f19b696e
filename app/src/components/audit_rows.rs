//! Rows of the audit in a table. Each opens, without scripts as well, to what was changed and how it was asked for.

use icondata_lu as lu;
use leptos::prelude::*;
use model::audit::{AuditQuery, AuditRecord, Difference};

use super::icon::Icon;
use super::table::{Look, cell, heads, row, table};
use super::time::{Age, Exact};
use crate::format;
use crate::pages::audit::address;

/// The rows with what they are about.
pub fn audit_table(caption: &'static str, records: Vec<AuditRecord>) -> AnyView {
    let names = heads(&[WHEN, WHO, WHAT, ("About", ABOUT_CLASS), FROM]);
    lines("audit", table(caption, Look::Wide, names, records.into_iter().map(|record| audit_row(record, true)).collect()))
}

/// The rows of one thing, which need not say what they are about.
pub fn timeline_table(caption: &'static str, records: Vec<AuditRecord>) -> AnyView {
    let names = heads(&[WHEN, WHO, WHAT, FROM]);
    lines("audit audit-timeline", table(caption, Look::Wide, names, records.into_iter().map(|record| audit_row(record, false)).collect()))
}

const WHEN: (&str, &str) = ("When", "audit-when");
const WHO: (&str, &str) = ("Who", "audit-who");
const WHAT: (&str, &str) = ("What", "audit-what");
const FROM: (&str, &str) = ("From", "audit-from");
const ABOUT_CLASS: &str = "audit-about";
const FROM_CLASS: &str = "audit-from cell-code";

/// Each row is one line; what it opens to is as wide as the table.
fn lines(class: &'static str, table: AnyView) -> AnyView {
    view! { <div class=class>{table}</div> }.into_any()
}

fn audit_row(record: AuditRecord, with_thing: bool) -> AnyView {
    let details = details(&record);
    let AuditRecord { at, actor, on_behalf_of, action, resource, resource_id, address, .. } = record;
    let who = match &on_behalf_of {
        Some(other) => format!("{actor} as {other}"),
        None => actor.clone(),
    };
    let on_behalf_of = on_behalf_of.map(|other| view! { <span class="text-muted">" as " {other}</span> });
    let mut cells = vec![
        cell("audit-when", view! { <Age at /> }),
        cell(
            "audit-who",
            view! {
                <span title=who>
                    {actor}
                    {on_behalf_of}
                </span>
            },
        ),
        cell(
            "audit-what",
            view! {
                <details class="audit-row">
                    <summary>
                        <Icon icon=lu::LuChevronRight class="audit-arrow" />
                        <span class="link">{action}</span>
                    </summary>
                    <div class="audit-body">{details}</div>
                </details>
            },
        ),
    ];
    if with_thing {
        cells.push(cell(ABOUT_CLASS, thing(&resource, resource_id.as_deref())));
    }
    let address = address.unwrap_or_else(|| "–".to_owned());
    cells.push(cell(FROM_CLASS, view! { <span title=address.clone()>{address.clone()}</span> }));
    row(cells)
}

/// What a row is about, with a link to everything that happened to it.
fn thing(resource: &str, id: Option<&str>) -> AnyView {
    let resource = resource.to_owned();
    let Some(id) = id else { return resource.into_any() };
    let query = AuditQuery { resource: Some(resource.clone()), resource_id: Some(id.to_owned()), ..AuditQuery::default() };
    let label = format!("Everything about {resource} {id}");
    view! {
        {resource}
        " "
        <a class="link" href=address::write(&query) title=id.to_owned() aria-label=label>
            {id.to_owned()}
        </a>
    }
    .into_any()
}

/// Who did it, with a link to everything that they did.
fn person(record: &AuditRecord) -> AnyView {
    let person = record.user_id.as_ref().map_or_else(|| record.actor.clone(), ToString::to_string);
    let href = address::write(&AuditQuery { person: Some(person), ..AuditQuery::default() });
    let label = format!("Everything by {}", record.actor);
    view! {
        <a class="link" href=href aria-label=label>
            {record.actor.clone()}
        </a>
    }
    .into_any()
}

fn details(record: &AuditRecord) -> AnyView {
    let fact = |name: &'static str, value: AnyView| {
        view! {
            <div class="fact">
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
        .into_any()
    };
    let code = |text: &String| view! { <code>{text.clone()}</code> }.into_any();
    let seal = record.seal.map_or_else(|| "not sealed yet".to_owned(), |seal| format!("in seal {}", format::grouped(seal)));
    let facts: Vec<AnyView> = [
        Some(fact("Exactly", view! { <Exact at=record.at /> }.into_any())),
        Some(fact("Who", person(record))),
        record.on_behalf_of.as_ref().map(|other| fact("As", other.clone().into_any())),
        record.user_id.as_ref().map(|user| fact("User", code(&user.to_string()))),
        Some(fact("About", thing(&record.resource, record.resource_id.as_deref()))),
        record.address.as_ref().map(|address| fact("From", code(address))),
        record.request_id.as_ref().map(|request| fact("Request", code(request))),
        Some(fact("Row", format!("{}, {seal}", format::grouped(record.id)).into_any())),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        {differences(record)}
        <dl class="facts">{facts}</dl>
    }
    .into_any()
}

fn differences(record: &AuditRecord) -> Option<AnyView> {
    let differences = record.differences();
    (!differences.is_empty()).then(|| {
        let rows = differences.into_iter().map(|Difference { field, before, after }| {
            let class = if before == after { "cell-value text-muted" } else { "cell-value" };
            let value = |text: Option<String>| match text {
                Some(text) => cell(class, text),
                None => cell("text-muted", "–".to_owned()),
            };
            row(vec![cell("audit-field", field), value(before), value(after)])
        });
        table("What was changed", Look::Narrow, heads(&[("Field", ""), ("Before", ""), ("After", "")]), rows.collect())
    })
}
