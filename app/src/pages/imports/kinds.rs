//! What can be imported.

use icondata_lu as lu;
use leptos::prelude::*;
use model::integration::{CONTRACTS, Column, KindContract};

use crate::components::icon::Icon;
use crate::components::page::Section;
use crate::components::table::Table;

/// Every kind of file with its publisher, its table and, on demand, its columns.
#[component]
pub fn Kinds() -> impl IntoView {
    let kinds = CONTRACTS.iter().map(|contract| view! { <Kind contract /> }).collect_view();
    view! {
        <Section id="kinds" title="What can be imported">
            <div class="kinds">{kinds}</div>
        </Section>
    }
}

#[component]
fn Kind(contract: &'static KindContract) -> impl IntoView {
    let required = contract.columns.iter().filter(|column| column.required).count();
    let columns = contract.columns.iter().map(|column| view! { <ColumnRow column /> }).collect_view();
    view! {
        <details class="kind">
            <summary class="kind-summary">
                <Icon icon=lu::LuChevronRight class="kind-arrow" />
                <span class="font-semibold whitespace-nowrap">{contract.title}</span>
                <code class="whitespace-nowrap">{contract.name}</code>
                <span class="text-muted kind-source">
                    {format!("{} · fills ", contract.source)} <code>{contract.relation}</code>
                    {format!(" · {} columns, {required} of them required", contract.columns.len())}
                </span>
            </summary>
            <Table caption=format!("Columns of {}", contract.title)>
                <thead>
                    <tr>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Meaning"</th>
                        <th scope="col">"Also named"</th>
                        <th scope="col">"In the file"</th>
                        <th scope="col">"In a row"</th>
                    </tr>
                </thead>
                <tbody>{columns}</tbody>
            </Table>
        </details>
    }
}

#[component]
fn ColumnRow(column: &'static Column) -> impl IntoView {
    view! {
        <tr>
            <td>
                <code>{column.name}</code>
            </td>
            <td>{column.meaning}</td>
            <td>
                <code>{column.synonyms.join(", ")}</code>
            </td>
            <td>{if column.required { "Required" } else { "Optional" }}</td>
            <td>{if column.nullable { "May be empty" } else { "Never empty" }}</td>
        </tr>
    }
}
