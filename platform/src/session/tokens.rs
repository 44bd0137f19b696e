//! What opens a session: a token, given at sign-in, replaced when rights change, and worthless after sign-out.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use database_connection::DatabaseError;
use database_primary::PrimaryTransaction;
use model::{Error, SessionId, UserId};
use uuid::Uuid;

use super::{NewSession, seconds, token_hash};
use crate::Platform;
use crate::caller::{Actor, Caller, Identity};
use crate::failure::unavailable;
use crate::session_cache::TokenHash;

/// Bytes of a browser's name of itself that are kept; it is ASCII.
const USER_AGENT_MAX: usize = 400;
/// How long requests that were under way may show a token that has just been replaced.
const PREVIOUS_TOKEN: TimeDelta = TimeDelta::seconds(60);

/// 256 random bits as text.
pub(crate) fn new_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

impl Platform {
    /// Makes a session for a user who has just proved to be one, and ends the one that the browser had: whoever knew its token, or had
    /// planted it, has nothing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub(crate) async fn open_session(
        &self,
        transaction: &mut PrimaryTransaction,
        user_id: &UserId,
        caller: &Caller,
    ) -> Result<NewSession, Error> {
        let fault = || unavailable("opening a session");
        if let Identity::Session(token) = &caller.identity
            && let Some((session, former, email)) = transaction.delete_session(&token_hash(token)).await.map_err(fault())?
        {
            let actor = Actor { user_id: Some(former.clone()), name: email, on_behalf_of: None, origin: caller.origin.clone() };
            transaction.audit(actor.audit("sign-out", "session", Some(session.as_str()))).await.map_err(fault())?;
            transaction.announce(Some(&former)).await.map_err(fault())?;
        }
        let (token, now) = (new_token(), self.clock().now());
        let (hash, length) = (token_hash(&token), self.configuration().session_length);
        let id = SessionId::new(Uuid::now_v7().to_string());
        let session = database_primary::NewSession {
            id: &id,
            token_hash: &hash,
            user_id,
            created_at: now,
            expires_at: now + seconds(length),
            address: caller.origin.address.as_deref(),
            user_agent: caller.origin.user_agent.as_deref().map(|text| text.get(..USER_AGENT_MAX).unwrap_or(text)),
        };
        transaction.create_session(session).await.map_err(fault())?;
        self.new_session(transaction, token, now).await.map_err(fault())?.ok_or(Error::Unauthenticated)
    }

    async fn new_session(
        &self,
        transaction: &mut PrimaryTransaction,
        token: String,
        now: DateTime<Utc>,
    ) -> Result<Option<NewSession>, DatabaseError> {
        let loaded = transaction.session(&token_hash(&token), now, self.used_since(now)).await?;
        Ok(loaded.map(|loaded| {
            let left = (loaded.signed_in.expires_at - now).num_seconds();
            NewSession { token, signed_in: loaded.signed_in, seconds: u64::try_from(left).unwrap_or(0) }
        }))
    }

    /// Gives a session another token. The former opens nothing any more: who changes a password because of a stolen cookie is rid of it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] where the session is gone, [`Error::Unavailable`] when PRIMARY does not answer.
    pub(crate) async fn change_token(&self, transaction: &mut PrimaryTransaction, session: &SessionId) -> Result<NewSession, Error> {
        let fault = || unavailable("renewing a session");
        let (token, now) = (new_token(), self.clock().now());
        let renewed = transaction.replace_token(session, &token_hash(&token)).await.map_err(fault())?;
        let session = if renewed { self.new_session(transaction, token, now).await.map_err(fault())? } else { None };
        session.ok_or(Error::Unauthenticated)
    }

    /// Gives the caller's session another token where that is due, because rights have changed. Of requests that ask at once, one is
    /// answered; the others go on with the old token, which works for another moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer; the session goes on as it is.
    pub async fn renew_session(&self, caller: &Caller) -> Result<Option<NewSession>, Error> {
        let Identity::Session(old) = &caller.identity else { return Ok(None) };
        let old = token_hash(old);
        let entry = self.entry(old, true).await?;
        if !entry.session.as_ref().is_some_and(|session| session.renew) {
            return Ok(None);
        }
        let renewed = self.renew_where_due(&old).await.map_err(unavailable("renewing a session"))?;
        self.session_cache().fresh.invalidate(&old).await;
        Ok(renewed)
    }

    async fn renew_where_due(&self, old: &TokenHash) -> Result<Option<NewSession>, DatabaseError> {
        let (token, now) = (new_token(), self.clock().now());
        let mut transaction = self.primary().begin().await?;
        transaction.lock_rights().await?;
        let renewed = transaction.renew_session(old, &token_hash(&token), now + PREVIOUS_TOKEN).await?;
        let session = if renewed { self.new_session(&mut transaction, token, now).await? } else { None };
        let Some(session) = session else { return Ok(None) };
        // Every server looks the old token up anew, and learns when it stops working.
        let user = session.signed_in.impersonator.as_ref().map_or(&session.signed_in.user_id, |real| &real.user_id);
        let tick = transaction.announce(Some(user)).await?;
        transaction.commit().await?;
        self.rights().hear(&[(tick, Some(user.clone()))]);
        Ok(Some(session))
    }

    /// Ends the caller's session, if there is one.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer; the session goes on then.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        let Identity::Session(token) = &caller.identity else { return Ok(()) };
        self.end_session_of(&token_hash(token), caller).await.map_err(unavailable("signing out"))
    }

    async fn end_session_of(&self, hash: &TokenHash, caller: &Caller) -> Result<(), DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        // Before any session is touched, as everybody who changes rights does: in another order, two could wait for each other.
        transaction.lock_rights().await?;
        let Some((session, user_id, email)) = transaction.delete_session(hash).await? else { return Ok(()) };
        let tick = transaction.announce(Some(&user_id)).await?;
        let actor = Actor { user_id: Some(user_id.clone()), name: email, on_behalf_of: None, origin: caller.origin.clone() };
        transaction.audit(actor.audit("sign-out", "session", Some(session.as_str()))).await?;
        transaction.commit().await?;
        self.rights().hear(&[(tick, Some(user_id))]);
        Ok(())
    }
}
