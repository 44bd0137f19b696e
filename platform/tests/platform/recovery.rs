//! Links with which a user sets a password.

use std::sync::atomic::Ordering;

use model::user_view::PasswordLink;
use model::{Error, Role};
use platform::{Caller, Platform, permit};

use crate::installation::{Installation, Mode, PASSWORD, ask};
use crate::throttle::timed;
use crate::users::new_user;

const OTHER: &str = "seven umbrellas waltz quietly";

async fn created(installation: &Installation) -> PasswordLink {
    let creator = installation.system::<permit::UsersCreate>().await;
    creator.create_user(new_user("ana@example.com", &["viewer"])).await.expect("a link")
}

fn token(link: &PasswordLink) -> &str {
    link.path.split_once("token=").expect("a token").1
}

async fn set(platform: &Platform, link: &PasswordLink, password: &str) -> Result<(), Error> {
    platform.set_password_by_link(&Caller::default(), token(link), password).await
}

async fn signs_in(platform: &Platform, password: &str) -> bool {
    platform.sign_in(&Caller::default(), "ana@example.com", password, "").await.is_ok()
}

fn is_no_link<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::NotFound { .. }))
}

#[tokio::test]
async fn a_new_user_sets_a_password_with_the_link_and_signs_in() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let platform = &installation.platform;
    let link = created(&installation).await;
    assert_eq!(token(&link).len(), 43, "256 bits in base64");
    assert!(!signs_in(platform, PASSWORD).await && !signs_in(platform, "").await);
    let holder = platform.link_holder(token(&link)).await.expect("a link");
    // PRIMARY keeps microseconds.
    assert_eq!((holder.email.as_str(), holder.expires_at.timestamp_micros()), ("ana@example.com", link.expires_at.timestamp_micros()));

    let refused = set(platform, &link, "ana@example.com").await.expect_err("is guessed");
    assert!(refused.of_field("password").is_some(), "{refused}");
    set(platform, &link, PASSWORD).await.expect("the link works on, and sets the password");
    assert!(signs_in(platform, PASSWORD).await);
}

#[tokio::test]
async fn a_link_used_twice_is_refused() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let link = created(&installation).await;
    set(platform, &link, PASSWORD).await.expect("sets the password");
    assert!(is_no_link(&set(platform, &link, OTHER).await));
    assert!(is_no_link(&platform.link_holder(token(&link)).await));
    assert!(signs_in(platform, PASSWORD).await && !signs_in(platform, OTHER).await);
}

#[tokio::test]
async fn a_link_used_late_is_refused() {
    let (installation, seconds) = timed(Mode::Split).await;
    let platform = &installation.platform;
    let link = created(&installation).await;
    seconds.store(24 * 3600 - 1, Ordering::SeqCst);
    assert!(platform.link_holder(token(&link)).await.is_ok());
    seconds.store(24 * 3600, Ordering::SeqCst);
    assert!(is_no_link(&platform.link_holder(token(&link)).await));
    assert!(is_no_link(&set(platform, &link, PASSWORD).await));
    assert!(!signs_in(platform, PASSWORD).await);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_sets_the_password() {
    let installation = Installation::new(Mode::Single).await;
    let (one, other) = (&installation.platform, installation.beside(|_| {}));
    let link = created(&installation).await;
    let (first, second) = tokio::join!(set(one, &link, PASSWORD), set(&other, &link, OTHER));
    assert!(first.is_ok() != second.is_ok() && (is_no_link(&first) || is_no_link(&second)), "{first:?} {second:?}");
    assert_eq!((signs_in(one, PASSWORD).await, signs_in(one, OTHER).await), (first.is_ok(), second.is_ok()));
}

#[tokio::test]
async fn a_new_link_takes_the_place_of_the_old_and_the_password_works_until_it_is_used() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let session = installation.signed_in("ana@example.com", Role::Viewer).await;
    let id = platform.signed_in(&session).await.expect("an answer").expect("is signed in").user_id.clone();
    let recover = installation.system::<permit::UsersRecover>().await;
    let (old, new) = (recover.password_link(&id).await.expect("a link"), recover.password_link(&id).await.expect("a link"));
    assert!(is_no_link(&set(platform, &old, OTHER).await));
    assert!(signs_in(platform, PASSWORD).await && platform.signed_in(&session).await.expect("an answer").is_some());

    set(platform, &new, OTHER).await.expect("sets the password");
    assert!(platform.signed_in(&session).await.expect("an answer").is_none(), "every session ends");
    assert!(!signs_in(platform, PASSWORD).await && signs_in(platform, OTHER).await);
}

#[tokio::test]
async fn a_link_is_refused_for_a_disabled_user_and_lifts_a_lock() {
    let (installation, _seconds) = timed(Mode::Single).await;
    let platform = &installation.platform;
    let id = installation.user("ana@example.com", &["viewer"]).await;
    let recover = installation.system::<permit::UsersRecover>().await;
    let disabling = installation.system::<permit::UsersDisable>().await;
    disabling.set_disabled(&id, true).await.expect("is disabled");
    assert!(matches!(recover.password_link(&id).await, Err(Error::Conflict { .. })));
    disabling.set_disabled(&id, false).await.expect("is enabled");

    for _ in 0..8 {
        assert!(!signs_in(platform, "wrong horse battery").await);
    }
    assert!(!signs_in(platform, PASSWORD).await, "is held up");
    let held_up = installation.system::<permit::UsersRead>().await.user(&id).await.expect("a user").locked_seconds;
    assert!(held_up > 0);
    let link = recover.password_link(&id).await.expect("a link");
    set(platform, &link, OTHER).await.expect("sets the password");
    assert!(signs_in(platform, OTHER).await);
    for _ in 0..8 {
        assert!(!signs_in(platform, PASSWORD).await);
    }
    recover.unlock(&id).await.expect("is lifted");
    assert!(signs_in(platform, OTHER).await);
}

#[tokio::test]
async fn no_secret_is_in_the_audit_or_kept_in_clear() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let link = created(&installation).await;
    set(platform, &link, PASSWORD).await.expect("sets the password");
    let session = platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.expect("signs in");
    let caller = crate::installation::with_token(&session.token);
    let renewed = platform.change_password(&caller, PASSWORD, OTHER).await.expect("another password");
    let edit = crate::users::edit_of(&installation, &link.user_id).await;
    installation
        .system::<permit::UsersEdit>()
        .await
        .edit_user(model::user::UserEdit { roles: Vec::new(), ..edit })
        .await
        .expect("is changed");
    let another = installation.system::<permit::UsersRecover>().await.password_link(&link.user_id).await.expect("a link");

    let rows: String = ask(
        &installation.primary,
        "SELECT string_agg(a::text, '|') || (SELECT string_agg(l::text, '|') FROM config.password_links l)
                || (SELECT string_agg(s::text, '|') FROM config.sessions s) FROM config.audit a",
    )
    .await;
    assert!(rows.contains("set-password") && rows.contains("password-link") && rows.contains("viewer"), "{rows}");
    for secret in [token(&link), token(&another), &session.token, &renewed.token, PASSWORD, OTHER] {
        assert!(!rows.contains(secret), "{secret} is kept in clear");
    }
    let audit: String = ask(&installation.primary, "SELECT string_agg(a::text, '|') FROM config.audit a").await;
    let hashes: String = ask(
        &installation.primary,
        "SELECT string_agg(encode(token_hash, 'hex') || '|' || coalesce(encode(previous_hash, 'hex'), 'none'), '|') FROM config.sessions",
    )
    .await;
    assert!(!audit.contains("argon2") && hashes.split('|').all(|hash| !audit.contains(hash)), "{audit}");
}
