//! Sessions: who asks.
//!
//! A session is 256 random bits in a cookie; PRIMARY keeps only their SHA-256. In front of PRIMARY stands memory, which is believed as
//! long as no change of rights is known and news of such changes come in (see [`crate::rights`]), and which loads each session once
//! however many requests wait for it.

mod tokens;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use database_connection::{DatabaseError, is_unreachable};
use model::Error;
use model::session::SignedIn;
use sha2::{Digest, Sha256};
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use crate::Platform;
use crate::caller::{Actor, Caller, Identity};
use crate::failure::{Fault, unavailable};
use crate::rights::{Loaded, Standing};
use crate::session_cache::{Entry, Session, TokenHash};

pub(crate) use tokens::new_token;

/// How long a request waits for PRIMARY to say who asks.
const LOAD_WITHIN: Duration = Duration::from_secs(3);
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
}
