//! The audit: its seals, how long it is kept, looking through it, and the rows that tell of looking and of being refused.

mod hashing;
mod reading;
mod retention;
mod sealing;
mod traces;
mod verifying;

use std::time::Duration;

pub(crate) use traces::Denials;

use crate::Platform;
use crate::failure;

/// How often rows are sealed: well within a minute after they were written.
const SEALING_PERIOD: Duration = Duration::from_secs(20);
/// Of so many turns of sealing, one also removes what is old: once an hour.
const TURNS_PER_REMOVAL: u32 = 180;

impl Platform {
    /// Seals the audit and removes what has been kept for long enough, until the platform stops.
    pub(crate) async fn look_after_audit(self) {
        let mut turns = self.turns(SEALING_PERIOD);
        let mut turn = 0;
        while turns.next().await {
            if let Err(error) = self.try_seal_audit().await {
                failure::log("sealing the audit", &error);
            }
            if turn % TURNS_PER_REMOVAL == 0
                && let Err(error) = self.try_remove_old_audit().await
            {
                failure::log("removing old rows of the audit", &error);
            }
            turn = (turn + 1) % TURNS_PER_REMOVAL;
        }
    }
}
