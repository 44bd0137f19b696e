//! What this process knows of changed rights: how revocation beats the cache.
//!
//! A task looks at PRIMARY's clock of rights several times a second and remembers whose rights have changed at which tick. What was
//! loaded before such a tick is not believed any more. A direct line to PRIMARY, where there is one, only has it look sooner. Where the
//! last look that succeeded began too long ago, nothing in memory is believed at all: every request asks PRIMARY.

mod change;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use database_connection::{DatabaseError, Listener, is_unreachable};
use database_primary::RightsNews;
use model::UserId;
use model::session::SignedIn;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::Platform;

pub(crate) use change::{Reach, RightsChange};

/// How often the clock is looked at.
const PERIOD: Duration = Duration::from_millis(300);
/// What is in memory is believed for so long after a look began: with it, a change is known within a second, or nothing is believed.
const PATIENCE: Duration = Duration::from_millis(900);
/// A look that takes longer has failed.
const LOOK_WITHIN: Duration = Duration::from_secs(2);
/// How long PRIMARY may then take to give a sign of life: one that does is not gone, but does not tell.
const SIGN_WITHIN: Duration = Duration::from_secs(1);
/// How long after a broken direct line another is tried.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);
/// The channel on which PRIMARY tells of a change.
const CHANNEL: &str = "handled_rights";
/// Users whose changes are told apart; with more, everybody's rights are taken for changed.
const USERS_MOST: usize = 10_000;

/// Whose rights have changed, at which tick: a user's, or anybody's.
pub(crate) type Change = (i64, Option<UserId>);

/// What is known now.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    known: Mutex<Known>,
    /// Has the watching task look at once.
    rung: Notify,
    /// Tells those who wait for a look that one has ended.
    looked: Notify,
}

#[derive(Debug, Default)]
struct Known {
    /// Grows when the clock was set back: what was loaded before that cannot be placed in time.
    generation: u64,
    /// Where the clock stood at the last look; none before the first.
    tick: Option<i64>,
    /// When the last look began that succeeded.
    looked_at: Option<Instant>,
    /// Whether the last look failed because PRIMARY cannot be reached.
    is_unreachable: bool,
    /// When everybody's rights changed last.
    everybody: i64,
    /// When these users' rights changed last.
    users: HashMap<UserId, i64>,
}

/// How far memory can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Changes are known within a second.
    Current,
    /// PRIMARY does not answer.
    Unreachable,
    /// Nothing has been heard for too long.
    Lost,
}

/// The moment to which something that was loaded belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loaded {
    pub(crate) generation: u64,
    pub(crate) tick: i64,
}

impl Rights {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far memory can be believed now.
    pub(crate) fn standing(&self) -> Standing {
        self.standing_at(Instant::now())
    }

    fn standing_at(&self, now: Instant) -> Standing {
        let known = self.known();
        match known.looked_at {
            Some(at) if now.duration_since(at) < PATIENCE => Standing::Current,
            _ if known.is_unreachable => Standing::Unreachable,
            _ => Standing::Lost,
        }
    }

    /// To be asked before something is loaded, and kept with it.
    pub(crate) fn generation(&self) -> u64 {
        self.known().generation
    }

    /// Whether no change is known that would make what was loaded then wrong for this session.
    pub(crate) fn believes(&self, loaded: Loaded, session: &SignedIn) -> bool {
        let known = self.known();
        let changed = |user: &UserId| known.users.get(user).copied().unwrap_or(i64::MIN);
        let impersonator = session.impersonator.as_ref().map_or(i64::MIN, |one| changed(&one.user_id));
        known.generation == loaded.generation
            && loaded.tick >= known.everybody
            && loaded.tick >= changed(&session.user_id)
            && loaded.tick >= impersonator
    }

    /// Takes in changes that this process has made itself.
    pub(crate) fn hear(&self, changes: &[Change]) {
        self.known().take_in(changes);
    }

    fn looked(&self, began: Instant, result: Result<RightsNews, Failed>) {
        let mut known = self.known();
        let before = (known.looked_at.is_some(), known.is_unreachable);
        match result {
            Ok(news) => {
                known.update(news);
                known.looked_at = Some(began);
                known.is_unreachable = false;
                if before.1 {
                    tracing::info!("PRIMARY tells of changed rights again");
                }
            }
            Err(failed) => {
                known.is_unreachable = failed.is_unreachable;
                drop(known);
                if before == (true, false) {
                    tracing::warn!(cause = failed.cause, "PRIMARY does not tell of changed rights; sessions are not answered from memory");
                }
            }
        }
        self.looked.notify_waiters();
    }
}

impl Known {
    fn update(&mut self, RightsNews { tick, changes }: RightsNews) {
        match self.tick {
            // What was loaded before the first look is older than anything known.
            None => self.everybody = self.everybody.max(tick),
            Some(before) if tick < before => {
                self.generation += 1;
                self.everybody = i64::MIN;
                self.users.clear();
            }
            Some(before) => {
                let told = i64::try_from(changes.len()).unwrap_or(i64::MAX);
                if told != tick.saturating_sub(before) {
                    // More happened than PRIMARY keeps.
                    self.everybody = tick;
                }
                self.take_in(&changes);
            }
        }
        self.tick = Some(tick);
    }

    fn take_in(&mut self, changes: &[Change]) {
        for (tick, user) in changes {
            match user {
                None => self.everybody = self.everybody.max(*tick),
                Some(user) => {
                    let at = self.users.entry(user.clone()).or_insert(*tick);
                    *at = (*at).max(*tick);
                }
            }
        }
        if self.users.len() > USERS_MOST {
            self.everybody = self.users.values().copied().max().unwrap_or(i64::MIN).max(self.everybody);
            self.users.clear();
        }
    }
}

struct Failed {
    cause: String,
    is_unreachable: bool,
}

impl Failed {
    fn of(error: &DatabaseError) -> Self {
        Self { cause: error.to_string(), is_unreachable: is_unreachable(error) }
    }
}

impl Platform {
    /// Begins to watch for changed rights and waits for the first look: from then on sessions are answered from memory.
    pub async fn watch_rights(&self) {
        self.0.tasks.spawn(self.clone().watch());
        if let Some(url) = self.configuration().primary_direct.clone() {
            let platform = self.clone();
            self.0.tasks.spawn(async move { platform.listen(&Listener::new(&url, CHANNEL)).await });
        }
        let mut looked = std::pin::pin!(self.rights().looked.notified());
        if !looked.as_mut().enable() && self.rights().known().tick.is_none() {
            tokio::select! {
                () = looked => {}
                () = self.0.stopping.cancelled() => {}
            }
        }
    }

    async fn watch(self) {
        let mut turns = self.turns(PERIOD);
        loop {
            tokio::select! {
                goes_on = turns.next() => if !goes_on { return },
                () = self.rights().rung.notified() => {}
            }
            self.look_at_rights().await;
        }
    }

    async fn look_at_rights(&self) {
        let began = Instant::now();
        let since = self.rights().known().tick.unwrap_or(i64::MAX);
        let news = async {
            let mut transaction = self.0.watching.begin_read_only().await?;
            let news = transaction.rights_since(since).await?;
            transaction.commit().await?;
            Ok::<_, DatabaseError>(news)
        };
        let result = match timeout(LOOK_WITHIN, news).await {
            Ok(news) => news.map_err(|error| Failed::of(&error)),
            Err(_) => {
                let is_unreachable = !self.primary_gives_a_sign().await;
                Err(Failed { cause: "no answer in time".to_owned(), is_unreachable })
            }
        };
        self.rights().looked(began, result);
    }

    /// Whether PRIMARY, which did not answer in time, is there at all. One that is must not be taken for one that is out of reach.
    pub(crate) async fn primary_gives_a_sign(&self) -> bool {
        self.primary().ping(SIGN_WITHIN).await.is_ok()
    }

    /// Has the watching task look whenever PRIMARY tells of a change over the direct line. Without that line it looks by itself.
    async fn listen(self, listener: &Listener) {
        let mut turns = self.turns(LISTEN_AGAIN);
        while turns.next().await {
            let heard = listener.listen(|| self.rights().rung.notify_one());
            tokio::select! {
                error = heard => tracing::warn!(cause = %error, "the direct line to PRIMARY broke; another is tried"),
                () = self.0.stopping.cancelled() => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> SignedIn {
        SignedIn {
            session_id: model::SessionId::new("s"),
            user_id: UserId::new(id),
            email: String::new(),
            name: String::new(),
            roles: Vec::new(),
            permissions: std::collections::BTreeSet::new(),
            expires_at: chrono::DateTime::UNIX_EPOCH,
            second_factor_due: false,
            impersonator: None,
        }
    }

    fn news(tick: i64, changes: &[(i64, Option<&str>)]) -> Result<RightsNews, Failed> {
        Ok(RightsNews { tick, changes: changes.iter().map(|(tick, user)| (*tick, user.map(UserId::new))).collect() })
    }

    #[test]
    fn what_was_loaded_before_a_change_is_not_believed() {
        let rights = Rights::default();
        assert_eq!(rights.standing(), Standing::Lost);
        rights.looked(Instant::now(), news(5, &[]));
        assert_eq!(rights.standing(), Standing::Current);
        let at = |tick| Loaded { generation: rights.generation(), tick };
        assert!(rights.believes(at(5), &user("ana")) && !rights.believes(at(4), &user("ana")));

        rights.looked(Instant::now(), news(6, &[(6, Some("ana"))]));
        assert!(!rights.believes(at(5), &user("ana")) && rights.believes(at(6), &user("ana")));
        assert!(rights.believes(at(5), &user("bob")));
        let mut acting = user("bob");
        acting.impersonator =
            Some(model::session::Impersonator { user_id: UserId::new("ana"), email: String::new(), until: chrono::DateTime::UNIX_EPOCH });
        assert!(!rights.believes(at(5), &acting));

        rights.looked(Instant::now(), news(7, &[(7, None)]));
        assert!(!rights.believes(at(6), &user("bob")));
        // Changes that PRIMARY does not keep any more.
        rights.looked(Instant::now(), news(9, &[(9, Some("ana"))]));
        assert!(!rights.believes(at(8), &user("bob")));
        // A clock that was set back, as by restoring PRIMARY.
        let before = at(9);
        rights.looked(Instant::now(), news(3, &[]));
        assert!(!rights.believes(before, &user("bob")) && rights.believes(at(3), &user("bob")));
    }

    #[test]
    fn nothing_is_believed_when_no_look_has_succeeded_for_a_while() {
        let (rights, began) = (Rights::default(), Instant::now());
        rights.looked(began, news(5, &[]));
        assert_eq!(rights.standing_at(began + PATIENCE - Duration::from_millis(1)), Standing::Current);
        rights.looked(began, Err(Failed { cause: "a fault".to_owned(), is_unreachable: false }));
        assert_eq!(rights.standing_at(began + PATIENCE - Duration::from_millis(1)), Standing::Current);
        assert_eq!(rights.standing_at(began + PATIENCE), Standing::Lost);
        rights.looked(began, Err(Failed { cause: "gone".to_owned(), is_unreachable: true }));
        assert_eq!(rights.standing_at(began + PATIENCE), Standing::Unreachable);
    }
}
