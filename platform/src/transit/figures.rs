//! The figures: for every carrier its services with days, zone and what they come from.

use database_data::{Brought, MatrixValue, ZoneAccuracy};
use model::matrix::{Accuracy, DaysSource, Service, UPS, USPS, delivery_score, services_of};
use model::transit::{Basis, Code, Estimate, Provenance, Scope, TransitCarrier, TransitService};

use super::found::{CHARTS, Found, GROUND, STANDARDS};
use super::{Names, has_rows};
use crate::transformations::{Meaning, Standing, zone_of};

/// Every carrier with its services, the quickest first.
pub(super) fn carriers(found: &Found, names: &Names, standing: &Standing, from: &Code, to: &Code) -> Vec<TransitCarrier> {
    let ups = Ups { found, names, meaning: Meaning::new(&found.zone_days) };
    [
        (UPS, services_of(UPS).enumerate().map(|(place, service)| ups.service(place, service)).collect::<Vec<_>>()),
        (USPS, services_of(USPS).map(|service| standard(found, names, service)).collect()),
    ]
    .into_iter()
    .map(|(carrier, mut services)| {
        let mut lacking = None;
        if services.iter().any(TransitService::exists) {
            // Known days come first, then a zone without days, then what is not offered; otherwise the catalogue's order stays.
            services.sort_by_key(|service| (service.days.unwrap_or(u8::MAX), !service.exists()));
        } else {
            services.clear();
            lacking = why_nothing(carrier, found, standing, from, to);
        }
        TransitCarrier { carrier: carrier.to_owned(), services, lacking }
    })
    .collect()
}

/// Why a carrier has nothing; none where there is no matrix that could have.
fn why_nothing(carrier: &str, found: &Found, standing: &Standing, from: &Code, to: &Code) -> Option<String> {
    super::shown(&found.live)?.run_id.as_ref()?;
    let (from, to) = (from.zip3(), to.zip3());
    let imported = if carrier == UPS { has_rows(standing, CHARTS) || has_rows(standing, GROUND) } else { has_rows(standing, STANDARDS) };
    Some(match (carrier, imported, found.has_origin(carrier)) {
        (UPS, false, false) => "No zone chart and no time in transit of UPS has been imported.".to_owned(),
        (_, false, false) => "No service standards of USPS have been imported.".to_owned(),
        (UPS, true, false) => format!(
            "No zone chart and no time in transit from the area {from} was there when the delivery matrix was made. Import {from}.xlsx, then run the transformation delivery-matrix."
        ),
        (_, true, false) => format!("USPS's standards have nothing from the area {from}."),
        (_, _, true) => format!("{carrier} is not known to go from the area {from} to the area {to}."),
    })
}

fn nothing(service: &Service) -> TransitService {
    TransitService {
        service: service.code.to_owned(),
        name: service.name.to_owned(),
        days: None,
        source: None,
        days_hold_for: None,
        score: None,
        zone: None,
        zone_holds_for: None,
        estimate: None,
        zips: None,
        days_from: Vec::new(),
        zone_from: None,
    }
}

fn standard(found: &Found, names: &Names, service: &Service) -> TransitService {
    let MatrixValue { days: days @ 1.., .. } = found.value(service) else { return nothing(service) };
    TransitService {
        days: Some(days),
        source: Some(DaysSource::Standard),
        days_hold_for: Some(Scope::Areas),
        score: Some(delivery_score(days)),
        days_from: found.standards.iter().map(|brought| names.provenance(STANDARDS, brought)).collect(),
        ..nothing(service)
    }
}

/// What UPS's figures are made of.
struct Ups<'a> {
    found: &'a Found,
    names: &'a Names,
    meaning: Meaning,
}

/// Days of a service, with what they come from and what they hold for.
struct Days {
    days: u8,
    source: DaysSource,
    scope: Scope,
}

impl Ups<'_> {
    /// The service at this place among UPS's.
    fn service(&self, place: usize, service: &Service) -> TransitService {
        let value = self.found.value(service);
        let grid = self.found.grid.as_ref();
        let (zone, zone_scope, zone_brought) = match grid {
            Some(row) => {
                let zone = row.zones.get(place).and_then(Option::as_deref).and_then(|zone| zone_of(zone.as_bytes()));
                (zone, Scope::Zip, Some(&row.brought))
            }
            None => (Some(value.zone).filter(|zone| *zone > 0), Scope::Areas, self.found.charts.first()),
        };
        let Some(days) = self.days(place, value, zone) else {
            return self.with_zone(nothing(service), zone, zone_scope, zone_brought);
        };
        let exact = self.found.exact.as_ref().filter(|_| days.scope == Scope::Zips);
        let days_from: Vec<&Brought> = match (days.source, exact) {
            (DaysSource::Measured, Some((_, brought))) => vec![brought],
            (DaysSource::Measured, None) => self.found.ground.iter().collect(),
            _ => zone_brought.into_iter().collect(),
        };
        let relation = if days.source == DaysSource::Measured { GROUND } else { CHARTS };
        let answer = TransitService {
            days: Some(days.days),
            source: Some(days.source),
            days_hold_for: Some(days.scope),
            score: Some(delivery_score(days.days)),
            estimate: zone.filter(|_| days.source == DaysSource::Estimated).map(|zone| self.estimate(service, zone)),
            zips: self.found.ground_zips.filter(|_| days.source == DaysSource::Measured && days.scope == Scope::Areas),
            days_from: each_once(days_from.into_iter().map(|brought| self.names.provenance(relation, brought))),
            ..nothing(service)
        };
        self.with_zone(answer, zone, zone_scope, zone_brought)
    }

    /// Measured between the very ZIPs, measured between their areas, or what the zone means: by the matrix where it is the areas'.
    fn days(&self, place: usize, value: MatrixValue, zone: Option<u16>) -> Option<Days> {
        // Measured days are of Ground, the first.
        if let Some((days, _)) = self.found.exact.as_ref().filter(|_| place == 0) {
            return Some(Days { days: *days, source: DaysSource::Measured, scope: Scope::Zips });
        }
        if value.measured {
            return Some(Days { days: value.days, source: DaysSource::Measured, scope: Scope::Areas });
        }
        if self.found.grid.is_some() {
            let days = self.meaning.days(place, zone?)?;
            return Some(Days { days, source: DaysSource::Estimated, scope: Scope::Zip });
        }
        (value.days > 0).then_some(Days { days: value.days, source: DaysSource::Estimated, scope: Scope::Areas })
    }

    fn with_zone(&self, answer: TransitService, zone: Option<u16>, scope: Scope, brought: Option<&Brought>) -> TransitService {
        let Some(zone) = zone else { return answer };
        TransitService {
            zone: Some(format!("{zone:03}")),
            zone_holds_for: Some(scope),
            zone_from: brought.map(|brought| self.names.provenance(CHARTS, brought)),
            ..answer
        }
    }

    /// What an estimate by a zone is worth: as often as it was right where days are measured, or else as often as was said when it was set.
    fn estimate(&self, service: &Service, zone: u16) -> Estimate {
        let zone = format!("{zone:03}");
        let set = self.found.zone_days.iter().find(|set| (&*set.carrier, &*set.service, &set.zone) == (UPS, service.code, &zone));
        let counted =
            self.found.accuracy.iter().find(|counted| (&*counted.carrier, &*counted.service, &counted.zone) == (UPS, service.code, &zone));
        let said = || {
            let set = set?;
            let (exact_percent, within_one_percent) = set.exact_percent.zip(set.within_one_percent)?;
            Some(Accuracy { pairs: None, exact_percent, within_one_percent })
        };
        Estimate {
            basis: if set.is_some() { Basis::Setting } else { Basis::FirstDigit },
            accuracy: counted.and_then(percentages).or_else(said),
        }
    }
}

fn each_once(all: impl Iterator<Item = Provenance>) -> Vec<Provenance> {
    let mut once: Vec<Provenance> = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a million pairs at most, and tenths of a percent suffice"
)]
fn percentages(counted: &ZoneAccuracy) -> Option<Accuracy> {
    let percent = |count: i64| ((count as f64 * 1_000.0 / counted.pairs as f64).round() / 10.0) as f32;
    let pairs = u64::try_from(counted.pairs).ok().filter(|pairs| *pairs > 0)?;
    Some(Accuracy { pairs: Some(pairs), exact_percent: percent(counted.exact), within_one_percent: percent(counted.within_one) })
}
