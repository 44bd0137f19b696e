//! PRIMARY out of reach: cached sessions read, nobody changes anything, and it is over by itself.

use std::time::{Duration, Instant};

use model::{Error, Role};
use platform::{Caller, Platform, permit};

use crate::gate::Gate;
use crate::installation::{Installation, Mode, run, system};

fn is_unavailable<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Unavailable { .. }))
}

async fn reads(platform: &Platform, caller: &Caller) -> Result<(), Error> {
    platform.authorize::<permit::ImportsRead>(caller).await.map(drop)
}

async fn changes(platform: &Platform, caller: &Caller) -> Result<(), Error> {
    platform.authorize::<permit::ImportsRun>(caller).await.map(drop)
}

#[tokio::test]
async fn cached_sessions_read_and_never_change_while_primary_is_out_of_reach() {
    let installation = Installation::new(Mode::Split).await;
    let gate = Gate::before(&installation.primary.app_url()).await;
    let server = installation.beside_at(gate.url(), |_| {});
    server.watch_rights().await;
    let ana = installation.signed_in("ana@example.com", Role::DataAnalyst).await;
    let revoked = installation.signed_in("bob@example.com", Role::DataAnalyst).await;
    let unknown = installation.signed_in("cleo@example.com", Role::DataAnalyst).await;
    for caller in [&ana, &revoked] {
        assert!(reads(&server, caller).await.is_ok() && changes(&server, caller).await.is_ok());
    }
    // What is known to be revoked is not remembered.
    server.sign_out(&revoked).await.expect("signs out");

    gate.shut();
    let shut = Instant::now();
    installation
        .until(async || {
            assert!(reads(&server, &ana).await.is_ok(), "reads all the time");
            is_unavailable(&changes(&server, &ana).await)
        })
        .await;
    let (read, denied) = tokio::join!(reads(&server, &revoked), reads(&server, &unknown));
    assert!(is_unavailable(&read) && is_unavailable(&denied), "{read:?} {denied:?}");
    assert!(is_unavailable(&server.account(&ana).await), "an account is not looked at from memory");
    assert!(is_unavailable(&server.sign_out(&ana).await), "nobody is told to be signed out who is not");
    // By now it is known that PRIMARY is out of reach: who reads does not wait for it.
    installation
        .until(async || {
            let asked = Instant::now();
            assert!(reads(&server, &ana).await.is_ok());
            asked.elapsed() < Duration::from_millis(100)
        })
        .await;
    println!("out of reach for {:?}", shut.elapsed());

    gate.open().await;
    installation.until(async || changes(&server, &ana).await.is_ok()).await;
    installation
        .until(async || {
            let before = server.session_counts().hits;
            reads(&server, &ana).await.expect("reads");
            server.session_counts().hits > before
        })
        .await;
    assert_eq!(reads(&server, &revoked).await, Err(Error::Unauthenticated));
}

#[tokio::test]
async fn what_was_revoked_during_an_outage_is_refused_when_it_is_over() {
    let installation = Installation::new(Mode::Single).await;
    let gate = Gate::before(&installation.primary.app_url()).await;
    let server = installation.beside_at(gate.url(), |_| {});
    server.watch_rights().await;
    let ana = installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(reads(&server, &ana).await.is_ok());
    gate.shut();
    let id = installation.platform.signed_in(&ana).await.expect("an answer").expect("is signed in").user_id.clone();
    let disable = installation.platform.authorize::<permit::UsersDisable>(&system()).await.expect("may");
    disable.set_disabled(&id, true).await.expect("is disabled");
    assert!(reads(&server, &ana).await.is_ok(), "nobody can know yet");
    gate.open().await;
    installation.until(async || reads(&server, &ana).await == Err(Error::Unauthenticated)).await;
}

/// With the way to PRIMARY shut there can be no query; for most of a second memory is as good as PRIMARY, also for changes.
#[tokio::test]
async fn a_session_in_memory_costs_no_query() {
    let installation = Installation::new(Mode::Split).await;
    let gate = Gate::before(&installation.primary.app_url()).await;
    let server = installation.beside_at(gate.url(), |_| {});
    server.watch_rights().await;
    let ana = installation.signed_in("ana@example.com", Role::DataAnalyst).await;
    let mut quick = false;
    // On a busy machine the second may pass before the requests are through; then once more.
    for _ in 0..10 {
        installation.until(async || changes(&server, &ana).await.is_ok()).await;
        let before = server.session_counts();
        gate.shut();
        let shut = Instant::now();
        let mut answers = Vec::new();
        for _ in 0..100 {
            answers.push(changes(&server, &ana).await);
        }
        quick = shut.elapsed() < Duration::from_millis(300);
        gate.open().await;
        if quick {
            let after = server.session_counts();
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
            assert_eq!((after.hits - before.hits, after.misses, after.bypassed), (100, before.misses, before.bypassed));
            break;
        }
    }
    assert!(quick, "the machine never had a moment");
}

/// A statement that never ends is no outage: nobody is answered from memory, and nobody waits for ever.
#[tokio::test]
async fn a_primary_that_hangs_is_not_one_that_is_out_of_reach() {
    let installation = Installation::new(Mode::Single).await;
    let server = installation.beside(|_| {});
    server.watch_rights().await;
    let ana = installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(reads(&server, &ana).await.is_ok());
    let mut lock = installation.primary.owner_pool().begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE config.sessions, config.rights_clock IN ACCESS EXCLUSIVE MODE").execute(&mut lock).await.expect("the lock");
    installation.until(async || is_unavailable(&reads(&server, &ana).await)).await;
    assert!(is_unavailable(&reads(&server, &ana).await));
    lock.rollback().await.expect("let go");
    installation.until(async || reads(&server, &ana).await.is_ok()).await;
    run(&installation.primary, "UPDATE config.users SET disabled_at = now()").await;
}
