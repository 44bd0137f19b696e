//! `zone-transit-days`: what people have decided that zones mean, copied from PRIMARY, where it is kept, to DATA, where it is needed.

use database_data::{CopyBuffer, Target};
use database_primary::ZoneDaysRow;
use model::Error;
use model::format::counted;
use model::matrix::{Accuracy, ZoneDays, ZoneDaysState, service_of};
use model::transformation::{Cause, Requested, Wanted};
use serde_json::json;

use super::build::Building;
use super::{ALL, Derived, Standing, Transformation};
use crate::authorization::{Authorized, permit};
use crate::failure::{self, unavailable};
use crate::runs::Failure;

/// The name of what people set, as the lineage shows it.
pub const ZONE_DAYS: &str = "config.zone_transit_days";

pub(super) const RELATION: &str = "reference.zone_transit_days";

const TARGET: Target = Target::new(RELATION, &["carrier", "service", "zone", "days", "exact_percent", "within_one_percent"], 3);

pub(super) const TRANSFORMATION: Transformation = Transformation {
    name: "zone-transit-days",
    purpose: "Copies the days that zones are taken to mean from where people set them to where the matrix is made.",
    // What it reads is not in DATA: the release of what it publishes is the revision that was copied.
    targets: &[Derived { target: TARGET, sources: &[], needs: &[] }],
    build: |building| Box::pin(build(building)),
};

async fn build(building: &mut Building) -> Result<(), Failure> {
    let mut transaction = building.work.platform.primary().begin_read_only().await?;
    let revision = transaction.zone_days_revision().await?;
    let rows = transaction.zone_days().await?;
    transaction.commit().await?;
    building.release = Some(revision.to_string());
    building.fill(TARGET, rows.iter(), encode).await
}

fn encode(row: &ZoneDaysRow, buffer: &mut CopyBuffer) {
    buffer.text(&row.carrier);
    buffer.text(&row.service);
    buffer.text(&row.zone);
    match row.days {
        Some(days) => buffer.smallint(days),
        None => buffer.null(),
    }
    for percent in [row.exact_percent, row.within_one_percent] {
        match percent {
            Some(percent) => buffer.real(percent),
            None => buffer.null(),
        }
    }
}

/// What somebody wants a zone to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneDaysChange {
    /// `UPS`.
    pub carrier: String,
    /// `GND`.
    pub service: String,
    /// Three digits.
    pub zone: String,
    /// The days that were shown when somebody decided to change them.
    pub expected: Option<u8>,
    /// The days that it is to mean; none: no estimate.
    pub days: Option<u8>,
}

impl Authorized<permit::TransformationsRead> {
    /// The days that zones are taken to mean, with who set them where somebody has.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn zone_days(&self) -> Result<Vec<(ZoneDays, Option<String>)>, Error> {
        Ok(self.zones_and_revision().await?.0)
    }

    /// The same, and which transformations were made from older ones. While DATA does not answer, none is known to be.
    ///
    /// # Errors
    /// As [`Authorized::zone_days`].
    pub async fn zone_days_state(&self) -> Result<ZoneDaysState, Error> {
        let (zones, revision) = self.zones_and_revision().await?;
        let stale = match self.platform.standing(revision).await {
            Ok(standing) => stale_by_zones(&standing),
            Err(error) => {
                failure::log("looking what rests on zones", &error);
                Vec::new()
            }
        };
        Ok(ZoneDaysState { zones, stale })
    }

    async fn zones_and_revision(&self) -> Result<(Vec<(ZoneDays, Option<String>)>, i64), Error> {
        let fault = || unavailable("listing zones");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let rows = transaction.zone_days().await.map_err(fault())?;
        let revision = transaction.zone_days_revision().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok((rows.into_iter().map(shown).collect(), revision))
    }
}

/// The transformations, other than the copying itself, that were made from older days than these.
fn stale_by_zones(standing: &Standing) -> Vec<String> {
    let rests = |cause: &Cause| cause.relation == ZONE_DAYS || cause.relation == RELATION;
    let others = ALL.iter().filter(|each| each.name != TRANSFORMATION.name);
    others.filter(|each| standing.causes(each).iter().any(rests)).map(|each| each.name.to_owned()).collect()
}

fn shown(row: ZoneDaysRow) -> (ZoneDays, Option<String>) {
    let accuracy = row.exact_percent.zip(row.within_one_percent).map(|(exact_percent, within_one_percent)| Accuracy {
        pairs: None,
        exact_percent,
        within_one_percent,
    });
    let days = row.days.and_then(|days| u8::try_from(days).ok());
    (ZoneDays { carrier: row.carrier, service: row.service, zone: row.zone, days, accuracy }, row.updated_by)
}

impl Authorized<permit::TransformationsEdit> {
    /// The same, and waits until they are copied.
    ///
    /// # Errors
    /// As [`Authorized::set_zone_days`].
    pub async fn set_zone_days_and_wait(&self, change: &ZoneDaysChange) -> Result<(), Error> {
        for (_, run) in self.set_zone_days(change).await?.runs {
            self.platform.work_off(&run).await?;
        }
        Ok(())
    }

    /// Sets the days that a zone is taken to mean, and has them copied to DATA. What rests on them is stale then.
    ///
    /// # Errors
    /// [`Error::Invalid`] for days that are not plausible or a zone that is none; [`Error::Conflict`] when somebody else has changed
    /// them meanwhile.
    pub async fn set_zone_days(&self, change: &ZoneDaysChange) -> Result<Requested, Error> {
        let fault = || unavailable("setting the days of a zone");
        let ZoneDaysChange { carrier, service, zone, expected, days } = change;
        let Some(known) = service_of(carrier, service) else {
            return Err(Error::invalid("service", "There is no such service."));
        };
        if zone.len() != 3 || !zone.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid("zone", "A zone has three digits, as 004."));
        }
        if days.is_some_and(|days| days == 0 || days > known.most_days) {
            return Err(Error::invalid("days", format!("The days must be from 1 to {}, or empty for no estimate.", known.most_days)));
        }
        let (expected, days) = (expected.map(i16::from), days.map(i16::from));
        let key = (carrier.as_str(), service.as_str(), zone.as_str());
        let mut transaction = self.platform.primary().begin().await.map_err(fault())?;
        match transaction.set_zone_days(key, expected, days, &self.actor.name).await.map_err(fault())? {
            Some(now) if now != expected => {
                let now = now.map_or_else(|| "no estimate".to_owned(), |days| counted(u64::from(days.unsigned_abs()), "day", "days"));
                return Err(Error::conflict(format!(
                    "Zone {zone} was changed meanwhile: it means {now} now. Look at it and decide again."
                )));
            }
            Some(_) => {}
            None => {
                if !transaction.add_zone_days(key, days, &self.actor.name).await.map_err(fault())? {
                    return Err(Error::conflict(format!("Zone {zone} was added meanwhile. Look at it and decide again.")));
                }
            }
        }
        let id = format!("{carrier} {service} {zone}");
        let mut entry = self.actor.audit("set", "zone-days", Some(&id));
        entry.before = Some(json!({"days": expected}));
        entry.after = Some(json!({"days": days}));
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        self.platform.request_transformations(&self.actor, &Wanted::One(TRANSFORMATION.name.to_owned())).await
    }
}
