//! Where a figure comes from and what it is worth: in a word, and in whole sentences where somebody asks.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::matrix::{Accuracy, DaysSource};
use model::transit::{Basis, Estimate, Provenance, Scope, TransitService};

use super::icon::Icon;
use super::time::Age;
use crate::format;
use crate::layout::may;

/// The source of a service's days with its file; the whole story opens without scripts.
pub fn source(service: &TransitService) -> AnyView {
    if !service.exists() {
        return ().into_any();
    }
    let word = match service.source {
        Some(DaysSource::Standard) => "Standard",
        Some(DaysSource::Measured) => "Measured",
        Some(DaysSource::Estimated) => "Estimated",
        None => "Zone only",
    };
    let of_days = service.days_from.iter();
    let of_zone = service.zone_from.iter().filter(|zone| !service.days_from.contains(zone));
    let first = service.days_from.first().or(service.zone_from.as_ref()).and_then(|from| from.file.clone());
    let more = service.days_from.len().saturating_sub(1);
    let file = first.map(|file| if more > 0 { format!("{file} and {more} more") } else { file });
    let what = if service.source == Some(DaysSource::Estimated) { "Zone" } else { "Days" };
    let files = of_days.map(|from| provenance(what, from)).chain(of_zone.map(|from| provenance("Zone", from))).collect::<Vec<_>>();
    let name = format!("{word}: where {} comes from", service.name);
    view! {
        <details class="source">
            <summary class="source-summary" aria-label=name>
                <Icon icon=lu::LuChevronRight class="source-arrow" />
                <span>{word}</span>
                <span class="source-file">{file}</span>
            </summary>
            <div class="source-body">
                <p>{meaning(service)}</p>
                <ul class="sentences">{files}</ul>
            </div>
        </details>
    }
    .into_any()
}

fn provenance(what: &'static str, from: &Provenance) -> AnyView {
    let file = from.file.clone().unwrap_or_else(|| from.relation.clone());
    let by = from.by.as_ref().map(|by| format!(" by {by}"));
    let run = may(Permission::ImportsRead).then(|| {
        view! {
            " · "
            <a class="link" href=format!("/imports/runs/{}", from.run_id)>
                {format!("run {}", format::short(from.run_id.as_str()))}
            </a>
        }
    });
    view! {
        <li>
            {format!("{what} from ")} <code>{file}</code> ", imported " <Age at=from.at /> {by} {run}
        </li>
    }
    .into_any()
}

/// What the days are, in sentences.
fn meaning(service: &TransitService) -> String {
    let zone = service.zone.as_deref().unwrap_or_default();
    match (service.source, service.days_hold_for) {
        (None, _) => format!("The zone {zone} is known, and nobody has said what it means in days."),
        (Some(DaysSource::Standard), _) => "The carrier's service standard between the two areas.".to_owned(),
        (Some(DaysSource::Measured), Some(Scope::Zips)) => "The carrier's time in transit between these very ZIPs.".to_owned(),
        (Some(DaysSource::Measured), _) => match service.zips {
            Some(zips) => format!(
                "The carrier's time in transit, the most frequent of {} between the two areas.",
                format::counted(zips, "pair of ZIPs", "pairs of ZIPs")
            ),
            None => "The carrier's time in transit, the most frequent between the two areas.".to_owned(),
        },
        (Some(DaysSource::Estimated), scope) => {
            let of = if scope == Some(Scope::Zip) { "this very ZIP's zone" } else { "the zone" };
            let worth = service.estimate.as_ref().map(|estimate| worth(estimate, zone)).unwrap_or_default();
            format!("Estimated by {of}. {worth}")
        }
    }
}

/// What an estimate rests on, and how often it is right.
fn worth(estimate: &Estimate, zone: &str) -> String {
    let basis = match estimate.basis {
        Basis::FirstDigit => format!("Air zones carry their days in the first digit: {zone}."),
        Basis::Setting => format!("The days are what zone {zone} has been set to mean."),
    };
    match estimate.accuracy {
        Some(Accuracy { pairs, exact_percent, within_one_percent }) => {
            let of = match pairs {
                Some(pairs) => format!("Of {} where the days are known", format::counted(pairs, "pair of areas", "pairs of areas")),
                None => "Where it was laid beside known days".to_owned(),
            };
            format!("{basis} {of}, it was right in {exact_percent} % and at most a day off in {within_one_percent} %.")
        }
        None => format!("{basis} Nobody has counted how often that is right."),
    }
}
