//! A change of rights: one at a time, never without an administrator afterwards, and told to every server.

use database_primary::PrimaryTransaction;
use model::{Error, Permission, UserId};

use super::Change;
use crate::Platform;
use crate::authorization::{Authorized, Permit};
use crate::caller::Actor;
use crate::failure::unavailable;

/// What somebody may do who changes rights: nobody gives, or acts on somebody who has, more.
#[derive(Debug)]
pub(crate) struct Reach {
    platform: Platform,
    /// None where nobody's rights limit the change.
    actor: Option<Actor>,
    held: Vec<Permission>,
}

impl Reach {
    /// One of these permissions that is beyond it, if there is one. What is refused for it is recorded as a denial.
    pub(crate) fn beyond<'a>(&self, permissions: impl IntoIterator<Item = &'a Permission>) -> Option<Permission> {
        let beyond = permissions.into_iter().copied().find(|permission| !self.held.contains(permission));
        if let (Some(permission), Some(actor)) = (beyond, &self.actor) {
            self.platform.record_denial(actor, permission);
        }
        beyond
    }
}

/// The transaction of a change of rights. Nobody else changes rights before it ends.
pub(crate) struct RightsChange {
    pub(crate) transaction: PrimaryTransaction,
    pub(crate) reach: Reach,
    administrators: i64,
    announced: Vec<Change>,
}

impl<P: Permit> Authorized<P> {
    /// What the actor may do, as far as it was known when the request was authorized.
    pub(crate) fn reach(&self) -> Reach {
        Reach { platform: self.platform.clone(), actor: Some(self.actor.clone()), held: self.permissions.clone() }
    }

    /// Begins a change of rights. Whether the actor may is asked once more: of PRIMARY, where nobody can change it meanwhile.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the actor may not any more, [`Error::Unavailable`].
    pub(crate) async fn change_rights(&self) -> Result<RightsChange, Error> {
        let fault = || unavailable("changing rights");
        let mut change = self.platform.change_rights().await?;
        if let Some(user) = &self.actor.user_id {
            let known = change.transaction.user(user).await.map_err(fault())?;
            if known.is_none_or(|known| known.row.disabled_at.is_some()) {
                return Err(Error::Unauthenticated);
            }
            let held = change.transaction.rights_of(user).await.map_err(fault())?.permissions;
            if !P::is_held(&held) {
                self.platform.record_denial(&self.actor, P::PERMISSION);
                return Err(Error::Forbidden { permission: P::PERMISSION });
            }
            change.reach = Reach { held, ..self.reach() };
        }
        Ok(change)
    }
}

impl Platform {
    /// Begins a change of rights that nobody's rights limit.
    pub(crate) async fn change_rights(&self) -> Result<RightsChange, Error> {
        let fault = || unavailable("changing rights");
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.lock_rights().await.map_err(fault())?;
        let administrators = transaction.administrators().await.map_err(fault())?;
        let reach = Reach { platform: self.clone(), actor: None, held: Permission::ALL.to_vec() };
        Ok(RightsChange { transaction, reach, administrators, announced: Vec::new() })
    }
}

impl RightsChange {
    /// Refuses to act on a user who may do more than the actor.
    ///
    /// # Errors
    /// [`Error::Conflict`] that names what the actor lacks, [`Error::Unavailable`].
    pub(crate) async fn demand_reach(&mut self, user: &UserId) -> Result<(), Error> {
        let rights = self.transaction.rights_of(user).await.map_err(unavailable("looking at rights"))?;
        match self.reach.beyond(&rights.permissions) {
            None => Ok(()),
            Some(first) => Err(Error::conflict(format!(
                "This user may do more than you ({first}, for example), so you cannot change anything about the account. Ask an administrator."
            ))),
        }
    }

    /// Has every server look these rights up anew, and the sessions get other tokens: rights are not what they were.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn unsettle(&mut self, user: Option<&UserId>) -> Result<(), Error> {
        self.transaction.unsettle_sessions(user).await.map_err(unavailable("changing rights"))?;
        self.announce(user).await
    }

    /// Has every server look this user's sessions, or everybody's, up anew.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn announce(&mut self, user: Option<&UserId>) -> Result<(), Error> {
        let tick = self.transaction.announce(user).await.map_err(unavailable("changing rights"))?;
        self.announced.push((tick, user.cloned()));
        Ok(())
    }

    /// Makes the change.
    ///
    /// # Errors
    /// [`Error::Conflict`] where nobody would be left who may do everything, [`Error::Unavailable`]; nothing has changed then.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        let fault = || unavailable("changing rights");
        if self.administrators > 0 && self.transaction.administrators().await.map_err(fault())? == 0 {
            return Err(Error::conflict("Nobody would be left who may do everything. Make somebody else an administrator first."));
        }
        self.transaction.commit().await.map_err(fault())?;
        self.reach.platform.rights().hear(&self.announced);
        Ok(())
    }
}
