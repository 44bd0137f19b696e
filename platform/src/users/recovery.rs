//! Getting back in: links with which a user sets a password, once, and lifting what holds signing in up.

use chrono::{DateTime, TimeDelta, Utc};
use model::user_view::{LinkHolder, PasswordLink};
use model::{Error, UserId};

use super::{LINK_HOURS, known};
use crate::authorization::{Authorized, Permit, permit};
use crate::caller::{Actor, Caller};
use crate::failure::unavailable;
use crate::rights::RightsChange;
use crate::session::{new_token, token_hash};
use crate::{Platform, password};

/// How long nothing but an account's own failures counts once it has been unlocked.
const UNLOCKED: TimeDelta = TimeDelta::minutes(15);

impl<P: Permit> Authorized<P> {
    /// Keeps a new link in the place of the user's former one.
    pub(super) async fn keep_link(&self, change: &mut RightsChange, id: &UserId, now: DateTime<Utc>) -> Result<PasswordLink, Error> {
        let fault = || unavailable("making a link");
        let (token, expires_at) = (new_token(), now + LINK_HOURS);
        change.transaction.keep_link(id, &token_hash(&token), &self.actor.name, now, expires_at).await.map_err(fault())?;
        let entry = self.actor.audit("password-link", "user", Some(id.as_str()));
        change.transaction.audit(entry).await.map_err(fault())?;
        Ok(PasswordLink { user_id: id.clone(), path: format!("/set-password?token={token}"), expires_at })
    }
}

impl Authorized<permit::UsersRecover> {
    /// Makes a link with which the user sets a password, once and within a day. The present password works until then.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] for a disabled user or one who may do more than the actor.
    pub async fn password_link(&self, id: &UserId) -> Result<PasswordLink, Error> {
        let mut change = self.change_rights().await?;
        let record = known(&mut change, id).await?;
        change.demand_reach(id).await?;
        if record.row.disabled_at.is_some() {
            return Err(Error::conflict(format!("{} is disabled. Enable the account first.", record.row.email)));
        }
        let link = self.keep_link(&mut change, id, self.platform.clock().now()).await?;
        change.commit().await?;
        Ok(link)
    }

    /// Lets the user sign in at once, however many wrong passwords there were, and for a quarter of an hour whatever strangers do.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] for a user who may do more than the actor.
    pub async fn unlock(&self, id: &UserId) -> Result<(), Error> {
        let fault = || unavailable("lifting a lock");
        let mut change = self.change_rights().await?;
        let record = known(&mut change, id).await?;
        change.demand_reach(id).await?;
        let until = self.platform.clock().now() + UNLOCKED;
        change.transaction.unlock(&record.row.email, until).await.map_err(fault())?;
        let entry = self.actor.audit("unlock", "user", Some(id.as_str()));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.commit().await
    }
}

impl Platform {
    /// Whose password a link sets.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link that was used, is over, or never was.
    pub async fn link_holder(&self, token: &str) -> Result<LinkHolder, Error> {
        let fault = || unavailable("looking at a link");
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let link = transaction.link(&token_hash(token), self.clock().now()).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        link.map(|link| LinkHolder { email: link.email, name: link.name, expires_at: link.expires_at }).ok_or_else(no_link)
    }

    /// Sets the password of the user whose link this is. The link is used up, and every session of the user ends. Of two who use it
    /// at once, one does.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`Platform::link_holder`], [`Error::Invalid`] for a password that breaks a rule: the link works on then.
    pub async fn set_password_by_link(&self, caller: &Caller, token: &str, new: &str) -> Result<(), Error> {
        let fault = || unavailable("setting a password");
        let holder = self.link_holder(token).await?;
        password::check(new, password::Personal { email: &holder.email, name: &holder.name })?;
        let hash = password::hash(new.to_owned()).await.map_err(unavailable("hashing a password"))?;
        let (mut change, now) = (self.change_rights().await?, self.clock().now());
        let link = change.transaction.link(&token_hash(token), now).await.map_err(fault())?.ok_or_else(no_link)?;
        change.transaction.remove_link(&link.user_id).await.map_err(fault())?;
        change.transaction.set_password(&link.user_id, &hash, now).await.map_err(fault())?;
        change.transaction.end_sessions(&link.user_id, None, None).await.map_err(fault())?;
        change.transaction.unlock(&link.email, now + UNLOCKED).await.map_err(fault())?;
        let id = link.user_id;
        let actor = Actor { user_id: Some(id.clone()), name: link.email, on_behalf_of: None, origin: caller.origin.clone() };
        change.transaction.audit(actor.audit("set-password", "user", Some(id.as_str()))).await.map_err(fault())?;
        change.announce(Some(&id)).await?;
        change.commit().await
    }
}

fn no_link() -> Error {
    Error::not_found("such link: it was used already, is over, or another has taken its place. Ask an administrator for a new one")
}
