//! `handled transform zone-days`: the days that zones are taken to mean.

use clap::Args;
use model::matrix::ZoneDays;
use platform::{ZoneDaysChange, permit};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::command::output::{print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// What to set, if anything.
#[derive(Debug, Args)]
pub struct ZoneDaysCommand {
    /// Have a zone mean so many business days; `none` for no estimate.
    #[arg(long, value_name = "SERVICE/ZONE=DAYS", value_parser = change)]
    set: Option<Change>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A zone of a UPS service and its days.
#[derive(Debug, Clone)]
struct Change {
    service: String,
    zone: String,
    days: Option<u8>,
}

fn change(text: &str) -> Result<Change, String> {
    let accepted = || "it takes a service, a zone and days, as GND/008=4 or GND/044=none".to_owned();
    let (which, days) = text.split_once('=').ok_or_else(accepted)?;
    let (service, zone) = which.split_once('/').ok_or_else(accepted)?;
    let days = if days == "none" { None } else { Some(days.parse().map_err(|_| accepted())?) };
    Ok(Change { service: service.to_owned(), zone: zone.to_owned(), days })
}

impl ZoneDaysCommand {
    /// Runs the command.
    ///
    /// # Errors
    /// The days are not plausible, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let zones = with_platform(settings, "handled transform", stop, async |platform, caller| {
            let reader = platform.authorize::<permit::TransformationsRead>(caller).await?;
            if let Some(Change { service, zone, days }) = &self.set {
                let known = reader.zone_days().await?.into_iter().find(|(known, _)| known.service == *service && known.zone == *zone);
                let change = ZoneDaysChange {
                    carrier: model::matrix::UPS.to_owned(),
                    service: service.clone(),
                    zone: zone.clone(),
                    expected: known.and_then(|(known, _)| known.days),
                    days: *days,
                };
                platform.authorize::<permit::TransformationsEdit>(caller).await?.set_zone_days_and_wait(&change).await?;
            }
            Ok(reader.zone_days().await?)
        })
        .await?;
        if self.json {
            let rows: Vec<_> = zones.iter().map(|(zone, by)| json!({ "zone": zone, "set_by": by })).collect();
            return print_json(&rows);
        }
        print(&zones.iter().map(|(zone, by)| line(zone, by.as_deref())).collect::<String>())
    }
}

fn line(zone: &ZoneDays, by: Option<&str>) -> String {
    let days = zone.days.map_or_else(|| "none".to_owned(), |days| days.to_string());
    let accuracy = zone.accuracy.map_or_else(String::new, |accuracy| {
        format!("  right for {:.0} % of pairs, within one day for {:.0} %", accuracy.exact_percent, accuracy.within_one_percent)
    });
    let by = by.map(|by| format!("  set by {by}")).unwrap_or_default();
    format!("{} {} {}  {days:>4}{accuracy}{by}\n", zone.carrier, zone.service, zone.zone)
}
