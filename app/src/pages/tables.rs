//! The tables of the workspace: what each holds, how many rows, since when.

use leptos::prelude::*;
use model::health::Relation;
use model::integration::CONTRACTS;

use crate::api::list_tables;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::PageHead;
use crate::components::relations::relation_table;

/// The page of all tables.
#[component]
pub fn Tables() -> impl IntoView {
    let tables = Resource::new(|| (), |()| list_tables());
    loaded(tables, failed_page, |relations: Vec<Relation>| {
        let relations = CONTRACTS
            .iter()
            .filter_map(|contract| Some((contract.title, relations.iter().find(|relation| relation.name == contract.relation)?.clone())))
            .collect();
        view! {
            <PageHead title="Tables" purpose="What has been imported, row by row with the run that brought it." />
            {relation_table("Tables of the workspace", "Holds", relations)}
        }
        .into_any()
    })
}
