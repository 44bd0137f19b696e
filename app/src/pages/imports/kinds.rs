//! What can be imported, and what has been.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::health::Relation;
use model::integration::{CONTRACTS, Category, Column, KindContract, Replacement};

use crate::api::list_tables;
use crate::components::icon::Icon;
use crate::components::loaded::loaded;
use crate::components::page::Section;
use crate::components::run_actions::may_import;
use crate::components::table::{CODE_CLASS, Look, cell, heads, row, table};
use crate::components::time::Age;
use crate::format;

/// Every kind of file, by what it is about: its table's rows with their age and, on demand, its columns.
pub fn kinds() -> AnyView {
    let tables = Resource::new(|| (), |()| list_tables());
    // What can be imported is known without it.
    let list = loaded(tables, |_| list(&[]), |relations: Vec<Relation>| list(&relations));
    view! {
        <Section id="kinds" title="What can be imported">
            {list}
        </Section>
    }
    .into_any()
}

fn list(relations: &[Relation]) -> AnyView {
    [Category::Geography, Category::Transit, Category::Zones]
        .map(|category| {
            let of_it = CONTRACTS.iter().filter(|contract| contract.category == category);
            let kinds = of_it.map(|contract| kind(contract, relations)).collect::<Vec<_>>();
            view! {
                <h3 class="kinds-category">{category.title()}</h3>
                <div class="kinds">{kinds}</div>
            }
            .into_any()
        })
        .into_iter()
        .collect::<Vec<_>>()
        .into_any()
}

fn kind(contract: &'static KindContract, relations: &[Relation]) -> AnyView {
    let live = match relations.iter().find(|relation| relation.name == contract.relation) {
        Some(Relation { rows, published_at: Some(at), release, .. }) => {
            let release = release.as_ref().map(|release| format!("release {release} · ")).unwrap_or_default();
            let rows = format!("{} · {release}imported ", format::counted(*rows, "row", "rows"));
            view! { {rows} <Age at=*at /> }.into_any()
        }
        Some(_) => "Nothing imported yet".into_any(),
        None => ().into_any(),
    };
    let allowed = may_import(Some(contract.name));
    let not_yours = (!allowed).then(|| view! { <span class="text-muted kind-live">"You may not import these"</span> });
    let needed = (!allowed).then(|| {
        let permission = Permission::to_import(contract.kind);
        view! {
            <p>"You need the permission " <code>{permission.name()}</code> " to import these files. An administrator can give it to you."</p>
        }
    });
    let key = contract.key();
    let rows = contract.columns.iter().map(|column| column_row(column, key)).collect();
    let replaces = match contract.replacement {
        Replacement::Table => "A file takes the place of the whole table.",
        Replacement::Origins => "A file takes the place of the rows of its origins; the others stay.",
    };
    let sentences = format!(
        "Files are called {}. {replaces} Release: {}. Other columns of the publisher are left out: {}.",
        contract.file_names,
        contract.release.words(),
        if contract.unused.is_empty() { "none".to_owned() } else { contract.unused.join(", ") },
    );
    let names = heads(&[("Column", ""), ("Meaning", ""), ("Rule", ""), ("In files", ""), ("In the file", ""), ("In a row", "")]);
    view! {
        <details class="kind">
            <summary class="kind-summary">
                <Icon icon=lu::LuChevronRight class="kind-arrow" />
                <span class="font-semibold whitespace-nowrap">{contract.title}</span>
                <code class="whitespace-nowrap">{contract.name}</code>
                <span class="text-muted kind-source">{contract.source}</span>
                {not_yours}
                <span class="kind-live">{live}</span>
            </summary>
            <div class="kind-body">
                {needed}
                <p class="section-purpose">
                    {sentences} " It fills " <a class="link" href=format!("/tables/{}", contract.table())>
                        <code>{contract.relation}</code>
                    </a> "."
                </p>
                {table(format!("Columns of {}", contract.title), Look::Wide, names, rows)}
            </div>
        </details>
    }
    .into_any()
}

fn column_row(column: &'static Column, key: &[Column]) -> AnyView {
    let rule = match column.unit {
        "" => column.kind.rule(),
        unit => format!("{}, {unit}", column.kind.rule()),
    };
    let is_key = key.iter().any(|other| other.name == column.name);
    row(vec![
        cell(CODE_CLASS, column.name),
        cell("", column.meaning),
        cell("", rule),
        cell("", view! { <code>{column.names().collect::<Vec<_>>().join(", ")}</code> }),
        cell("", if column.required { "Required" } else { "Optional" }),
        cell(
            "",
            if is_key {
                "Key, never empty"
            } else if column.nullable {
                "May be empty"
            } else {
                "Never empty"
            },
        ),
    ])
}
