//! Rows that tell of no change: somebody was refused, or took something away as a file.

use std::time::Duration;

use database_connection::DatabaseError;
use model::{Error, Permission, UserId};
use moka::future::Cache;
use serde_json::Value;

use crate::Platform;
use crate::caller::{Actor, Caller};
use crate::failure::{self, unavailable};

/// A page that asks again and again for what its reader may not see makes one row in this time.
const DENIAL_EVERY: Duration = Duration::from_secs(60);
/// Denials that are remembered at most.
const DENIALS_MAX: u64 = 10_000;

/// The denials that were recorded a short while ago.
#[derive(Debug)]
pub(crate) struct Denials(Cache<(UserId, Permission), ()>);

impl Default for Denials {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(DENIALS_MAX).time_to_live(DENIAL_EVERY).build())
    }
}

impl Platform {
    /// Records that a user was refused something, at most once a minute for the same permission. Nobody waits for it, and where it cannot be
    /// recorded the log says so: the refusal stands either way.
    pub(crate) fn record_denial(&self, actor: &Actor, permission: Permission) {
        let Some(user_id) = actor.user_id.clone() else { return };
        let (platform, actor) = (self.clone(), actor.clone());
        self.0.tasks.spawn(async move {
            let denials = &platform.0.denials.0;
            let key = (user_id, permission);
            // `or_insert_with`, of which one of several at once is the first; `or_insert` looks first and then writes.
            if !denials.entry(key.clone()).or_insert_with(async {}).await.is_fresh() {
                return;
            }
            if let Err(error) = platform.write_denial(&actor, permission).await {
                denials.invalidate(&key).await;
                failure::log("recording that something was refused", &error);
            }
        });
    }

    /// The same for a page that was refused before anything was asked of the platform.
    pub fn record_refusal(&self, caller: &Caller, permission: Permission) {
        let (platform, caller) = (self.clone(), caller.clone());
        self.0.tasks.spawn(async move {
            if let Ok(Some(session)) = platform.signed_in_to_read(&caller).await {
                platform.record_denial(&Actor::of(&session, &caller), permission);
            }
        });
    }

    async fn write_denial(&self, actor: &Actor, permission: Permission) -> Result<(), DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        transaction.audit(actor.audit("permission-denied", "permission", Some(permission.name()))).await?;
        transaction.commit().await
    }

    /// Records that somebody takes something away as a file, before the first byte of it goes out: what cannot be recorded is not handed out.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub(crate) async fn record_download(&self, actor: &Actor, resource: &str, id: Option<&str>, what: Option<Value>) -> Result<(), Error> {
        let fault = || unavailable("recording a download");
        let mut entry = actor.audit("download", resource, id);
        entry.after = what;
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())
    }
}
