//! `handled transit`: how long every service takes from one place to another.

use chrono::{DateTime, Utc};
use clap::Args;
use model::matrix::{Accuracy, DaysSource};
use model::transformation::Freshness;
use model::transit::{Basis, Estimate, Provenance, Scope, Spot, Transit as Answer, TransitQuery, TransitService};
use platform::permit;
use tokio_util::sync::CancellationToken;

use super::output::{counted, grouped, print, print_json};
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// From where to where.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled transit 94105 10001\n  handled transit 941 96813 --json\n\nExit codes: 0 some carrier goes there, 1 none does or a code is none."
)]
pub struct Transit {
    /// Where parcels come from: a ZIP (five digits) or a ZIP3 (its first three).
    #[arg(value_name = "FROM")]
    from: String,
    /// Where they go to.
    #[arg(value_name = "TO")]
    to: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Transit {
    /// Runs the command; the value is its exit code.
    ///
    /// # Errors
    /// A code is none, no carrier goes there, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<u8, Failure> {
        let query = TransitQuery { from: self.from.clone(), to: self.to.clone() };
        // Before a database is started for nothing.
        query.codes()?;
        let answer = with_platform(settings, "handled transit", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::TransitRead>(caller).await?.transit(&query).await?)
        })
        .await?;
        if self.json {
            print_json(&answer)?;
            return Ok(if answer.is_found() { 0 } else { 1 });
        }
        match answer.not_found() {
            None => print(&text(&answer)).map(|()| 0),
            Some(sentence) => {
                let more =
                    answer.carriers.iter().filter_map(|carrier| carrier.lacking.as_deref()).chain(answer.notes.iter().map(|note| &**note));
                Err(Failure::Said(more.fold(sentence, |text, sentence| text + " " + sentence)))
            }
        }
    }
}

fn text(answer: &Answer) -> String {
    let miles = answer.miles.map(|miles| format!(", {} miles", grouped(miles.into()))).unwrap_or_default();
    let mut text = format!("{} to {}{miles}\n", spot(&answer.from), spot(&answer.to));
    if answer.matrix.freshness == Freshness::Stale {
        let causes: Vec<String> = answer
            .matrix
            .stale_by
            .iter()
            .map(|cause| match &cause.run_id {
                Some(run) => format!("{} has changed by the run {run}", cause.relation),
                None => format!("{} has changed", cause.relation),
            })
            .collect();
        text += &format!("Stale: {}. Run: handled transform run\n", causes.join("; "));
    }
    for note in &answer.notes {
        text += &format!("{note}\n");
    }
    for carrier in &answer.carriers {
        text += &format!("\n{}\n", carrier.carrier);
        if let Some(sentence) = &carrier.lacking {
            text += &format!("  {sentence}\n");
            continue;
        }
        let width = carrier.services.iter().map(|service| service.name.len()).max().unwrap_or_default();
        for service in &carrier.services {
            let days = match service.days {
                Some(days) => counted(days.into(), "day", "days"),
                None if service.zone.is_some() => "unknown".to_owned(),
                None => "no service".to_owned(),
            };
            let zone = service.zone.as_ref().map(|zone| format!("zone {zone}")).unwrap_or_default();
            let score = service.score.map(|score| format!("score {score}")).unwrap_or_default();
            let line = format!("  {days:<10}  {:<width$}  {}  {zone:<8}  {score:<9}  {}", service.name, service.service, source(service));
            text += &format!("{}\n", line.trim_end());
        }
    }
    let all = answer.carriers.iter().flat_map(|carrier| &carrier.services);
    let mut files: Vec<&Provenance> = all.flat_map(|service| service.days_from.iter().chain(&service.zone_from)).collect();
    files.sort_by(|one, other| (&one.relation, &one.file, &one.run_id).cmp(&(&other.relation, &other.file, &other.run_id)));
    files.dedup();
    text += "\nFrom\n";
    for Provenance { relation, file, run_id, at, by } in files {
        let (file, by) = (file.as_deref().unwrap_or("a file"), by.as_deref().unwrap_or("somebody"));
        text += &format!("  {file} ({relation}), imported {} by {by}, run {run_id}\n", time(*at));
    }
    text
}

fn spot(spot: &Spot) -> String {
    match (&spot.city, &spot.state) {
        (Some(city), Some(state)) => format!("{} ({city}, {state})", spot.code),
        _ => spot.code.to_string(),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Where the days come from and what that is worth; where there are none, why.
fn source(service: &TransitService) -> String {
    let Some(source) = service.source else {
        return if service.zone.is_some() { "nobody has said what the zone means in days".to_owned() } else { String::new() };
    };
    match (source, service.days_hold_for, service.zips) {
        (DaysSource::Standard, ..) => "standard".to_owned(),
        (DaysSource::Measured, Some(Scope::Zips), _) => "measured between these very ZIPs".to_owned(),
        (DaysSource::Measured, _, Some(zips)) => format!("measured, the most frequent of {}", counted(zips, "ZIP", "ZIPs")),
        (DaysSource::Measured, ..) => "measured".to_owned(),
        (DaysSource::Estimated, scope, _) => {
            let of_zip = if scope == Some(Scope::Zip) { " of this very ZIP" } else { "" };
            format!("estimated by the zone{of_zip}, {}", service.estimate.as_ref().map_or_else(String::new, worth))
        }
    }
}

fn worth(estimate: &Estimate) -> String {
    match (estimate.accuracy, estimate.basis) {
        (Some(Accuracy { pairs, exact_percent, within_one_percent }), _) => {
            let of = pairs.map(|pairs| format!(" of {}", counted(pairs, "pair", "pairs"))).unwrap_or_default();
            format!("right in {exact_percent} %{of}, within a day in {within_one_percent} %")
        }
        (None, Basis::FirstDigit) => "whose first digit is its days".to_owned(),
        (None, Basis::Setting) => "and nobody knows how often that is right".to_owned(),
    }
}
