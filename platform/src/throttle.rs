//! The throttle of signing in: whoever fails often waits longer each time, on every server alike.
//!
//! An attempt counts before the password is looked at, and what it counted is given back when it succeeds: of three hundred at
//! once only the first few are looked at. What strangers do never slows an address from which the account has signed in before:
//! there only that address's own failures for that account count. So nobody locks somebody else out.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use database_connection::DatabaseError;
use database_primary::{Attempts, Pair, PrimaryTransaction, Scope};
use model::Error;
use sha2::{Digest, Sha256};

use crate::Platform;

/// How long an address stays known after the last sign-in from there.
const KNOWN_FOR: TimeDelta = TimeDelta::days(90);
/// Failures older than this do not count any more.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(12);
/// Over all accounts and strange addresses together: what is counted at once, and how much of it is too much.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
const WINDOW_FAILURES: i32 = 100;
/// How often the audit is told of attempts that are refused unseen.
const TELLS_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How failures of one scope are answered.
struct Limit {
    /// Failures without consequence.
    free: i32,
    /// The wait doubles with so many more.
    doubles_every: i32,
    /// The longest wait, in seconds.
    longest: i64,
}

const fn limit(scope: Scope) -> Limit {
    match scope {
        Scope::Pair => Limit { free: 5, doubles_every: 1, longest: 15 * 60 },
        Scope::Account => Limit { free: 20, doubles_every: 3, longest: 5 * 60 },
        Scope::Address => Limit { free: 20, doubles_every: 1, longest: 15 * 60 },
        // It has a way of its own: see `counted`.
        Scope::Everything => Limit { free: WINDOW_FAILURES, doubles_every: 1, longest: 60 },
    }
}

/// How long nobody is looked at after so many failures.
fn wait(scope: Scope, failures: i32) -> Option<TimeDelta> {
    let limit = limit(scope);
    let beyond = u32::try_from(failures.checked_sub(limit.free)?).ok()?;
    // Sixteen doublings are beyond every limit.
    let doublings = (beyond / limit.doubles_every.unsigned_abs()).min(16);
    Some(TimeDelta::seconds((1_i64 << doublings).min(limit.longest)))
}

/// The scope with one more attempt counted, or until when there may be none.
fn counted(before: Attempts, now: DateTime<Utc>) -> Result<Attempts, DateTime<Utc>> {
    if let Some(until) = before.blocked_until.filter(|until| *until > now) {
        return Err(until);
    }
    if before.scope == Scope::Everything {
        let is_new = now - before.counted_at >= WINDOW;
        let (failures, began) = if is_new { (1, now) } else { (before.failures.saturating_add(1), before.counted_at) };
        return Ok(Attempts {
            failures,
            counted_at: began,
            blocked_until: (failures >= WINDOW_FAILURES).then(|| began + WINDOW),
            ..before
        });
    }
    let failures = if now - before.counted_at > FORGOTTEN_AFTER { 1 } else { before.failures.saturating_add(1) };
    Ok(Attempts { failures, counted_at: now, blocked_until: wait(before.scope, failures).map(|wait| now + wait), ..before })
}

/// The scope with failures given back that were none. What others have failed goes on counting.
fn given_back(before: Attempts, failures: i32) -> Attempts {
    let failures = before.failures.saturating_sub(failures).max(0);
    let blocked_until = match before.scope {
        Scope::Everything => before.blocked_until.filter(|_| failures >= WINDOW_FAILURES),
        scope => wait(scope, failures).map(|wait| before.counted_at + wait),
    };
    Attempts { failures, blocked_until, ..before }
}

/// An attempt that may not be looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused {
    scope: Scope,
    until: DateTime<Utc>,
}

impl Refused {
    /// What the one who tries is told.
    pub(crate) fn error(self, now: DateTime<Utc>) -> Error {
        let milliseconds = (self.until - now).num_milliseconds().max(1);
        Error::RateLimited { retry_after_seconds: u32::try_from(milliseconds.unsigned_abs().div_ceil(1_000)).unwrap_or(u32::MAX) }
    }
}

/// An attempt to sign in, as the throttle sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pair: Pair,
    is_known: bool,
}

impl Attempt {
    /// Looks whether the attempt is refused, without keeping anybody waiting.
    pub(crate) async fn look(
        transaction: &mut PrimaryTransaction,
        email: &str,
        address: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Result<Self, (Self, Refused)>, DatabaseError> {
        let pair = Pair { account: Sha256::digest(email.as_bytes()).into(), address: address_hash(address) };
        let is_known = transaction.is_known_address(&pair, now - KNOWN_FOR, now).await?;
        let attempt = Self { pair, is_known };
        let refused = attempt.refused(&transaction.attempts(&pair).await?, now);
        Ok(refused.map_or(Ok(attempt), |refused| Err((attempt, refused))))
    }

    /// What counts for it.
    fn scopes(&self) -> &'static [Scope] {
        if self.is_known { &[Scope::Pair] } else { &[Scope::Pair, Scope::Account, Scope::Address, Scope::Everything] }
    }

    fn refused(&self, attempts: &[Attempts], now: DateTime<Utc>) -> Option<Refused> {
        let concerning = attempts.iter().filter(|one| self.scopes().contains(&one.scope));
        let blocked = concerning.filter_map(|one| counted(*one, now).err().map(|until| Refused { scope: one.scope, until }));
        blocked.max_by_key(|refused| refused.until)
    }

    /// Counts the attempt as one that fails, until [`Attempt::give_back`]; nothing is counted where it is refused.
    pub(crate) async fn count(
        &self,
        transaction: &mut PrimaryTransaction,
        now: DateTime<Utc>,
    ) -> Result<Result<(), Refused>, DatabaseError> {
        let attempts = transaction.lock_attempts(&self.pair, self.scopes(), now).await?;
        if let Some(refused) = self.refused(&attempts, now) {
            return Ok(Err(refused));
        }
        let counted: Vec<Attempts> = attempts.into_iter().filter_map(|one| counted(one, now).ok()).collect();
        transaction.keep_attempts(&self.pair, &counted).await?;
        Ok(Ok(()))
    }

    /// The attempt has succeeded: nothing of this account from this address counts any more, and what it has added elsewhere is
    /// taken away.
    pub(crate) async fn give_back(&self, transaction: &mut PrimaryTransaction, now: DateTime<Utc>) -> Result<(), DatabaseError> {
        let attempts = transaction.lock_attempts(&self.pair, self.scopes(), now).await?;
        let own = attempts.iter().find(|one| one.scope == Scope::Pair).map_or(0, |pair| pair.failures);
        let left: Vec<Attempts> =
            attempts.into_iter().map(|one| given_back(one, if one.scope == Scope::Everything { 1 } else { own })).collect();
        transaction.keep_attempts(&self.pair, &left).await
    }

    /// From now on the address is one that the account signs in from.
    pub(crate) async fn remember(&self, transaction: &mut PrimaryTransaction, now: DateTime<Utc>) -> Result<(), DatabaseError> {
        transaction.remember_address(&self.pair, now).await
    }

    /// Whether the audit is to be told of this refusal: once a minute for whatever is refused.
    pub(crate) async fn is_told(
        &self,
        transaction: &mut PrimaryTransaction,
        refused: Refused,
        now: DateTime<Utc>,
    ) -> Result<bool, DatabaseError> {
        transaction.tells_of_refusal(&self.pair, refused.scope, now, now - TELLS_EVERY).await
    }
}

/// What a network address counts as. Whoever has one address of IPv6 has 2^64 of them: they count as one.
fn address_hash(address: Option<&str>) -> [u8; 32] {
    let text = address.unwrap_or_default();
    let counted = match text.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => format!("{:x}/64", address.to_bits() >> 64),
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => text.to_owned(),
    };
    Sha256::digest(counted.as_bytes()).into()
}

impl Platform {
    /// Removes what the throttle does not look at any more.
    pub(crate) async fn remove_old_attempts(&self) -> Result<(), DatabaseError> {
        let now = self.clock().now();
        let mut transaction = self.primary().begin().await?;
        transaction.remove_old_attempts(now - FORGOTTEN_AFTER, now - KNOWN_FOR).await?;
        transaction.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    fn fresh(scope: Scope) -> Attempts {
        Attempts { scope, failures: 0, counted_at: at(0), blocked_until: None }
    }

    #[test]
    fn waits_double_from_a_second_to_a_quarter_of_an_hour() {
        let waits: Vec<_> = (0..20).map(|failures| wait(Scope::Pair, failures).map_or(0, |wait| wait.num_seconds())).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]);
        assert_eq!(wait(Scope::Account, 22), Some(TimeDelta::seconds(1)));
        assert_eq!(wait(Scope::Account, 23), Some(TimeDelta::seconds(2)));
        assert_eq!(wait(Scope::Account, i32::MAX), Some(TimeDelta::seconds(300)));
    }

    #[test]
    fn whoever_is_refused_does_not_wait_longer_for_it() {
        let mut pair = fresh(Scope::Pair);
        for _ in 0..5 {
            pair = counted(pair, at(0)).expect("is looked at");
        }
        assert_eq!(counted(pair, at(0)), Err(at(1)));
        assert_eq!(counted(pair, at(1)).map(|pair| pair.blocked_until), Ok(Some(at(3))));
        let later = at(13 * 3600);
        assert_eq!(counted(pair, later).map(|pair| (pair.failures, pair.blocked_until)), Ok((1, None)));
    }

    #[test]
    fn too_many_strangers_in_a_minute_wait_for_the_next() {
        let mut all = fresh(Scope::Everything);
        for _ in 0..WINDOW_FAILURES {
            all = counted(all, at(10)).expect("is looked at");
        }
        assert_eq!(counted(all, at(11)), Err(at(60)));
        assert_eq!(given_back(all, 1).blocked_until, None);
        assert_eq!(counted(all, at(61)).map(|all| (all.failures, all.counted_at)), Ok((1, at(61))));
    }

    #[test]
    fn what_others_failed_goes_on_counting_when_one_succeeds() {
        let address = Attempts { failures: 25, counted_at: at(0), blocked_until: Some(at(32)), ..fresh(Scope::Address) };
        let left = given_back(address, 1);
        assert_eq!((left.failures, left.blocked_until), (24, Some(at(16))));
        assert_eq!(given_back(address, 30).failures, 0);
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let hash = |text| address_hash(Some(text));
        assert_eq!(hash("2001:db8:1:2::1"), hash("2001:db8:1:2:ffff::9"));
        assert_ne!(hash("2001:db8:1:2::1"), hash("2001:db8:1:3::1"));
        assert_eq!(hash("::ffff:192.0.2.7"), hash("192.0.2.7"));
        assert_ne!(hash("192.0.2.7"), hash("192.0.2.8"));
        assert_eq!(address_hash(None), hash(""));
    }
}
