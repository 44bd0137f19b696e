//! What is answered: the services of each carrier, the quickest first.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::transit::{Spot, Transit as Answer, TransitCarrier, TransitService};

use super::standing::{never_made, stale};
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::table::{Look, cell, heads, row, table};
use crate::components::time::Age;
use crate::components::transit_days::{days, legend};
use crate::components::transit_source::source;
use crate::format;
use crate::layout::may;

/// Every service of every carrier, or that there is none, with how old that is.
pub fn answered(answer: Answer) -> AnyView {
    if answer.matrix.made.is_none() && !answer.is_found() {
        return never_made(answer.matrix.freshness);
    }
    let not_found = answer.not_found();
    let Answer { from, to, miles, carriers, matrix, notes } = answer;
    let notes = (!notes.is_empty()).then(|| view! { <Banner tone=Tone::Info>{notes.join(" ")}</Banner> });
    let miles = miles.map(|miles| format!(" · {} as the crow flies", format::counted(miles.into(), "mile", "miles")));
    let made = matrix.made.clone().map(|made| {
        view! {
            <p class="text-muted">
                "Delivery matrix made " <Age at=made.at /> {made.by.map(|by| format!(" by {by}"))}
                {may(Permission::TransformationsRead)
                    .then(|| {
                        view! {
                            " · "
                            <a class="link" href=format!("/transformations/runs/{}", made.run_id)>
                                {format!("run {}", format::short(made.run_id.as_str()))}
                            </a>
                        }
                    })}
            </p>
        }
    });
    let body = match not_found {
        Some(title) => {
            let lacking = carriers.into_iter().filter_map(|carrier| carrier.lacking).collect::<Vec<_>>().join(" ");
            view! { <Empty title=title>{lacking}</Empty> }.into_any()
        }
        None => {
            let carriers = carriers.into_iter().map(carrier).collect::<Vec<_>>();
            view! { {legend()} {carriers} {made} }.into_any()
        }
    };
    view! {
        {stale(&matrix)}
        {notes}
        <p class="transit-way">{spot(&from)} <Icon icon=lu::LuArrowRight /> <span class="sr-only">"to"</span> {spot(&to)} {miles}</p>
        {body}
    }
    .into_any()
}

fn spot(spot: &Spot) -> AnyView {
    let name = spot.city.as_ref().map(|city| match &spot.state {
        Some(state) => format!(" {city}, {state}"),
        None => format!(" {city}"),
    });
    view! {
        <span>
            <code>{spot.code.to_string()}</code>
            {name}
        </span>
    }
    .into_any()
}

/// A carrier's services, the quickest first.
fn carrier(carrier: TransitCarrier) -> AnyView {
    let TransitCarrier { carrier, services, lacking } = carrier;
    let id = format!("carrier-{carrier}");
    let labelled_by = id.clone();
    let body = match lacking {
        Some(sentence) => view! { <p class="text-muted">{sentence}</p> }.into_any(),
        None => {
            let rows = services.iter().map(service_row).collect();
            let names = heads(&[
                ("Days", "cell-days"),
                ("Service", "cell-service"),
                ("Zone", "cell-zone hidden md:table-cell"),
                ("Score", "num cell-score hidden md:table-cell"),
                ("Source", ""),
            ]);
            table(format!("Services of {carrier}"), Look::Wide, names, rows)
        }
    };
    view! {
        <section class="section" aria-labelledby=labelled_by>
            <h2 class="section-title" id=id>
                {carrier}
            </h2>
            {body}
        </section>
    }
    .into_any()
}

fn service_row(service: &TransitService) -> AnyView {
    // Where there is no room for the columns of their own.
    let zone = service.zone.as_ref().map(|zone| format!("Zone {zone}"));
    let score = service.score.map(|score| format!("score {score}"));
    let narrow = zone.into_iter().chain(score).collect::<Vec<_>>().join(" · ");
    let name = view! {
        {service.name.clone()}
        " "
        <code class="text-muted">{service.service.clone()}</code>
        <div class="text-muted text-label md:hidden">{narrow}</div>
    };
    row(vec![
        cell("cell-days", days(service.days, service.exists())),
        cell("cell-service", name),
        cell("cell-code hidden md:table-cell", service.zone.clone()),
        cell("num hidden md:table-cell", service.score.map(|score| score.to_string())),
        cell("cell-source", source(service)),
    ])
}
