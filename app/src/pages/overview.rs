//! The overview: whether everything works, and what there is.

use icondata_lu as lu;
use leptos::prelude::*;
use model::health::{Connection, Overview as State, Relation};
use model::integration::KindContract;
use model::{Error, Permission};

use crate::api::get_overview;
use crate::components::badge::{Badge, Tone};
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::failure::{Failure, lead_to};
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{PageHead, Section};
use crate::components::relations::relation_table;
use crate::components::run_actions::may_import;
use crate::components::run_table::run_table;
use crate::error::AppError;
use crate::layout::{first_page, may};

/// The overview page. It is where people arrive: those who may not see it are led to the first page that they may open.
#[component]
pub fn Overview() -> impl IntoView {
    let permission = Permission::DatabasesRead;
    if !may(permission) {
        return match first_page() {
            Some(address) => lead_to(address.to_owned(), "Go to the first page that you may open"),
            None => view! { <Failure error=AppError::Refused(Error::Forbidden { permission }) /> }.into_any(),
        };
    }
    let overview = Resource::new(|| (), |()| get_overview());
    loaded(overview, failed_page, content)
}

fn content(state: State) -> AnyView {
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
                Some(relations) => relation_table("Tables of workspace and reference", "Holds", relations.into_iter().map(held).collect()),
                None => view! { <Empty title="Nothing is known of the tables">"DATA does not answer. They show again when it does."</Empty> }.into_any(),
            }}
        </Section>
        <Section id="runs" title="Last runs">
            {if runs.is_empty() {
                let begin = (may(Permission::ImportsRead) && may_import(None)).then(begin_with_an_import);
                view! {
                    <Empty title="Nothing has run yet">"What is imported, derived and exported appears here." {begin}</Empty>
                }
                    .into_any()
            } else {
                run_table("Last runs", runs, None)
            }}
        </Section>
    }
    .into_any()
}

fn begin_with_an_import() -> AnyView {
    view! {
        " Begin with "
        <a class="link" href="/imports">
            "an import"
        </a>
        "."
    }
    .into_any()
}

/// A relation with what it holds.
fn held(relation: Relation) -> (&'static str, Relation) {
    (KindContract::of_relation(&relation.name).map_or("Derived", |contract| contract.title), relation)
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
