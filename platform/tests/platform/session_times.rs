//! How long sessions and their tokens last.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use model::user::UserEdit;
use model::{Permission, Role};
use platform::{Caller, Platform, permit};

use crate::installation::{Installation, Mode, PASSWORD, with_token};
use crate::throttle::timed;
use crate::users::edit_of;

const HOUR: i64 = 3600;

async fn is_there(platform: &Platform, caller: &Caller) -> bool {
    platform.signed_in(caller).await.expect("an answer").is_some()
}

/// A process that answers from memory, and writes down when it stops which sessions it has seen.
async fn server(installation: &Installation) -> Platform {
    let server = installation.beside(|configuration| configuration.supervises_runs = true);
    server.start().await.expect("starts");
    server
}

async fn stop(server: Platform) {
    server.stop(Duration::from_secs(20)).await;
}

fn at(seconds: &AtomicI64, time: i64) {
    seconds.store(time, Ordering::SeqCst);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let (installation, seconds) = timed(Mode::SingleBehindPgBouncer).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    at(&seconds, 2 * HOUR - 1);
    assert!(is_there(&installation.platform, &caller).await);
    at(&seconds, 2 * HOUR);
    assert!(!is_there(&installation.platform, &caller).await);
}

#[tokio::test]
async fn a_session_that_is_used_goes_on_and_that_is_written_down() {
    let (installation, seconds) = timed(Mode::Split).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    at(&seconds, HOUR);
    let server = server(&installation).await;
    assert!(is_there(&server, &caller).await);
    stop(server).await;
    at(&seconds, 3 * HOUR - 1);
    let account = installation.platform.account(&caller).await.expect("an account");
    assert_eq!(account.sessions[0].last_seen_at - account.sessions[0].created_at, chrono::TimeDelta::hours(1));
    at(&seconds, 3 * HOUR);
    assert!(!is_there(&installation.platform, &caller).await);
}

#[tokio::test]
async fn a_page_that_watches_does_not_keep_a_session_alive() {
    let (installation, seconds) = timed(Mode::Single).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    at(&seconds, HOUR);
    let server = server(&installation).await;
    assert!(server.authorize_watching::<permit::ImportsRead>(&caller).await.is_ok());
    stop(server).await;
    at(&seconds, 2 * HOUR);
    assert!(!is_there(&installation.platform, &caller).await);
}

#[tokio::test]
async fn a_session_ends_with_its_time_even_in_memory_and_however_it_is_used() {
    let (installation, seconds) = timed(Mode::Single).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    let server = installation.beside(|configuration| configuration.session_idle = Duration::from_secs(48 * 3600));
    server.watch_rights().await;
    at(&seconds, 12 * HOUR - 1);
    assert!(is_there(&server, &caller).await);
    at(&seconds, 12 * HOUR);
    assert!(!is_there(&server, &caller).await);
}

#[tokio::test]
async fn a_session_gets_another_token_after_a_change_of_roles() {
    let (installation, seconds) = timed(Mode::SingleBehindPgBouncer).await;
    let old = installation.signed_in("ana@example.com", Role::Viewer).await;
    let other = installation.sign_in("ana@example.com").await;
    let platform = &installation.platform;
    let server = installation.beside(|_| {});
    server.watch_rights().await;
    let before = server.signed_in(&old).await.expect("an answer").expect("is signed in");
    assert!(server.renew_session(&old).await.expect("an answer").is_none(), "nothing has changed yet");
    let named = UserEdit { name: "Ana Two".to_owned(), ..edit_of(&installation, &before.user_id).await };
    installation.system::<permit::UsersEdit>().await.edit_user(named).await.expect("is changed");
    assert!(platform.renew_session(&old).await.expect("an answer").is_none(), "a name is no right");

    let roles = UserEdit { roles: vec!["data_analyst".to_owned()], ..edit_of(&installation, &before.user_id).await };
    installation.system::<permit::UsersEdit>().await.edit_user(roles).await.expect("is changed");
    let (first, second) = tokio::join!(platform.renew_session(&old), server.renew_session(&old));
    let renewed: Vec<_> = [first, second].into_iter().filter_map(|answer| answer.expect("an answer")).collect();
    let [renewed] = renewed.as_slice() else { panic!("{} tokens instead of one", renewed.len()) };
    assert_eq!(renewed.signed_in.session_id, before.session_id, "the same session");
    assert!(renewed.signed_in.may(Permission::ImportsUps) && renewed.seconds == 12 * 3600);
    let new = with_token(&renewed.token);
    assert!(platform.renew_session(&new).await.expect("an answer").is_none());
    assert!(platform.renew_session(&other).await.expect("an answer").is_some(), "each of the user's sessions");

    installation
        .until(async || server.signed_in(&old).await.expect("an answer").is_some_and(|session| session.may(Permission::ImportsUps)))
        .await;
    // Requests that were under way go on with the old one, for a minute, also in memory.
    at(&seconds, 59);
    for platform in [platform, &server] {
        assert!(is_there(platform, &old).await && is_there(platform, &new).await);
    }
    at(&seconds, 60);
    for platform in [platform, &server] {
        assert!(!is_there(platform, &old).await && is_there(platform, &new).await);
    }
}

#[tokio::test]
async fn a_change_of_password_ends_the_other_sessions_and_gives_this_one_another_token() {
    let (installation, seconds) = timed(Mode::Split).await;
    let old = installation.signed_in("ana@example.com", Role::Viewer).await;
    let other = installation.sign_in("ana@example.com").await;
    let platform = &installation.platform;
    let new = "seven umbrellas waltz quietly";
    for (field, present, wanted) in
        [("present", "wrong horse battery", new), ("password", PASSWORD, "short"), ("password", PASSWORD, PASSWORD)]
    {
        let refused = platform.change_password(&old, present, wanted).await.err().expect(field);
        assert!(refused.of_field(field).is_some(), "{field}: {refused}");
    }
    assert!(is_there(platform, &other).await);
    let session = platform.change_password(&old, PASSWORD, new).await.expect("another password");
    assert!(!is_there(platform, &other).await && is_there(platform, &with_token(&session.token)).await);
    at(&seconds, 60);
    assert!(!is_there(platform, &old).await && is_there(platform, &with_token(&session.token)).await);
    assert!(platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.is_err());
    assert!(platform.sign_in(&Caller::default(), "ana@example.com", new, "").await.is_ok());
}
