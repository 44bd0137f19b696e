//! The queue: a server claims queued runs as it has hands for them, one of a kind at a time.

use std::time::Duration;

use database_connection::DatabaseError;
use database_primary::Claimed;
use model::audit::Origin;
use model::run::{Operation, RunState};
use model::{Error, RunId};

use crate::Platform;
use crate::caller::Actor;
use crate::failure::{self, unavailable};
use crate::imports;
use crate::runs::Begun;
use crate::transformations;

/// How often a server looks for runs that another process has queued.
const PERIOD: Duration = Duration::from_secs(1);
/// How often a command looks how its run stands that a server has taken.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Platform {
    /// Works the queue off until the platform stops.
    pub(crate) async fn work_queue_off(self) {
        let mut turn = tokio::time::interval(PERIOD);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = turn.tick() => {}
                () = self.0.queued.notified() => {}
                () = self.0.stopping.cancelled() => return,
            }
            if let Err(error) = self.claim_what_fits().await {
                failure::log("taking runs from the queue", &error);
            }
        }
    }

    /// Claims runs as long as there is somebody to do them.
    async fn claim_what_fits(&self) -> Result<(), DatabaseError> {
        loop {
            // Nothing is claimed that would only wait here: another server may have hands free.
            let Ok(hand) = self.0.work.clone().try_acquire_owned() else { return Ok(()) };
            let Some(claimed) = self.claim(None).await? else { return Ok(()) };
            let platform = self.clone();
            self.0.tasks.spawn(async move {
                let _hand = hand;
                platform.work_on(claimed).await;
            });
        }
    }

    async fn claim(&self, only: Option<&RunId>) -> Result<Option<Claimed>, DatabaseError> {
        // Most of the time there is nothing; the statement then takes no lock.
        let mut transaction = self.primary().begin().await?;
        let claimed = transaction.claim_queued(self.lease(), only).await?;
        transaction.commit().await?;
        Ok(claimed)
    }

    /// Does a claimed run's work to its end.
    async fn work_on(&self, claimed: Claimed) {
        let begun = Begun {
            actor: Actor {
                user_id: claimed.user_id.clone(),
                name: claimed.actor.clone(),
                on_behalf_of: claimed.on_behalf_of.clone(),
                origin: Origin::default(),
            },
            id: claimed.id.clone(),
            operation: claimed.operation,
            undoes: claimed.undoes.clone(),
            resumable: true,
        };
        match claimed.operation {
            Operation::Undo => self.execute_run(begun, |work| imports::undo::work(work, claimed)).await,
            Operation::Transformation => self.execute_run(begun, |work| transformations::work(work, claimed)).await,
            Operation::Import | Operation::Export => self.execute_run(begun, |work| imports::work::work(work, claimed)).await,
        }
    }

    /// Works on a queued run in this process, unless a server is quicker, until it has ended or waits for somebody's word. It was
    /// authorized when it was queued.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn work_off(&self, id: &RunId) -> Result<(), Error> {
        let fault = || unavailable("working on a run");
        loop {
            if let Some(claimed) = self.claim(Some(id)).await.map_err(fault())? {
                self.work_on(claimed).await;
            }
            let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
            let state = transaction.run_state(id).await.map_err(fault())?;
            transaction.commit().await.map_err(fault())?;
            match state {
                Some(RunState::Queued | RunState::Running) if !self.0.stopping.is_cancelled() => tokio::time::sleep(LOOK_AGAIN).await,
                _ => return Ok(()),
            }
        }
    }
}
