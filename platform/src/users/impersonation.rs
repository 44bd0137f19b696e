//! Looking at the platform as another user, for support: for a while, within one's own rights, and in the records under both names.

use chrono::TimeDelta;
use model::{Error, UserId};
use serde_json::json;

use super::known;
use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::caller::{Actor, Caller, Identity};
use crate::failure::unavailable;
use crate::session::NewSession;

/// How long it lasts at most.
const LASTS: TimeDelta = TimeDelta::minutes(30);

impl Authorized<permit::UsersImpersonate> {
    /// Has the caller's session look as this user for 30 minutes. It gets another token, as at every change of what a session opens.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] for oneself, a disabled user, or one who may do more than the actor.
    pub async fn impersonate(&self, caller: &Caller, id: &UserId) -> Result<NewSession, Error> {
        let fault = || unavailable("looking as another user");
        let (Some(own), Identity::Session(_)) = (&self.actor.user_id, &caller.identity) else {
            return Err(Error::conflict("Only somebody who is signed in can look as another user."));
        };
        let me = self.platform.signed_in(caller).await?.ok_or(Error::Unauthenticated)?;
        if own == id {
            return Err(Error::conflict("You are this user already."));
        }
        let mut change = self.change_rights().await?;
        let record = known(&mut change, id).await?;
        change.demand_reach(id).await?;
        if record.row.disabled_at.is_some() {
            return Err(Error::conflict(format!("{} is disabled: there is nothing to look at.", record.row.email)));
        }
        let until = self.platform.clock().now() + LASTS;
        change.transaction.act_as(&me.session_id, Some((id, until))).await.map_err(fault())?;
        let session = self.platform.change_token(&mut change.transaction, &me.session_id).await?;
        let mut entry = self.actor.audit("impersonate", "user", Some(id.as_str()));
        entry.on_behalf_of = Some(&record.row.email);
        entry.after = Some(json!({"until": until}));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.announce(Some(own)).await?;
        change.commit().await?;
        Ok(session)
    }
}

impl Platform {
    /// Ends looking as another user.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Conflict`] where nobody does so, [`Error::Unavailable`].
    pub async fn stop_impersonating(&self, caller: &Caller) -> Result<NewSession, Error> {
        let fault = || unavailable("looking as oneself again");
        let session = self.signed_in(caller).await?.ok_or(Error::Unauthenticated)?;
        let Some(impersonator) = &session.impersonator else {
            return Err(Error::conflict("You do not look as another user (any more)."));
        };
        let actor = Actor::of(&session, caller);
        let mut change = self.change_rights().await?;
        change.transaction.act_as(&session.session_id, None).await.map_err(fault())?;
        let renewed = self.change_token(&mut change.transaction, &session.session_id).await?;
        let entry = actor.audit("impersonate-end", "user", Some(session.user_id.as_str()));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.announce(Some(&impersonator.user_id)).await?;
        change.commit().await?;
        Ok(renewed)
    }
}
