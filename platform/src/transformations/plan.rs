//! Which transformations are to run, and in which order.

use database_connection::DatabaseError;
use database_primary::PrimaryTransaction;
use model::run::{RunDetail, RunState};
use model::transformation::{Freshness, Requested, Wanted};
use model::{Error, RunId};
use serde_json::json;

use super::{ALL, Standing, Transformation, named, zone_days};
use crate::Platform;
use crate::caller::Actor;
use crate::failure::unavailable;
use crate::runs::new_id;

/// The transformations that are wanted, each after those whose tables it reads.
fn chosen(wanted: &Wanted, standing: &Standing) -> Result<Vec<&'static Transformation>, Error> {
    let chosen: Vec<&'static Transformation> = match wanted {
        Wanted::One(name) => {
            let one = named(name)?;
            // What people have set is copied first where it was not: nobody means to run on the old ones.
            let copy = &zone_days::TRANSFORMATION;
            let behind = reads_from(one, copy) && standing.freshness(copy) != Freshness::Current;
            ALL.iter().copied().filter(|each| each.name == one.name || (behind && each.name == copy.name)).collect()
        }
        Wanted::All => ALL.iter().copied().filter(|each| standing.freshness(each) != Freshness::Waiting).collect(),
        Wanted::Stale => {
            let mut chosen: Vec<&'static Transformation> = Vec::new();
            for each in ALL {
                // What rests on something that is about to change would be stale right after.
                let soon = chosen.iter().any(|before| reads_from(each, before)) && standing.freshness(each) != Freshness::Waiting;
                if soon || standing.freshness(each).wants_run() {
                    chosen.push(each);
                }
            }
            chosen
        }
    };
    Ok(chosen)
}

fn reads_from(one: &Transformation, other: &Transformation) -> bool {
    one.sources().iter().any(|source| other.publishes(source))
}

/// Whether bringing things up to date once more may go better than these runs, of one request, have. What its checks refused is refused
/// again, what somebody has ended stays ended, and neither can what comes after these be begun.
pub(super) fn may_go_better(runs: &[RunDetail]) -> bool {
    let failed = runs.iter().filter(|run| run.run.state == RunState::Failed && run.checks.iter().all(|check| check.passed));
    let name = |run: &RunDetail| run.run.subject.clone().unwrap_or_default();
    let comes_after = |run: &RunDetail, other: &RunDetail| {
        let known = named(&name(run)).ok().zip(named(&name(other)).ok());
        other.run.state != RunState::Succeeded && known.is_some_and(|(one, other)| reads_from(one, other))
    };
    failed.into_iter().any(|run| !runs.iter().any(|other| comes_after(run, other)))
}

impl Platform {
    /// Queues what is wanted, as long as it is not queued or at work already.
    pub(crate) async fn request_transformations(&self, actor: &Actor, wanted: &Wanted) -> Result<Requested, Error> {
        self.request_chosen(actor, |standing| chosen(wanted, standing)).await
    }

    /// Queues the copying of what people have set, where DATA has none of it or an older revision.
    pub(super) async fn request_copy_of_settings(&self, actor: &Actor) -> Result<Requested, Error> {
        let copy = &zone_days::TRANSFORMATION;
        self.request_chosen(actor, |standing| Ok(if standing.freshness(copy).wants_run() { vec![copy] } else { Vec::new() })).await
    }

    async fn request_chosen(
        &self,
        actor: &Actor,
        choose: impl Fn(&Standing) -> Result<Vec<&'static Transformation>, Error>,
    ) -> Result<Requested, Error> {
        let fault = || unavailable("queueing transformations");
        loop {
            let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
            let revision = transaction.zone_days_revision().await.map_err(fault())?;
            let succeeded = transaction.succeeded_transformations().await.map_err(fault())?;
            transaction.commit().await.map_err(fault())?;
            let chosen = choose(&self.standing(revision).await.map_err(fault())?)?;
            if chosen.is_empty() {
                return Ok(Requested { runs: Vec::new() });
            }
            let mut transaction = self.primary().begin().await.map_err(fault())?;
            let queued = queue(&mut transaction, actor, &chosen).await.map_err(fault())?;
            // What was queued before has perhaps succeeded since it was looked how things stand, and is not done twice. What is queued
            // now keeps others from beginning the same.
            let is_out_of_date = transaction.succeeded_transformations().await.map_err(fault())? != succeeded;
            if is_out_of_date && queued.iter().any(|queued| queued.is_new) {
                continue;
            }
            transaction.commit().await.map_err(fault())?;
            self.0.queued.notify_one();
            return Ok(Requested { runs: queued.into_iter().map(|queued| (queued.transformation.name.to_owned(), queued.run)).collect() });
        }
    }
}

/// A transformation with its run that has not ended.
struct Queued {
    transformation: &'static Transformation,
    run: RunId,
    /// Whether it was not queued or at work before.
    is_new: bool,
}

/// Queues transformations, each to begin after those of them whose tables it reads.
async fn queue(
    transaction: &mut PrimaryTransaction,
    actor: &Actor,
    chosen: &[&'static Transformation],
) -> Result<Vec<Queued>, DatabaseError> {
    let mut queued: Vec<Queued> = Vec::with_capacity(chosen.len());
    for transformation in chosen {
        let before = queued.iter().filter(|before| reads_from(transformation, before.transformation));
        let after: Vec<RunId> = before.map(|before| before.run.clone()).collect();
        let new = new_id();
        let run = transaction
            .queue_transformation(&new, transformation.name, actor.user_id.as_ref(), &actor.name, actor.on_behalf_of.as_deref(), &after)
            .await?;
        let is_new = run == new;
        if is_new {
            let mut entry = actor.audit("transformation", "run", Some(run.as_str()));
            entry.after = Some(json!({"subject": transformation.name}));
            transaction.audit(entry).await?;
        }
        queued.push(Queued { transformation, run, is_new });
    }
    Ok(queued)
}
