//! The databases from the outside: migrations, room and connections, for whoever looks after them.

mod connections;
mod migrations;
mod room;

use leptos::prelude::*;
use model::structure::{Structure, Structures, Verdict};

use crate::api::get_databases;
use crate::components::badge::{Badge, Tone};
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{Fact, Facts, PageHead, Section};
use crate::format;

/// The databases page.
#[component]
pub fn Databases() -> impl IntoView {
    let databases = Resource::new(|| (), |()| get_databases());
    loaded(databases, failed_page, content)
}

fn content(state: Structures) -> AnyView {
    let Structures { split, primary, data } = state;
    view! {
        <PageHead
            title="Databases"
            purpose="Where the migrations of each database stand, how much room it takes, and who is connected to it."
        />
        {(!split)
            .then(|| {
                view! {
                    <Banner tone=Tone::Info>
                        "Single-database mode: PRIMARY and DATA share one database, so its connections are told twice."
                    </Banner>
                }
            })}
        <Section id="primary" title="PRIMARY">
            {database("PRIMARY", "primary", primary)}
        </Section>
        <Section id="data" title="DATA">
            {database("DATA", "data", data)}
        </Section>
    }
    .into_any()
}

/// One database: the facts, then the tables behind them.
fn database(title: &'static str, name: &'static str, structure: Option<Structure>) -> AnyView {
    let Some(structure) = structure else {
        return view! {
            <Banner tone=Tone::Bad>{format!("{title} does not answer.")}</Banner>
            <Empty title="Nothing is known of it now">"It shows again when it answers. The other database is not concerned."</Empty>
        }
        .into_any();
    };
    let Structure { verdict, migrations, missing_schemas, room, connected } = structure;
    let applied = migrations.iter().filter(|one| one.applied_at.is_some()).count() as u64;
    let applied =
        format!("{} of {} applied", format::grouped(applied), format::counted(migrations.len() as u64, "migration", "migrations"));
    let connections = connections::sentence(&connected);
    let size = match &room {
        Some(room) => format!(
            "{} in {} of its own; the whole database has {}",
            format::bytes(room.own),
            format::counted(room.tables, "table", "tables"),
            format::bytes(room.total)
        ),
        None => "Not known now: somebody has locked a table".to_owned(),
    };
    let gone = (!missing_schemas.is_empty()).then(|| {
        let schemas = missing_schemas.join(", ");
        view! { <Banner tone=Tone::Bad>{format!("Schemas that its migrations made are gone: {schemas}. `handled db repair {name}` says what can be done.")}</Banner> }
    });
    view! {
        {advice(verdict, name)}
        {gone}
        <Facts>
            <Fact name="Migrations">
                {verdict_badge(verdict)} " · " {applied}
            </Fact>
            <Fact name="Room">{size}</Fact>
            <Fact name="Connections">{connections}</Fact>
        </Facts>
        {migrations::list(title, migrations)}
        {room.map(|room| room::list(title, room))}
        {connections::list(title, connected)}
    }
    .into_any()
}

fn verdict_badge(verdict: Verdict) -> AnyView {
    match verdict {
        Verdict::Clean => view! { <Badge tone=Tone::Good text="Up to date" /> },
        Verdict::Pending => view! { <Badge tone=Tone::Warning text="Pending" /> },
        Verdict::Strange => view! { <Badge tone=Tone::Bad text="Does not agree" /> },
    }
    .into_any()
}

/// What to do where migrations are not as they should be.
fn advice(verdict: Verdict, name: &str) -> Option<AnyView> {
    let (tone, words) = match verdict {
        Verdict::Clean => return None,
        Verdict::Pending => {
            (Tone::Warning, format!("This program has migrations that the database lacks. `handled db migrate {name}` applies them."))
        }
        Verdict::Strange => (
            Tone::Bad,
            format!("The database and this program do not agree. `handled db repair {name}` says in what, and what can be done."),
        ),
    };
    Some(view! { <Banner tone=tone>{words}</Banner> }.into_any())
}
