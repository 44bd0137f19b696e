//! What servers have done unasked: everything that is stale is brought up to date every day, and what people have set is copied when a
//! server starts, so that nobody has to run anything by hand on a new installation.

use std::time::Duration;

use model::run::{Operation, RunDetail, RunState};
use model::transformation::{Requested, Wanted};
use model::{Error, RunId};

use super::plan::may_go_better;
use crate::Platform;
use crate::failure::{self, unavailable};
use crate::schedule::{Ended, pause_after, scheduler};

/// How often it is looked whether runs have ended.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl Platform {
    /// Brings up to date what is stale, and waits for how that ends.
    pub(crate) async fn bring_up_to_date(&self) -> Result<Ended, Error> {
        let requested = self.request_transformations(&scheduler(), &Wanted::Stale).await?;
        tracing::info!(runs = requested.runs.len(), "bringing up to date what is stale has begun");
        self.end_of(&requested).await
    }

    /// Has what people have set copied where DATA has none of it or an older revision, and tries that again where it fails.
    pub(crate) async fn copy_settings(self) {
        for number in 1.. {
            match self.copy_settings_once().await {
                Ok(Ended::Done | Ended::BrokenOff) => return,
                Ok(Ended::Failed) => {}
                Err(error) => _ = failure::log("copying what people have set", &error),
            }
            tokio::select! {
                () = tokio::time::sleep(pause_after(number).to_std().unwrap_or_default()) => {}
                () = self.0.stopping.cancelled() => return,
            }
        }
    }

    async fn copy_settings_once(&self) -> Result<Ended, Error> {
        let requested = self.request_copy_of_settings(&scheduler()).await?;
        self.end_of(&requested).await
    }

    /// Waits for the ends of runs.
    async fn end_of(&self, requested: &Requested) -> Result<Ended, Error> {
        let mut ended: Vec<RunDetail> = Vec::with_capacity(requested.runs.len());
        for (_, run) in &requested.runs {
            if !self.has_ended(run).await? {
                return Ok(Ended::BrokenOff);
            }
            ended.push(self.load_run(run, Operation::Transformation).await?);
        }
        Ok(if may_go_better(&ended) { Ended::Failed } else { Ended::Done })
    }

    /// Waits until a run has ended; `false` when the platform stops first.
    async fn has_ended(&self, run: &RunId) -> Result<bool, Error> {
        let fault = || unavailable("looking how a run stands");
        let mut turns = self.turns(LOOK_AGAIN);
        while turns.next().await {
            let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
            let state = transaction.run_state(run).await.map_err(fault())?;
            transaction.commit().await.map_err(fault())?;
            if state.is_none_or(RunState::is_final) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
