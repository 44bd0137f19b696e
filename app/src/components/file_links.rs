//! A list as a file: a link for each format.

use icondata_lu as lu;
use leptos::prelude::*;

use super::icon::Icon;

/// The list that is shown, all pages of it, in each format; `address` makes the address of one of its ending.
pub fn file_links(address: impl Fn(&'static str) -> String) -> AnyView {
    let links = [("csv", "Export this view as CSV"), ("xlsx", "as XLSX"), ("jsonl", "as JSON lines"), ("parquet", "as Parquet")]
        .map(|(ending, label)| {
            view! {
                <a class="btn" href=address(ending) download="" rel="external">
                    <Icon icon=lu::LuDownload />
                    {label}
                </a>
            }
            .into_any()
        })
        .into_iter()
        .collect::<Vec<_>>();
    view! {
        <div class="exports" role="group" aria-label="Export this view">
            {links}
        </div>
    }
    .into_any()
}
