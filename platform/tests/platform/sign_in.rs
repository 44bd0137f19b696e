//! Signing in: what is refused, and that refusals tell nothing.

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use model::audit::Origin;
use model::{Error, Role};
use platform::{Caller, Identity};

use crate::installation::{Installation, Mode, PASSWORD, ask, run};

/// Somebody without a session at this network address.
pub fn at(address: &str) -> Caller {
    Caller { identity: Identity::Anonymous, origin: Origin { address: Some(address.to_owned()), ..Origin::default() } }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_say_the_same_after_as_many_evaluations() {
    let installation = Installation::new(Mode::Single).await;
    for name in ["ana", "ben", "cleo"] {
        installation.signed_in(&format!("{name}@example.com"), Role::Viewer).await;
    }
    run(&installation.primary, "UPDATE config.users SET disabled_at = now() WHERE email = 'ben@example.com'").await;
    run(&installation.primary, "UPDATE config.users SET password_hash = NULL WHERE email = 'cleo@example.com'").await;
    let platform = &installation.platform;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ana@example.com", "wrong horse battery"),
        ("nobody@example.com", PASSWORD),
        // Disabled, and without a password yet.
        ("ben@example.com", PASSWORD),
        ("cleo@example.com", PASSWORD),
        // What no address can be.
        ("ana\0@example.com", PASSWORD),
        (&"x".repeat(60_000), PASSWORD),
    ] {
        let before = platform.password_evaluations();
        let answer = platform.sign_in(&Caller::default(), email, password, "123456").await.err();
        answers.push((answer, platform.password_evaluations() - before));
    }
    let refused = Error::invalid("password", "The e-mail address or the password is wrong.");
    assert!(answers.iter().all(|answer| *answer == (Some(refused.clone()), 1)), "{answers:?}");
    let audited: i64 = ask(&installation.primary, "SELECT count(*) FROM config.audit WHERE action = 'sign-in-refused'").await;
    assert_eq!(audited, 6);
    // What is no address may be a password in the wrong field; and nobody chooses a name for the audit.
    let strangers: Vec<Option<String>> = ask(
        &installation.primary,
        "SELECT array_agg(after ->> 'email' ORDER BY id) FROM config.audit WHERE action = 'sign-in-refused' AND actor = 'stranger'",
    )
    .await;
    assert_eq!(strangers, [Some("nobody@example.com".to_owned()), None, None]);
    assert!(platform.sign_in(&Caller::default(), "  Ana@Example.COM ", PASSWORD, "").await.is_ok());
}

#[tokio::test]
async fn a_hash_in_other_parameters_is_renewed_at_sign_in() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let current: String = ask(&installation.primary, "SELECT password_hash FROM config.users").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(1024, 1, 1, None).expect("parameters"));
    let weak = weak.hash_password(PASSWORD.as_bytes()).expect("a hash").to_string();
    let mut transaction = installation.primary.pool().begin().await.expect("a transaction");
    sqlx::query("UPDATE config.users SET password_hash = $1").bind(&weak).execute(&mut transaction).await.expect("the weak hash");
    transaction.commit().await.expect("committed");

    let platform = &installation.platform;
    assert!(platform.sign_in(&Caller::default(), "ana@example.com", "wrong horse battery", "").await.is_err());
    assert_eq!(
        ask::<String>(&installation.primary, "SELECT password_hash FROM config.users").await,
        weak,
        "a wrong password renews nothing"
    );
    platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.expect("the weak hash still fits");
    let renewed: String = ask(&installation.primary, "SELECT password_hash FROM config.users").await;
    assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && renewed != current, "{renewed}");
    platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.expect("the new hash fits");
    assert_eq!(ask::<String>(&installation.primary, "SELECT password_hash FROM config.users").await, renewed, "renewed once");
}

/// Session fixation: what somebody put into the browser before is not the session after.
#[tokio::test]
async fn a_cookie_planted_before_sign_in_is_not_the_session_after_it() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    let attacker = installation.signed_in("attacker@example.com", Role::Viewer).await;
    let Identity::Session(real) = attacker.identity.clone() else { panic!("a session") };
    for planted in ["planted".to_owned(), real] {
        let caller = Caller { identity: Identity::Session(planted.clone()), origin: Origin::default() };
        let session = platform.sign_in(&caller, "ana@example.com", PASSWORD, "").await.expect("signs in");
        assert_ne!(session.token, planted);
        assert!(platform.signed_in(&caller).await.expect("an answer").is_none(), "the planted one opens nothing");
        let own = Caller { identity: Identity::Session(session.token), origin: Origin::default() };
        let signed_in = platform.signed_in(&own).await.expect("an answer").expect("is signed in");
        assert_eq!(signed_in.email, "ana@example.com");
    }
}

#[tokio::test]
async fn a_password_that_was_changed_during_the_sign_in_signs_nobody_in() {
    let installation = Installation::new(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    // Whoever changes the user keeps the attempt waiting: it is past the password by then.
    let mut changing = installation.primary.pool().begin().await.expect("a transaction");
    sqlx::query("UPDATE config.users SET password_hash = password_hash || 'x'").execute(&mut changing).await.expect("another password");
    let platform = installation.platform.clone();
    let attempt = tokio::spawn(async move { platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.err() });
    installation
        .until(async || {
            ask::<bool>(
                &installation.primary,
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())",
            )
            .await
        })
        .await;
    changing.commit().await.expect("committed");
    let refused = attempt.await.expect("an answer").expect("is refused");
    assert!(refused.of_field("password").is_some(), "{refused}");
}
