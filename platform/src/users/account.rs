//! One's own account.

use model::user_view::Account;
use model::{Error, SessionId};
use serde_json::json;

use crate::caller::Caller;
use crate::failure::unavailable;
use crate::session::NewSession;
use crate::sign_in::Code;
use crate::{Platform, password};

impl Platform {
    /// One's own account, with where one is signed in.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Conflict`] while somebody acts as another user, [`Error::Unavailable`].
    pub async fn account(&self, caller: &Caller) -> Result<Account, Error> {
        let fault = || unavailable("looking at an account");
        let (_, me) = self.myself(caller).await?;
        let now = self.clock().now();
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let record = transaction.user(&me.user_id).await.map_err(fault())?.ok_or(Error::Unauthenticated)?;
        let rights = transaction.rights_of(&me.user_id).await.map_err(fault())?;
        let sessions = transaction.sessions_of(&me.user_id, Some(&me.session_id), now, self.used_since(now)).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(Account {
            email: record.row.email,
            name: record.row.name,
            roles: record.row.roles.into_iter().map(|role| role.name).collect(),
            permissions: rights.permissions,
            password_set_at: record.password_set_at,
            sessions,
        })
    }

    /// Sets another password. Every other session ends, and this one gets another token.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the field `present` where that is not the password, for `password` where the new one breaks a rule;
    /// [`Error::RateLimited`] after too many wrong ones.
    pub async fn change_password(&self, caller: &Caller, present: &str, new: &str) -> Result<NewSession, Error> {
        let fault = || unavailable("changing a password");
        let (actor, me) = self.myself(caller).await?;
        let wrong = |error: Error| match error.of_field("password") {
            Some(_) => Error::invalid("present", "This is not your present password."),
            None => error,
        };
        password::check(new, password::Personal { email: &me.email, name: &me.name })?;
        if new == present {
            return Err(Error::invalid("password", "This is your present password. Choose another."));
        }
        let proof = self.prove(&me.email, present, Code::Unasked, &caller.origin).await.map_err(wrong)?;
        // An address that went to another user since the session was loaded.
        if proof.user_id != me.user_id {
            return Err(Error::Unauthenticated);
        }
        let proven = self.accept(&proof, &caller.origin).await.map_err(wrong)?;
        proven.commit().await.map_err(fault())?;
        let hash = password::hash(new.to_owned()).await.map_err(unavailable("hashing a password"))?;

        let (mut change, now) = (self.change_rights().await?, self.clock().now());
        change.transaction.set_password(&me.user_id, &hash, now).await.map_err(fault())?;
        change.transaction.remove_link(&me.user_id).await.map_err(fault())?;
        change.transaction.end_sessions(&me.user_id, None, Some(&me.session_id)).await.map_err(fault())?;
        change.transaction.audit(actor.audit("set-password", "user", Some(me.user_id.as_str()))).await.map_err(fault())?;
        let session = self.change_token(&mut change.transaction, &me.session_id).await?;
        change.announce(Some(&me.user_id)).await?;
        change.commit().await?;
        Ok(session)
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such session any more.
    pub async fn end_own_session(&self, caller: &Caller, session: &SessionId) -> Result<(), Error> {
        self.end_own(caller, Some(session)).await
    }

    /// Ends all of one's own sessions but the one that asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Conflict`] while somebody acts as another user, [`Error::Unavailable`].
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<(), Error> {
        self.end_own(caller, None).await
    }

    async fn end_own(&self, caller: &Caller, only: Option<&SessionId>) -> Result<(), Error> {
        let fault = || unavailable("ending sessions");
        let none = || Error::not_found("such session any more");
        let (actor, me) = self.myself(caller).await?;
        if only.is_some_and(|session| session.as_str().contains('\0')) {
            return Err(none());
        }
        let mut change = self.change_rights().await?;
        let spared = if only.is_some() { None } else { Some(&me.session_id) };
        let ended = change.transaction.end_sessions(&me.user_id, only, spared).await.map_err(fault())?;
        if ended.is_empty() && only.is_some() {
            return Err(none());
        }
        let mut entry = actor.audit("end-sessions", "user", Some(me.user_id.as_str()));
        entry.before = Some(json!({"sessions": ended}));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.announce(Some(&me.user_id)).await?;
        change.commit().await
    }
}
