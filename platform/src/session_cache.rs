//! Sessions in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::SessionId;
use model::session::SignedIn;
use moka::future::Cache;

use crate::rights::Loaded;

/// Sessions kept in memory at most; what a request that matters needs is loaded again.
const ENTRIES: u64 = 10_000;
/// How long a session that PRIMARY has confirmed may be used to read while PRIMARY cannot be reached.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);

pub(crate) type TokenHash = [u8; 32];

/// What PRIMARY has said of a token.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The session; none for a token that opens none.
    pub(crate) session: Option<Session>,
    /// The moment to which that belongs.
    pub(crate) loaded: Loaded,
}

/// A session as it was loaded.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) signed_in: Arc<SignedIn>,
    /// When it ends at the latest, or the token that was shown stops working.
    pub(crate) until: DateTime<Utc>,
    /// Whether it is to get another token.
    pub(crate) renew: bool,
}

/// How requests learned who asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionCounts {
    /// Answered from memory.
    pub hits: u64,
    /// Loaded from PRIMARY, once for all who waited for it.
    pub misses: u64,
    /// Asked of PRIMARY because memory could not be believed.
    pub bypassed: u64,
}

#[derive(Debug, Default)]
struct Counters {
    hits: AtomicU64,
    misses: AtomicU64,
    bypassed: AtomicU64,
}

#[derive(Debug)]
pub(crate) struct SessionCache {
    /// Believed as long as no change is known.
    pub(crate) fresh: Cache<TokenHash, Arc<Entry>>,
    /// For reading while PRIMARY cannot be reached.
    pub(crate) remembered: Cache<TokenHash, Arc<Entry>>,
    /// When sessions were used that PRIMARY has not been told of yet.
    seen: Mutex<HashMap<SessionId, DateTime<Utc>>>,
    counters: Counters,
    logged: Mutex<SessionCounts>,
}

impl SessionCache {
    pub(crate) fn new(ttl: Duration) -> Self {
        Self {
            fresh: Cache::builder().max_capacity(ENTRIES).time_to_live(ttl).build(),
            remembered: Cache::builder().max_capacity(ENTRIES).time_to_live(REMEMBERED).build(),
            seen: Mutex::default(),
            counters: Counters::default(),
            logged: Mutex::default(),
        }
    }

    pub(crate) fn count_hit(&self) {
        self.counters.hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_miss(&self) {
        self.counters.misses.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_bypass(&self) {
        self.counters.bypassed.fetch_add(1, Ordering::Relaxed);
    }

    /// Since the process began.
    pub(crate) fn counts(&self) -> SessionCounts {
        let Counters { hits, misses, bypassed } = &self.counters;
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        SessionCounts { hits: of(hits), misses: of(misses), bypassed: of(bypassed) }
    }

    /// Since this was asked last.
    pub(crate) fn counts_since_logged(&self) -> SessionCounts {
        let now = self.counts();
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *logged, now);
        SessionCounts { hits: now.hits - before.hits, misses: now.misses - before.misses, bypassed: now.bypassed - before.bypassed }
    }

    /// Remembers that a session was used.
    pub(crate) fn note_seen(&self, session: &SessionId, at: DateTime<Utc>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.get_mut(session) {
            Some(before) => *before = at.max(*before),
            None => _ = seen.insert(session.clone(), at),
        }
    }

    /// Takes what PRIMARY is to be told.
    pub(crate) fn take_seen(&self) -> Vec<(SessionId, DateTime<Utc>)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}
