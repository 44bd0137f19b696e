//! Sign-in, sessions and sign-out.
//!
//! A session is 256 random bits in a cookie; PRIMARY keeps only their SHA-256. In front of PRIMARY stands
//! a cache that answers for a bounded time, loads each session once however many requests wait for it,
//! and forgets a session at once when it is signed out of.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use database_connection::DatabaseError;
use model::Error;
use model::audit::Origin;
use model::session::SignedIn;
use model::user::normalize_email;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::Platform;
use crate::caller::{Actor, Caller, Identity};
use crate::failure::unavailable;
use crate::password;

/// How long a session lasts at most.
const SESSION_HOURS: i64 = 12;
/// Sessions kept in memory at most; what a request that matters needs is loaded again.
const CACHE_ENTRIES: u64 = 10_000;
/// A password longer than this is wrong without being hashed: see [`model::user::PASSWORD_MAX`], in bytes of UTF-8.
const PASSWORD_MAX_BYTES: usize = model::user::PASSWORD_MAX * 4;

/// Bytes of a browser's name of itself that are kept; it is ASCII.
const USER_AGENT_MAX: usize = 400;

type TokenHash = [u8; 32];

/// A session that was just made.
#[derive(Clone)]
pub struct NewSession {
    /// The cookie's value: a secret.
    pub token: String,
    /// Whose it is.
    pub signed_in: SignedIn,
    /// Seconds until it ends.
    pub seconds: u64,
}

/// Sessions in memory.
#[derive(Debug)]
pub(crate) struct SessionCache {
    sessions: Cache<TokenHash, Option<Arc<SignedIn>>>,
    /// Sessions that were signed out of, longer than an entry of `sessions` lives: a load that was under
    /// way during the sign-out may still put its answer there, and is not believed.
    ended: Cache<TokenHash, ()>,
}

impl SessionCache {
    pub(crate) fn new(ttl: std::time::Duration) -> Self {
        Self {
            sessions: Cache::builder().max_capacity(CACHE_ENTRIES).time_to_live(ttl).build(),
            ended: Cache::builder().time_to_live(ttl * 2 + std::time::Duration::from_secs(60)).build(),
        }
    }
}

/// Whether a user could have this address: see [`model::user::NewUser::validate`].
fn can_be_an_address(email: &str) -> bool {
    email.len() <= 254 && !email.chars().any(char::is_control)
}

/// What a stranger typed as an address, as far as the audit keeps it.
fn shortened(email: &str) -> String {
    email.chars().filter(|character| !character.is_control()).take(254).collect()
}

fn token_hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

impl Platform {
    /// Checks a password and makes a session.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the field `password` when no active user has this address and password;
    /// which of the two is wrong is not told, and takes the same time.
    pub async fn sign_in(&self, email: &str, password: &str, origin: &Origin) -> Result<NewSession, Error> {
        let fault = || unavailable("signing in");
        let email = normalize_email(email);
        let credentials = if can_be_an_address(&email) {
            let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
            let credentials = transaction.credentials(&email).await.map_err(fault())?;
            // The hash takes long: no connection waits for it.
            transaction.commit().await.map_err(fault())?;
            credentials
        } else {
            None
        };

        let hash = credentials.as_ref().map_or(password::NOBODYS_HASH, |credentials| &credentials.password_hash).to_owned();
        let fits = password.len() <= PASSWORD_MAX_BYTES
            && password::verify(password.to_owned(), hash).await.map_err(unavailable("checking a password"))?;
        let now = self.clock().now();
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        let user_id = match credentials {
            Some(credentials) if fits && !credentials.disabled => credentials.user_id,
            known => {
                let actor = Actor { user_id: known.map(|known| known.user_id), name: shortened(&email), origin: origin.clone() };
                transaction.audit(actor.audit("sign-in-refused", "session", None)).await.map_err(fault())?;
                transaction.commit().await.map_err(fault())?;
                return Err(Error::invalid("password", "The e-mail address or the password is wrong."));
            }
        };

        let token = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let hash = token_hash(&token);
        let session = database_primary::NewSession {
            token_hash: &hash,
            user_id: &user_id,
            created_at: now,
            expires_at: now + TimeDelta::hours(SESSION_HOURS),
            address: origin.address.as_deref(),
            user_agent: origin.user_agent.as_deref().map(|text| text.get(..USER_AGENT_MAX).unwrap_or(text)),
        };
        transaction.create_session(session).await.map_err(fault())?;
        let actor = Actor { user_id: Some(user_id), name: email, origin: origin.clone() };
        transaction.audit(actor.audit("sign-in", "session", None)).await.map_err(fault())?;
        let signed_in = transaction.signed_in(&hash, now).await.map_err(fault())?.ok_or(Error::Unauthenticated)?;
        transaction.commit().await.map_err(fault())?;
        Ok(NewSession { token, signed_in, seconds: SESSION_HOURS.unsigned_abs() * 3600 })
    }

    /// Ends the caller's session, if there is one.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer; the session goes on then.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        let Identity::Session(token) = &caller.identity else { return Ok(()) };
        if self.signed_in(caller).await?.is_none() {
            return Ok(());
        }
        let (hash, cache) = (token_hash(token), self.session_cache());
        // Before the change and not after it: a caller who goes away in the middle must not leave a session that is gone
        // from PRIMARY and goes on here.
        cache.ended.insert(hash, ()).await;
        cache.sessions.invalidate(&hash).await;
        let ended = self.end_session(&hash, &caller.origin).await;
        if ended.is_err() {
            cache.ended.invalidate(&hash).await;
        }
        ended.map_err(unavailable("signing out"))
    }

    async fn end_session(&self, hash: &TokenHash, origin: &Origin) -> Result<(), DatabaseError> {
        let mut transaction = self.primary().begin().await?;
        if let Some((user_id, email)) = transaction.delete_session(hash).await? {
            let actor = Actor { user_id: Some(user_id), name: email, origin: origin.clone() };
            transaction.audit(actor.audit("sign-out", "session", None)).await?;
        }
        transaction.commit().await
    }

    /// Who is signed in, if anybody.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when that cannot be known.
    pub async fn signed_in(&self, caller: &Caller) -> Result<Option<Arc<SignedIn>>, Error> {
        let Identity::Session(token) = &caller.identity else { return Ok(None) };
        let hash = token_hash(token);
        let cache = self.session_cache();
        let session = cache
            .sessions
            .try_get_with(hash, self.load_session(hash))
            .await
            // Everybody who waited gets the same error; it is logged once.
            .map_err(|error: Arc<Error>| (*error).clone())?;
        let now = self.clock().now();
        Ok(session.filter(|session| session.expires_at > now && !cache.ended.contains_key(&hash)))
    }

    async fn load_session(&self, hash: TokenHash) -> Result<Option<Arc<SignedIn>>, Error> {
        let fault = || unavailable("loading a session");
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let session = transaction.signed_in(&hash, self.clock().now()).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(session.map(Arc::new))
    }
}
