//! The tables of the workspace and those that are derived from them: what each holds, how many rows, since when.

use leptos::prelude::*;
use model::health::Relation;
use model::table::TableContract;

use crate::api::list_tables;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{PageHead, Section};
use crate::components::relations::relation_table;

/// The page of all tables.
#[component]
pub fn Tables() -> impl IntoView {
    let tables = Resource::new(|| (), |()| list_tables());
    loaded(tables, failed_page, |relations: Vec<Relation>| {
        let of = |imported: bool| {
            let contracts = TableContract::all().filter(|contract| contract.kind.is_some() == imported);
            let found = |contract: TableContract| relations.iter().find(|relation| relation.name == contract.relation).cloned();
            contracts.filter_map(|contract| Some((contract.title, found(contract)?))).collect::<Vec<_>>()
        };
        let (imported, derived) = (of(true), of(false));
        view! {
            <PageHead title="Tables" purpose="What has been imported and what is derived from it, row by row with the run that brought it." />
            {relation_table("Tables of the workspace", "Holds", imported)}
            <Section id="reference" title="Reference tables">
                {relation_table("Reference tables", "Holds", derived)}
            </Section>
        }
        .into_any()
    })
}
