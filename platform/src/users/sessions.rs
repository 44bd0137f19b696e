//! Signing users out.

use model::{Error, SessionId, UserId};
use serde_json::json;

use super::known;
use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;

impl Authorized<permit::SessionsRevoke> {
    /// Ends one session of a user.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such user or session, [`Error::Conflict`] for a user who may do more than the actor.
    pub async fn end_session(&self, user: &UserId, session: &SessionId) -> Result<(), Error> {
        self.end(user, Some(session)).await
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// As [`Authorized::end_session`].
    pub async fn end_sessions(&self, user: &UserId) -> Result<(), Error> {
        self.end(user, None).await
    }

    async fn end(&self, user: &UserId, only: Option<&SessionId>) -> Result<(), Error> {
        let fault = || unavailable("ending sessions");
        let none = || Error::not_found("such session any more");
        if only.is_some_and(|session| session.as_str().contains('\0')) {
            return Err(none());
        }
        let mut change = self.change_rights().await?;
        known(&mut change, user).await?;
        change.demand_reach(user).await?;
        let ended = change.transaction.end_sessions(user, only, None).await.map_err(fault())?;
        if ended.is_empty() && only.is_some() {
            return Err(none());
        }
        let mut entry = self.actor.audit("end-sessions", "user", Some(user.as_str()));
        entry.before = Some(json!({"sessions": ended}));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.announce(Some(user)).await?;
        change.commit().await
    }
}
