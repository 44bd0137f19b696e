//! What people decide that zones mean: business days where no time in transit is known.

mod new_zone;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use model::Permission;
use model::matrix::{Accuracy, ZoneDays as Zone, ZoneDaysState, service_of};

use super::run;
use crate::api::list_zone_days;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::command::{PLAIN_CLASS, PRIMARY_CLASS, Reply, command_form};
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{PageHead, refused_in_address};
use crate::components::table::{Look, WIDE_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use crate::error::AppError;
use crate::layout::{may, use_work};
use new_zone::new_zone;

/// What a page of zones knows beside the zones.
#[derive(Clone, Copy)]
struct Editing {
    /// For commands that are not a zone's own.
    reply: Reply,
    /// Why a zone was not added.
    not_added: RwSignal<Option<AppError>>,
    /// The zone that was saved last.
    saved: RwSignal<Option<String>>,
    /// The zones in the order in which they came to be shown.
    order: StoredValue<Vec<String>>,
    /// The address, where a form without scripts was led.
    query: Memo<ParamsMap>,
}

/// The page of zone days.
#[component]
pub fn ZoneDays() -> impl IntoView {
    let changes = RwSignal::new(0_u32);
    let zones = Resource::new(move || changes.get(), |_| list_zone_days());
    let query = use_query_map();
    let work = use_work();
    // `try_`: the page may have been left meanwhile.
    let again = move || _ = changes.try_update(|changes| *changes += 1);
    work.on_change(again);
    let editing = Editing {
        reply: Reply::new(move || work.look_and_then(again)),
        not_added: RwSignal::new(None),
        saved: RwSignal::new(query.with_untracked(|query| query.get("saved"))),
        order: StoredValue::new(Vec::new()),
        query,
    };
    loaded(zones, failed_page, move |state| content(state, editing))
}

/// How a zone is named: `UPS GND 004`.
fn name_of(zone: &Zone) -> String {
    let Zone { carrier, service, zone, .. } = zone;
    format!("{carrier} {service} {zone}")
}

/// Puts zones where they were first shown, and new ones behind them: no row takes the place of another, with what somebody has typed in it.
fn keep_places(zones: &mut [(Zone, Option<String>)], order: &mut Vec<String>) {
    for (zone, _) in &*zones {
        let name = name_of(zone);
        if !order.contains(&name) {
            order.push(name);
        }
    }
    zones.sort_by_key(|(zone, _)| order.iter().position(|name| *name == name_of(zone)));
}

fn content(state: ZoneDaysState, editing: Editing) -> AnyView {
    let Editing { reply, saved, order, query, .. } = editing;
    let ZoneDaysState { mut zones, stale } = state;
    order.update_value(|order| keep_places(&mut zones, order));
    let said = move || {
        saved.get().map(|zone| {
            view! {
                <Banner tone=Tone::Good>
                    {format!("{zone} is saved.")}
                </Banner>
            }
        })
    };
    let table = if zones.is_empty() {
        view! { <Empty title="There are no zones">"A zone is shown here once it has been given days."</Empty> }.into_any()
    } else {
        let names = heads(&[
            ("Carrier", WIDE_CLASS),
            ("Service", WIDE_CLASS),
            ("Zone", ""),
            ("Means now", ""),
            ("Exactly right", WIDE_NUM_CLASS),
            ("Within a day", WIDE_NUM_CLASS),
            ("Set by", WIDE_CLASS),
            ("Set to", ""),
        ]);
        let rows = zones.iter().map(|(zone, set_by)| zone_row(zone, set_by.as_deref(), editing)).collect();
        table("Days that zones are taken to mean", Look::Wide, names, rows)
    };
    view! {
        <PageHead
            title="Zone days"
            purpose="How many business days a zone is taken to mean where no time in transit is known. Estimates of the delivery matrix are made from these; measured times always come before them."
        />
        {refused_in_address(query)}
        {reply.banner()}
        {said}
        {older(&stale, reply)}
        {table}
        {may(Permission::TransformationsEdit).then(|| new_zone(editing))}
    }
    .into_any()
}

/// What was made from older days, and making it anew.
fn older(stale: &[String], reply: Reply) -> Option<AnyView> {
    let [first, rest @ ..] = stale else { return None };
    let (names, verb) = if rest.is_empty() { (first.clone(), "was") } else { (stale.join(", "), "were") };
    let run = may(Permission::TransformationsRun).then(|| {
        let (name, label) =
            if rest.is_empty() { (first.as_str(), format!("Run {first}")) } else { ("stale", "Run what is stale".to_owned()) };
        run(reply, name, label, PRIMARY_CLASS)
    });
    Some(
        view! {
            <div class="offer">
                <Banner tone=Tone::Warning>
                    {format!("{names} {verb} made from older days. ")}
                    <a class="link" href="/transformations">
                        "See what is stale"
                    </a>
                </Banner>
                {run}
            </div>
        }
        .into_any(),
    )
}

fn zone_row(set: &Zone, set_by: Option<&str>, editing: Editing) -> AnyView {
    let Zone { carrier, service, zone, days, accuracy } = set;
    let name = service_of(carrier, service).map_or_else(|| service.clone(), |known| known.name.to_owned());
    let means = match days {
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
        None => "no estimate".to_owned(),
    };
    let percent =
        |of: fn(&Accuracy) -> f32| accuracy.as_ref().map_or_else(|| "–".to_owned(), |accuracy| format!("{} %", whole(of(accuracy))));
    // Where there is no room for the columns of their own.
    let narrow = view! { <div class="text-muted text-label md:hidden">{format!("{carrier} {name}")}</div> };
    let by = set_by.unwrap_or("as it came").to_owned();
    let form = if may(Permission::TransformationsEdit) { form(set, editing) } else { means.clone().into_any() };
    row(vec![
        cell(WIDE_CLASS, carrier.clone()),
        cell(WIDE_CLASS, name),
        cell("", view! { <code>{zone.clone()}</code> {narrow} }),
        cell("whitespace-nowrap", means),
        cell(WIDE_NUM_CLASS, percent(|accuracy| accuracy.exact_percent)),
        cell(WIDE_NUM_CLASS, percent(|accuracy| accuracy.within_one_percent)),
        cell("cell-actor hidden md:table-cell", by),
        cell("", form),
    ])
}

/// A percentage without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage is from 0 to 100")]
fn whole(percent: f32) -> u8 {
    percent.round() as u8
}

/// Other days for a zone. What was typed and refused stands in it again, where the browser was led back with it.
fn form(zone: &Zone, Editing { reply, saved, query, .. }: Editing) -> AnyView {
    let of = name_of(zone);
    let Zone { carrier, service, zone, days, .. } = zone;
    let now = days.map(|days| days.to_string()).unwrap_or_default();
    let typed = query.with_untracked(|query| (query.get_str("zone") == Some(&of)).then(|| query.get("days")).flatten());
    let most = service_of(carrier, service).map_or(30, |known| known.most_days);
    let label = format!("Business days of {of}");
    let save = format!("Save the days of {of}");
    let own = Reply {
        refused: reply.refused,
        // Whoever was refused, because somebody else was quicker say, sees what is so now; what they have typed stays.
        answered: Callback::new(move |()| {
            saved.set(reply.is_obeyed().then(|| of.clone()));
            reply.answered.run(());
        }),
    };
    let content = view! {
        <input type="hidden" name="carrier" value=carrier.clone() />
        <input type="hidden" name="service" value=service.clone() />
        <input type="hidden" name="zone" value=zone.clone() />
        <input type="hidden" name="expected" value=now.clone() />
        <span class="days-form">
            <input
                class="input days-input"
                type="number"
                name="days"
                min="1"
                max=most.to_string()
                step="1"
                placeholder="none"
                aria-label=label
                value=typed.unwrap_or(now)
            />
            <button type="submit" class=PLAIN_CLASS aria-label=save>
                <Icon icon=lu::LuCheck />
                "Save"
            </button>
        </span>
    };
    command_form(own, "/api/zone-days/set", None, false, content.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_zone_is_shown_behind_those_that_are_there() {
        let zones = |names: &[&str]| -> Vec<(Zone, Option<String>)> {
            let zone = |zone: &&str| Zone {
                carrier: "UPS".to_owned(),
                service: "GND".to_owned(),
                zone: (*zone).to_owned(),
                days: None,
                accuracy: None,
            };
            names.iter().map(|name| (zone(name), None)).collect()
        };
        let mut order = Vec::new();
        let mut shown = zones(&["002", "004"]);
        keep_places(&mut shown, &mut order);
        assert_eq!(shown, zones(&["002", "004"]));
        let mut shown = zones(&["002", "003", "004"]);
        keep_places(&mut shown, &mut order);
        assert_eq!(shown, zones(&["002", "004", "003"]));
        let mut shown = zones(&["001", "002", "003", "004"]);
        keep_places(&mut shown, &mut order);
        assert_eq!(shown, zones(&["002", "004", "003", "001"]));
    }
}
