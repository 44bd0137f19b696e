//! The throttle of signing in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use database_primary::PrimaryPool;
use model::{Error, Role};
use platform::{Clock, Platform};

use crate::installation::{Installation, Mode, PASSWORD, ask};
use crate::sign_in::at;

const ADMINISTRATOR: &str = "admin@example.com";
const WRONG: &str = "wrong horse battery";

/// An installation whose time stands still until it is told to go on.
pub async fn timed(mode: Mode) -> (Installation, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(0));
    let passed = seconds.clone();
    let began = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
    let clock = Clock::from_fn(move || began + TimeDelta::seconds(passed.load(Ordering::SeqCst)));
    (Installation::with_clock(mode, clock).await, seconds)
}

async fn attempt(platform: &Platform, address: &str, email: &str, password: &str) -> Result<(), Error> {
    platform.sign_in(&at(address), email, password, "").await.map(drop)
}

fn is_wrong(answer: &Result<(), Error>) -> bool {
    matches!(answer, Err(Error::Invalid { .. }))
}

fn wait(answer: &Result<(), Error>) -> Option<u32> {
    if let Err(Error::RateLimited { retry_after_seconds }) = answer { Some(*retry_after_seconds) } else { None }
}

#[tokio::test]
async fn three_hundred_wrong_passwords_are_refused() {
    let (installation, seconds) = timed(Mode::SingleBehindPgBouncer).await;
    installation.signed_in(ADMINISTRATOR, Role::Administrator).await;
    // Two servers on one PRIMARY, and all at once: counting comes before looking.
    let (one, other) = (installation.platform.clone(), installation.server(None));
    let before = one.password_evaluations();
    let attempts = (0..300).map(|number| {
        let platform = if number % 2 == 0 { &one } else { &other };
        attempt(platform, "203.0.113.9", ADMINISTRATOR, WRONG)
    });
    let answers = futures::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| is_wrong(answer)).count(), 5);
    assert_eq!(answers.iter().filter(|answer| wait(answer) == Some(1)).count(), 295, "{answers:?}");
    assert_eq!(one.password_evaluations() - before + other.password_evaluations(), 5, "those that are refused cost nothing");
    // Not even the right one is looked at.
    assert_eq!(wait(&attempt(&one, "203.0.113.9", ADMINISTRATOR, PASSWORD).await), Some(1));
    let told: i64 = ask(&installation.primary, "SELECT count(*) FROM config.audit WHERE action = 'sign-in-throttled'").await;
    assert_eq!(told, 1, "once a minute");

    // One more each time the wait is over, and each wait is twice as long, up to a quarter of an hour.
    let mut waits = Vec::new();
    for _ in 0..12 {
        let Some(next) = wait(&attempt(&other, "203.0.113.9", ADMINISTRATOR, WRONG).await) else { panic!("is looked at") };
        waits.push(next);
        seconds.fetch_add(i64::from(next), Ordering::SeqCst);
        assert!(is_wrong(&attempt(&one, "203.0.113.9", ADMINISTRATOR, WRONG).await));
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
}

#[tokio::test]
async fn a_success_clears_what_was_counted_from_there() {
    let (installation, seconds) = timed(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let platform = &installation.platform;
    for _ in 0..2 {
        for _ in 0..5 {
            assert!(is_wrong(&attempt(platform, "203.0.113.9", "ana@example.com", WRONG).await));
        }
        assert_eq!(wait(&attempt(platform, "203.0.113.9", "ana@example.com", PASSWORD).await), Some(1));
        seconds.fetch_add(1, Ordering::SeqCst);
        assert_eq!(attempt(platform, "203.0.113.9", "ana@example.com", PASSWORD).await, Ok(()));
    }
    let left: i64 = ask(&installation.primary, "SELECT sum(failures) FROM config.sign_in_attempts WHERE scope <> 'everything'").await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_stranger_cannot_lock_the_administrator_out() {
    let (installation, seconds) = timed(Mode::Split).await;
    installation.signed_in(ADMINISTRATOR, Role::Administrator).await;
    let platform = &installation.platform;
    assert_eq!(attempt(platform, "192.0.2.1", ADMINISTRATOR, PASSWORD).await, Ok(()), "from home, which is known from now on");
    // From many addresses, for a few minutes.
    let mut refused = 0;
    for minute in 0..3 {
        for stranger in 0..120 {
            let answer = attempt(platform, &format!("198.51.{minute}.{stranger}"), ADMINISTRATOR, WRONG).await;
            refused += usize::from(wait(&answer).is_some());
            assert!(answer.is_err());
        }
        assert_eq!(attempt(platform, "192.0.2.1", ADMINISTRATOR, PASSWORD).await, Ok(()), "minute {minute}");
        // Mistyping at home counts at home.
        assert!(is_wrong(&attempt(platform, "192.0.2.1", ADMINISTRATOR, WRONG).await));
        seconds.fetch_add(60, Ordering::SeqCst);
    }
    assert!(refused > 300, "{refused} of 360 strangers were refused");
    let held = wait(&attempt(platform, "198.51.100.200", ADMINISTRATOR, PASSWORD).await);
    assert!(held.is_none_or(|seconds| seconds <= 300), "an address that nobody knows waits for minutes at most: {held:?}");
}

#[tokio::test]
async fn one_address_that_tries_many_accounts_is_slowed_and_others_are_not() {
    let (installation, _) = timed(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let platform = &installation.platform;
    assert_eq!(attempt(platform, "2001:db8:1:2::1", "ana@example.com", PASSWORD).await, Ok(()));
    // Every one of them from another address of one network.
    for number in 0..20 {
        assert!(is_wrong(&attempt(platform, &format!("2001:db8:1:2::{number:x}"), &format!("user{number}@example.com"), WRONG).await));
    }
    assert_eq!(wait(&attempt(platform, "2001:db8:1:2:9::9", "another@example.com", WRONG).await), Some(1));
    assert!(is_wrong(&attempt(platform, "2001:db8:1:3::1", "another@example.com", WRONG).await), "the network beside it");
    assert_eq!(attempt(platform, "2001:db8:1:2::1", "ana@example.com", PASSWORD).await, Ok(()), "who is known there goes on");
}

#[tokio::test]
async fn too_many_strangers_at_once_wait_and_those_who_are_known_do_not() {
    let (installation, seconds) = timed(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let platform = &installation.platform;
    assert_eq!(attempt(platform, "192.0.2.1", "ana@example.com", PASSWORD).await, Ok(()));
    let before = platform.password_evaluations();
    let attempts = (0..130).map(|number| (format!("198.51.100.{number}"), format!("user{number}@example.com")));
    let answers = futures::future::join_all(attempts.map(async |(address, email)| attempt(platform, &address, &email, WRONG).await)).await;
    assert_eq!(answers.iter().filter(|answer| is_wrong(answer)).count(), 100);
    assert_eq!(platform.password_evaluations() - before, 100);
    assert_eq!(wait(&attempt(platform, "203.0.113.1", "ana@example.com", PASSWORD).await), Some(60));
    assert_eq!(attempt(platform, "192.0.2.1", "ana@example.com", PASSWORD).await, Ok(()));
    seconds.fetch_add(60, Ordering::SeqCst);
    assert_eq!(attempt(platform, "203.0.113.1", "ana@example.com", PASSWORD).await, Ok(()), "the next minute");
}

#[tokio::test]
async fn an_account_is_unlocked_by_forgetting_its_attempts() {
    let (installation, _) = timed(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let platform = &installation.platform;
    for _ in 0..5 {
        assert!(is_wrong(&attempt(platform, "203.0.113.9", "ana@example.com", WRONG).await));
    }
    assert_eq!(wait(&attempt(platform, "203.0.113.9", "ana@example.com", PASSWORD).await), Some(1));
    let mut transaction = PrimaryPool::new(installation.primary.app_pool()).begin().await.expect("a transaction");
    assert!(transaction.sign_in_held_up_until("ana@example.com").await.expect("an answer").is_some());
    assert_eq!(transaction.sign_in_held_up_until("ben@example.com").await.expect("an answer"), None);
    transaction.unlock("ana@example.com", DateTime::from_timestamp(1_800_000_000, 0).expect("a time")).await.expect("forgotten");
    assert_eq!(transaction.sign_in_held_up_until("ana@example.com").await.expect("an answer"), None);
    transaction.commit().await.expect("committed");
    assert_eq!(attempt(platform, "203.0.113.9", "ana@example.com", PASSWORD).await, Ok(()));
}

#[tokio::test]
async fn no_address_stands_in_the_throttle_in_clear() {
    let (installation, _) = timed(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(attempt(&installation.platform, "203.0.113.9", "ana@example.com", WRONG).await.is_err());
    assert!(attempt(&installation.platform, "203.0.113.9", "ana@example.com", PASSWORD).await.is_ok());
    let kept: String = ask(
        &installation.primary,
        "SELECT (SELECT string_agg(encode(account || address, 'escape'), ' ') FROM config.sign_in_attempts)
             || (SELECT string_agg(encode(account || address, 'escape'), ' ') FROM config.known_addresses)",
    )
    .await;
    assert!(!kept.contains("ana@example.com") && !kept.contains("203.0.113.9"), "{kept}");
}
