//! Sessions: who asks.
//!
//! A session is 256 random bits in a cookie; PRIMARY keeps only their SHA-256. In front of PRIMARY stands memory, which is believed as
//! long as no change of rights is known and news of such changes come in (see [`crate::rights`]), and which loads each session once
//! however many requests wait for it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use database_connection::{DatabaseError, is_unreachable};
use database_primary::PrimaryTransaction;
use model::session::SignedIn;
use model::{Error, SessionId, UserId};
use sha2::{Digest, Sha256};
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;
use uuid::Uuid;

use crate::Platform;
use crate::caller::{Actor, Caller, Identity};
use crate::failure::{Fault, unavailable};
use crate::rights::{Loaded, Standing};
use crate::session_cache::{Entry, Session, TokenHash};

/// Bytes of a browser's name of itself that are kept; it is ASCII.
const USER_AGENT_MAX: usize = 400;
/// How long requests that were under way may show a token that has just been replaced.
const PREVIOUS_TOKEN: TimeDelta = TimeDelta::seconds(60);
/// How long a request waits for PRIMARY to say who asks.
const LOAD_WITHIN: Duration = Duration::from_secs(3);
/// How often PRIMARY is told which sessions were used.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// A session that was just made, or got another token.
#[derive(Clone)]
pub struct NewSession {
    /// The cookie's value: a secret.
    pub token: String,
    /// Whose it is.
    pub signed_in: SignedIn,
    /// Seconds until it ends.
    pub seconds: u64,
}

/// What for somebody wants to know who asks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asking {
    /// To read: then memory serves for a while when PRIMARY cannot be reached.
    pub(crate) reading: bool,
    /// A page that is merely open asks by itself how things stand: its session is not used by that, and ends in time.
    pub(crate) watching: bool,
}

/// A session could not be loaded.
#[derive(Debug, Clone)]
struct NotLoaded {
    error: Error,
    /// Whether PRIMARY could not be reached, as against not doing what was asked of it.
    is_unreachable: bool,
}

impl NotLoaded {
    fn of(error: DatabaseError) -> Self {
        Self { is_unreachable: is_unreachable(&error), error: unavailable("loading a session")(error) }
    }
}

/// What a secret in a cookie or a link is kept as.
pub(crate) fn token_hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Whether a text could be a token: 256 bits in base64.
fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// 256 random bits as text.
pub(crate) fn new_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn seconds(length: Duration) -> TimeDelta {
    TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX)
}

impl Platform {
    /// Who is signed in, if anybody, as PRIMARY or an unshaken memory has it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when that cannot be known.
    pub async fn signed_in(&self, caller: &Caller) -> Result<Option<Arc<SignedIn>>, Error> {
        self.who(caller, Asking::default()).await
    }

    /// The same for somebody who only reads: while PRIMARY cannot be reached, what it said last is believed for five minutes.
    ///
    /// # Errors
    /// As [`Platform::signed_in`].
    pub async fn signed_in_to_read(&self, caller: &Caller) -> Result<Option<Arc<SignedIn>>, Error> {
        self.who(caller, Asking { reading: true, ..Asking::default() }).await
    }

    /// How requests have learned who asks since the process began.
    pub fn session_counts(&self) -> crate::SessionCounts {
        self.session_cache().counts()
    }

    pub(crate) async fn who(&self, caller: &Caller, asking: Asking) -> Result<Option<Arc<SignedIn>>, Error> {
        // What is no token of ours needs no look.
        let Identity::Session(token) = &caller.identity else { return Ok(None) };
        if !is_token(token) {
            return Ok(None);
        }
        let entry = self.entry(token_hash(token), asking.reading).await?;
        let now = self.clock().now();
        let signed_in = entry.session.as_ref().filter(|session| session.until > now).map(|session| session.signed_in.clone());
        if let Some(session) = &signed_in
            && !asking.watching
        {
            self.session_cache().note_seen(&session.session_id, now);
        }
        Ok(signed_in)
    }

    /// What is known of a token.
    async fn entry(&self, hash: TokenHash, reading: bool) -> Result<Arc<Entry>, Error> {
        let cache = self.session_cache();
        let standing = self.rights().standing();
        if standing == Standing::Current {
            if let Some(entry) = cache.fresh.get(&hash).await {
                if self.is_believed(&entry) {
                    cache.count_hit();
                    return Ok(entry);
                }
                cache.fresh.invalidate(&hash).await;
            }
            // Everybody who waited gets the same error; it is logged once.
            match cache.fresh.try_get_with(hash, self.load_and_count(hash)).await {
                // A load that was under way during a change may have seen what was before it.
                Ok(entry) if self.is_believed(&entry) => return Ok(entry),
                Ok(_) => cache.fresh.invalidate(&hash).await,
                Err(fault) => return self.remembered_instead(hash, reading, &fault).await,
            }
        }
        if standing == Standing::Unreachable
            && let Some(entry) = self.remembered(hash, reading).await
        {
            cache.count_hit();
            return Ok(entry);
        }
        cache.count_bypass();
        match self.load(hash).await {
            Ok(entry) => Ok(entry),
            Err(fault) => self.remembered_instead(hash, reading, &fault).await,
        }
    }

    /// What is remembered of a token where PRIMARY cannot be reached. A PRIMARY that answers others knows better than memory.
    async fn remembered_instead(&self, hash: TokenHash, reading: bool, fault: &NotLoaded) -> Result<Arc<Entry>, Error> {
        // The watch has a connection of its own, so it also knows a PRIMARY that is only busy from one that is gone.
        let is_gone = fault.is_unreachable && self.rights().standing() != Standing::Lost;
        let remembered = if is_gone { self.remembered(hash, reading).await } else { None };
        remembered.ok_or_else(|| fault.error.clone())
    }

    fn is_believed(&self, entry: &Entry) -> bool {
        entry.session.as_ref().is_none_or(|session| {
            let acts = session.signed_in.impersonator.as_ref().is_none_or(|impersonator| impersonator.until > self.clock().now());
            acts && self.rights().believes(entry.loaded, &session.signed_in)
        })
    }

    /// What PRIMARY said of a token within the last minutes, for somebody who only reads, unless it is known to have changed.
    async fn remembered(&self, hash: TokenHash, reading: bool) -> Option<Arc<Entry>> {
        if !reading {
            return None;
        }
        self.session_cache().remembered.get(&hash).await.filter(|entry| entry.session.is_some() && self.is_believed(entry))
    }

    async fn load_and_count(&self, hash: TokenHash) -> Result<Arc<Entry>, NotLoaded> {
        self.session_cache().count_miss();
        self.load(hash).await
    }

    async fn load(&self, hash: TokenHash) -> Result<Arc<Entry>, NotLoaded> {
        // Boxed: every operation's future holds this one.
        match timeout(LOAD_WITHIN, Box::pin(self.load_whole(hash))).await {
            Ok(loaded) => loaded.map_err(NotLoaded::of),
            Err(_) => {
                let is_unreachable = !self.primary_gives_a_sign().await;
                let error = unavailable("loading a session")(Fault::new("PRIMARY did not answer in time"));
                Err(NotLoaded { error, is_unreachable })
            }
        }
    }

    async fn load_whole(&self, hash: TokenHash) -> Result<Arc<Entry>, DatabaseError> {
        let _turn = self.turn_to_ask().await?;
        let generation = self.rights().generation();
        let mut transaction = self.primary().begin_read_only().await?;
        let now = self.clock().now();
        let session = transaction.session(&hash, now, self.used_since(now)).await?;
        transaction.commit().await?;
        let tick = session.as_ref().map_or(i64::MAX, |session| session.tick);
        let session = session.map(|loaded| {
            let ends = loaded.signed_in.expires_at;
            let until = loaded.token_until.map_or(ends, |until| until.min(ends));
            Session { signed_in: Arc::new(loaded.signed_in), until, renew: loaded.renew }
        });
        let entry = Arc::new(Entry { session, loaded: Loaded { generation, tick } });
        let remembered = &self.session_cache().remembered;
        if entry.session.is_some() {
            remembered.insert(hash, entry.clone()).await;
        } else {
            // Made-up tokens must not push out what reading needs while PRIMARY is gone.
            remembered.invalidate(&hash).await;
        }
        Ok(entry)
    }

    /// A turn to ask PRIMARY for somebody who is not known yet.
    pub(crate) async fn turn_to_ask(&self) -> Result<SemaphorePermit<'_>, DatabaseError> {
        self.0.asking.acquire().await.map_err(|_| DatabaseError::PoolClosed)
    }

    /// Sessions that were not used since then are over.
    pub(crate) fn used_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - seconds(self.configuration().session_idle)
    }

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

    /// The caller as somebody who looks after the own account: nobody who acts as another, and no command.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Conflict`] while somebody acts as another user, [`Error::Unavailable`].
    pub(crate) async fn myself(&self, caller: &Caller) -> Result<(Actor, Arc<SignedIn>), Error> {
        let signed_in = self.signed_in(caller).await?.ok_or(Error::Unauthenticated)?;
        if signed_in.impersonator.is_some() {
            return Err(Error::conflict(format!(
                "You look at the platform as {}. Stop that first: an account belongs to its user alone.",
                signed_in.email
            )));
        }
        Ok((Actor::of(&signed_in, caller), signed_in))
    }

    /// Tells PRIMARY every minute which sessions were used, and the log how requests learned who asks.
    pub(crate) async fn note_sessions(self) {
        let mut turns = self.turns(NOTED_EVERY);
        while turns.next().await {
            self.write_down_sessions().await;
            self.log_session_counts();
        }
        self.write_down_sessions().await;
    }

    /// Tells PRIMARY which sessions were used since the last time.
    pub(crate) async fn write_down_sessions(&self) {
        let seen = self.session_cache().take_seen();
        if seen.is_empty() {
            return;
        }
        let written = async {
            let mut transaction = self.primary().begin().await?;
            // Many sessions at once: see `end_session_of`.
            transaction.lock_rights().await?;
            transaction.note_seen(&seen).await?;
            transaction.commit().await
        };
        if let Err(error) = written.await {
            Self::log_fault_of_sessions(&error);
            for (session, at) in seen {
                self.session_cache().note_seen(&session, at);
            }
        }
    }

    /// Removes sessions and links that are over.
    pub(crate) async fn remove_ended_sessions(&self) -> Result<(), DatabaseError> {
        let now = self.clock().now();
        let mut transaction = self.primary().begin().await?;
        transaction.lock_rights().await?;
        transaction.remove_ended_sessions(now, self.used_since(now)).await?;
        transaction.commit().await
    }
}
