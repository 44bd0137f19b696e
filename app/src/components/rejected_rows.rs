//! The rows that a run rejected, each with its line, its reason and the value as the file has it.

use leptos::prelude::*;
use model::run::{REJECTS_KEPT, Reject};

use super::page::Section;
use super::table::Table;
use crate::format;

/// The rows that a run kept of those that it rejected; `rejected` is how many there were.
#[component]
pub fn RejectedRows(rejects: Vec<Reject>, rejected: u64) -> impl IntoView {
    let shown = u64::try_from(rejects.len()).unwrap_or(rejected);
    let sentence = if shown < rejected {
        format!(
            "The first {} of {}; a run keeps no more than {REJECTS_KEPT}.",
            format::grouped(shown),
            format::counted(rejected, "row", "rows")
        )
    } else {
        format!("{}, in the order of the file.", format::counted(rejected, "row", "rows"))
    };
    let rows = rejects
        .into_iter()
        .map(|reject| {
            view! {
                <tr>
                    <td class="num">{format::grouped(reject.line)}</td>
                    <td>{reject.column.map(|column| view! { <code>{column}</code> })}</td>
                    <td class="cell-reason">{reject.reason}</td>
                    <td class="cell-value">
                        <code>{reject.value}</code>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section id="rejects" title="Rejected rows">
            <p class="section-purpose">{sentence}</p>
            <Table caption="Rejected rows">
                <thead>
                    <tr>
                        <th scope="col" class="num">
                            "Line"
                        </th>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"Value in the file"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Section>
    }
}
