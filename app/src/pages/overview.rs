//! The overview: whether everything works, and what there is.

use icondata_lu as lu;
use leptos::prelude::*;
use model::health::{Connection, Overview as State, Relation};

use crate::api::get_overview;
use crate::components::badge::{Badge, Tone};
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::loading::Loading;
use crate::components::page::{PageHead, Section};
use crate::components::run_table::RunTable;
use crate::components::table::Table;
use crate::components::time::AgeOrNever;
use crate::format;

/// The overview page.
#[component]
pub fn Overview() -> impl IntoView {
    let overview = Resource::new(|| (), |()| get_overview());
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok(state) => view! { <Content state /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Content(state: State) -> impl IntoView {
    let State { health, split, relations, runs } = state;
    let data = health.databases.data;
    view! {
        <PageHead title="Overview" purpose="Whether both databases answer, what they hold and what was done last." />
        {(data == Connection::Disconnected)
            .then(|| {
                view! {
                    <Banner tone=Tone::Bad>
                        "The database DATA does not answer: imports, transformations and exports do not work until it does. Accounts and history do."
                    </Banner>
                }
            })}
        {(!split)
            .then(|| {
                view! { <Banner tone=Tone::Info>"Single-database mode: PRIMARY and DATA share one database."</Banner> }
            })}
        <Section id="databases" title="Databases">
            <ul class="databases">
                <Database name="PRIMARY" holds="Users, roles, sessions, runs and the audit" connection=health.databases.primary />
                <Database name="DATA" holds="Imported and derived tables; rebuilt from the files" connection=data />
            </ul>
        </Section>
        <Section id="tables" title="Tables">
            {match relations {
                Some(relations) => view! { <Relations relations /> }.into_any(),
                None => view! { <Empty title="Nothing is known of the tables">"DATA does not answer. They show again when it does."</Empty> }.into_any(),
            }}
        </Section>
        <Section id="runs" title="Last runs">
            {if runs.is_empty() {
                view! {
                    <Empty title="Nothing has run yet">
                        "Imports and transformations appear here. Begin with " <a class="link" href="/imports">
                            "an import"
                        </a> "."
                    </Empty>
                }
                    .into_any()
            } else {
                view! { <RunTable caption="Last runs" runs /> }.into_any()
            }}
        </Section>
    }
}

#[component]
fn Database(name: &'static str, holds: &'static str, connection: Connection) -> impl IntoView {
    view! {
        <li class="database">
            <span class="font-semibold">{name}</span>
            {match connection {
                Connection::Connected => view! { <Badge tone=Tone::Good icon=lu::LuDatabase text="Connected" /> },
                Connection::Disconnected => view! { <Badge tone=Tone::Bad text="Does not answer" /> },
            }}
            <span class="text-muted">{holds}</span>
        </li>
    }
}

#[component]
fn Relations(relations: Vec<Relation>) -> impl IntoView {
    let rows = relations
        .into_iter()
        .map(|relation| {
            view! {
                <tr>
                    <td>
                        <code>{relation.name}</code>
                    </td>
                    <td class="num">{format::grouped(relation.rows)}</td>
                    <td class="whitespace-nowrap">
                        <AgeOrNever at=relation.published_at />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption="Tables of workspace and reference" narrow=true>
            <thead>
                <tr>
                    <th scope="col">"Table"</th>
                    <th scope="col" class="num">
                        "Rows"
                    </th>
                    <th scope="col">"Published"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
