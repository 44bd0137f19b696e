//! Which transformations are to run, and in which order.

use model::Error;
use model::RunId;
use model::transformation::{Freshness, Requested, Wanted};
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

impl Platform {
    /// Queues what is wanted, as long as it is not queued or at work already.
    pub(crate) async fn request_transformations(&self, actor: &Actor, wanted: &Wanted) -> Result<Requested, Error> {
        let fault = || unavailable("queueing transformations");
        let standing = self.standing_now().await.map_err(fault())?;
        let chosen = chosen(wanted, &standing)?;
        let mut runs: Vec<(&'static Transformation, RunId)> = Vec::with_capacity(chosen.len());
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        for transformation in chosen {
            let after: Vec<RunId> =
                runs.iter().filter(|(before, _)| reads_from(transformation, before)).map(|(_, run)| run.clone()).collect();
            let new = new_id();
            let run = transaction
                .queue_transformation(&new, transformation.name, actor.user_id.as_ref(), &actor.name, &after)
                .await
                .map_err(fault())?;
            if run == new {
                let mut entry = actor.audit("transformation", "run", Some(run.as_str()));
                entry.after = Some(json!({"subject": transformation.name}));
                transaction.audit(entry).await.map_err(fault())?;
            }
            runs.push((transformation, run));
        }
        transaction.commit().await.map_err(fault())?;
        self.0.queued.notify_one();
        Ok(Requested { runs: runs.into_iter().map(|(transformation, run)| (transformation.name.to_owned(), run)).collect() })
    }
}
