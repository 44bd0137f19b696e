//! Sessions and the cache in front of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use model::Role;
use model::audit::Origin;
use platform::{Caller, Clock, Identity};

use crate::installation::{Installation, Mode, PASSWORD, ask};

fn noon() -> DateTime<Utc> {
    // Sessions are compared with PRIMARY's own rows only, so any time will do.
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_say_the_same() {
    let installation = Installation::new(Mode::Single).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let origin = Origin::default();
    let wrong = installation.platform.sign_in("ana@example.com", "wrong horse battery", &origin).await.err();
    let unknown = installation.platform.sign_in("bob@example.com", PASSWORD, &origin).await.err();
    assert!(wrong.is_some());
    assert_eq!(wrong, unknown);
    let refused: i64 = ask(&installation.primary, "SELECT count(*) FROM config.audit WHERE action = 'sign-in-refused'").await;
    assert_eq!(refused, 2);
    assert!(installation.platform.sign_in("  Ana@Example.COM ", PASSWORD, &origin).await.is_ok());
}

#[tokio::test]
async fn only_a_hash_of_the_token_is_stored() {
    let installation = Installation::new(Mode::Single).await;
    let Caller { identity: Identity::Session(token), .. } = installation.signed_in("ana@example.com", Role::Viewer).await else {
        panic!("a session");
    };
    assert_eq!(token.len(), 43, "256 bits in base64");
    let stored: Vec<u8> = ask(&installation.primary, "SELECT token_hash FROM config.sessions").await;
    assert_eq!(stored.len(), 32);
    assert_ne!(stored, token.as_bytes());
}

/// Counts how often the time is asked for: once by each caller, and once more by each load from PRIMARY.
#[tokio::test]
async fn requests_that_wait_for_one_session_load_it_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let clock = Clock::from_fn(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        noon()
    });
    let installation = Installation::with_clock(Mode::Split, clock).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    asked.store(0, Ordering::SeqCst);
    let answers = futures::future::join_all((0..100).map(|_| installation.platform.signed_in(&caller))).await;
    assert!(answers.into_iter().all(|answer| answer.expect("an answer").is_some()));
    assert_eq!(asked.load(Ordering::SeqCst), 101);
}

#[tokio::test]
async fn a_session_ends_at_once_when_it_is_signed_out_of() {
    let installation = Installation::new(Mode::Single).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_some());
    installation.platform.sign_out(&caller).await.expect("signs out");
    assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_none());
    let left: i64 = ask(&installation.primary, "SELECT count(*) FROM config.sessions").await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_session_ends_with_its_time_even_in_memory() {
    let hours = Arc::new(AtomicUsize::new(0));
    let later = hours.clone();
    let clock = Clock::from_fn(move || noon() + TimeDelta::hours(i64::try_from(later.load(Ordering::SeqCst)).expect("few")));
    let installation = Installation::with_clock(Mode::Single, clock).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_some());
    hours.store(13, Ordering::SeqCst);
    assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_none());
}

#[tokio::test]
async fn an_invented_token_is_nobody() {
    let installation = Installation::new(Mode::Single).await;
    let caller = Caller { identity: Identity::Session("invented".to_owned()), origin: Origin::default() };
    assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_none());
}

#[tokio::test]
async fn what_no_address_can_be_is_refused_like_any_other_and_kept_short() {
    let installation = Installation::new(Mode::Single).await;
    let origin = Origin::default();
    let ordinary = installation.platform.sign_in("bob@example.com", PASSWORD, &origin).await.err();
    for email in ["bob\0@example.com", &"x".repeat(60_000)] {
        assert_eq!(installation.platform.sign_in(email, PASSWORD, &origin).await.err(), ordinary);
    }
    let longest: i32 = ask(&installation.primary, "SELECT max(length(actor)) FROM config.audit").await;
    assert_eq!(longest, 254);
}

#[tokio::test]
async fn a_text_that_cannot_be_stored_names_nothing() {
    let installation = Installation::new(Mode::Single).await;
    let imports = installation.system::<platform::permit::ImportsRead>().await;
    assert!(matches!(imports.run(&model::RunId::new("a\0b")).await, Err(model::Error::NotFound { .. })));
    let query = model::run::RunQuery { subject: Some("a\0b".to_owned()), ..Default::default() };
    assert_eq!(imports.runs(&query).await.expect("a page").total, 0);
}
