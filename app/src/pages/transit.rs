//! Transit: from one place to another in how many days, by every service of every carrier. The address holds what is asked for.

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use model::integration::KindContract;
use model::transformation::{Cause, Freshness};
use model::transit::{MatrixState, Spot, Transit as Answer, TransitCarrier, TransitQuery, TransitService};
use model::{Error, Permission};

use crate::api::{get_transit_matrix, look_up_transit};
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::filter_form::filter_form;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_part, loaded};
use crate::components::page::PageHead;
use crate::components::table::{Look, cell, heads, row, table};
use crate::components::time::Age;
use crate::components::transit_days::{days, legend};
use crate::components::transit_source::source;
use crate::error::AppError;
use crate::format;
use crate::layout::may;

/// What the server was asked, with its answer.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
enum Looked {
    /// Nothing yet: only how the matrix stands.
    Ready(MatrixState),
    /// Codes that are none: the fields say so.
    Refused,
    Answered(Box<Answer>),
}

async fn look(query: TransitQuery) -> Result<Looked, AppError> {
    if query.is_empty() {
        return get_transit_matrix().await.map(Looked::Ready);
    }
    match query.codes() {
        Ok(_) => look_up_transit(query.from, query.to).await.map(|answer| Looked::Answered(Box::new(answer))),
        Err(_) => Ok(Looked::Refused),
    }
}

fn read(parameters: &ParamsMap) -> TransitQuery {
    let text = |name| parameters.get_str(name).unwrap_or_default().trim().to_owned();
    TransitQuery { from: text("from"), to: text("to") }
}

fn address(query: &TransitQuery) -> String {
    if query.is_empty() {
        return "/transit".to_owned();
    }
    format!("/transit?from={}&to={}", Url::escape(&query.from), Url::escape(&query.to))
}

/// The transit page.
#[component]
pub fn Transit() -> impl IntoView {
    if !may(Permission::TransitRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::TransitRead }) /> }.into_any();
    }
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(read));
    let wrong = Memo::new(move |_| query.with(|query| if query.is_empty() { None } else { query.codes().err() }));
    #[cfg(feature = "ssr")]
    if let Some(error) = wrong.get_untracked() {
        crate::request::refuse(error);
    }
    let looked = Resource::new(move || query.get(), look);
    let answer = loaded(looked, failed_part, |looked| match looked {
        Looked::Ready(matrix) => ready(&matrix),
        Looked::Refused => ().into_any(),
        Looked::Answered(answer) => answered(*answer),
    });
    view! {
        <PageHead title="Transit" purpose="Business days from one place to another, by every service of every carrier, and where each figure comes from." />
        {form(query, wrong)}
        {answer}
    }
    .into_any()
}

fn form(query: Memo<TransitQuery>, wrong: Memo<Option<Error>>) -> AnyView {
    let turned = move || query.with(|TransitQuery { from, to }| address(&TransitQuery { from: to.clone(), to: from.clone() }));
    let content = view! {
        {code_field("from", "From", "from-error", query, wrong)}
        {code_field("to", "To", "to-error", query, wrong)}
        <div class="transit-buttons">
            <button type="submit" class="btn btn-primary">
                <Icon icon=lu::LuSearch />
                "Look up"
            </button>
            <a class="btn" href=turned data-noscroll="">
                <Icon icon=lu::LuArrowLeftRight />
                "Swap"
            </a>
        </div>
    };
    view! { <div class="transit-form">{filter_form("/transit".to_owned(), "Look a transit time up", |fields| address(&read(fields)), content.into_any())}</div> }
        .into_any()
}

/// A field for a ZIP or a ZIP3.
fn code_field(
    name: &'static str,
    label: &'static str,
    error_id: &'static str,
    query: Memo<TransitQuery>,
    wrong: Memo<Option<Error>>,
) -> AnyView {
    let value = move || query.with(|query| if name == "from" { query.from.clone() } else { query.to.clone() });
    let error = move || wrong.with(|wrong| wrong.as_ref().and_then(|wrong| wrong.of_field(name)).map(ToOwned::to_owned));
    view! {
        <div class="field transit-field">
            <label class="field-label" for=name>
                {label}
                " (ZIP or ZIP3)"
            </label>
            <input
                class="input"
                type="text"
                inputmode="numeric"
                id=name
                name=name
                value=value
                prop:value=value
                autocomplete="off"
                aria-invalid=move || error().map(|_| "true")
                aria-describedby=move || error().map(|_| error_id)
            />
            {move || {
                error()
                    .map(|words| {
                        view! {
                            <div class="field-error" id=error_id>
                                <Icon icon=Tone::Bad.icon() />
                                {words}
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// Nothing has been asked for yet.
fn ready(matrix: &MatrixState) -> AnyView {
    if matches!(matrix.freshness, Freshness::Waiting | Freshness::New) {
        return never_made(matrix.freshness);
    }
    view! {
        {stale(matrix)}
        <Empty title="Type where a parcel comes from and where it goes to">
            "A ZIP has five digits, a ZIP3 its first three: " <code>"94105"</code> " to " <code>"10001"</code> ", or " <code>"941"</code> " to "
            <code>"968"</code> "."
        </Empty>
    }
    .into_any()
}

/// There is no matrix yet: what to do first, for whoever may.
fn never_made(freshness: Freshness) -> AnyView {
    let link = |permission: Permission, address: &'static str, words: &'static str| {
        if may(permission) { view! { <a class="link" href=address>{words}</a> }.into_any() } else { words.into_any() }
    };
    let transform = || link(Permission::TransformationsRead, "/transformations", "run the transformation delivery-matrix");
    let what = match freshness {
        Freshness::Waiting => {
            let import = link(Permission::ImportsRead, "/imports", "Import USPS standards or UPS zone charts");
            view! { {import} ", then " {transform()} "." }.into_any()
        }
        _ => view! { "The files are here. Now " {transform()} "." }.into_any(),
    };
    view! { <Empty title="The delivery matrix has never been made">{what}</Empty> }.into_any()
}

/// Says that the figures are from before something changed, and by which run.
fn stale(matrix: &MatrixState) -> Option<AnyView> {
    let causes = matrix.stale_by.iter().map(cause).collect::<Vec<_>>();
    let run = may(Permission::TransformationsRead).then(|| {
        view! {
            <a class="link" href="/transformations">
                "Bring the delivery matrix up to date"
            </a>
            "."
        }
    });
    (!causes.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Warning>"These figures are from before " {causes} " changed. " {run}</Banner>
        }
        .into_any()
    })
}

fn cause(cause: &Cause) -> AnyView {
    let Cause { relation, run_id } = cause;
    let of_import = KindContract::of_relation(relation).is_some();
    let (page, permission) =
        if of_import { ("/imports", Permission::ImportsRead) } else { ("/transformations", Permission::TransformationsRead) };
    let run = run_id.as_ref().filter(|_| may(permission)).map(|run| {
        view! {
            " ("
            <a class="link" href=format!("{page}/runs/{run}")>
                {format!("run {}", format::short(run.as_str()))}
            </a>
            ")"
        }
    });
    view! {
        <span class="cause">
            <code>{relation.clone()}</code>
            {run}
        </span>
    }
    .into_any()
}

fn answered(answer: Answer) -> AnyView {
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
