//! Sessions and the cache in front of them.

use model::Role;
use model::audit::Origin;
use platform::{Caller, Identity};

use crate::installation::{Installation, Mode, ask};

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

#[tokio::test]
async fn requests_that_wait_for_one_session_load_it_once() {
    let installation = Installation::new(Mode::Split).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    let server = installation.beside(|_| {});
    server.watch_rights().await;
    let answers = futures::future::join_all((0..100).map(|_| server.signed_in(&caller))).await;
    assert!(answers.into_iter().all(|answer| answer.expect("an answer").is_some()));
    assert_eq!((server.session_counts().misses, server.session_counts().bypassed), (1, 0));
    assert!(server.signed_in(&caller).await.expect("an answer").is_some());
    assert_eq!((server.session_counts().misses, server.session_counts().hits), (1, 1));
}

#[tokio::test]
async fn a_process_that_does_not_watch_asks_primary_each_time() {
    let installation = Installation::new(Mode::Single).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    let before = installation.platform.session_counts();
    for _ in 0..3 {
        assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_some());
    }
    let after = installation.platform.session_counts();
    assert_eq!((after.hits, after.misses, after.bypassed - before.bypassed), (0, 0, 3));
}

#[tokio::test]
async fn a_cookie_replayed_after_sign_out_is_nobody() {
    let installation = Installation::new(Mode::Single).await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    let server = installation.beside(|_| {});
    server.watch_rights().await;
    assert!(server.signed_in(&caller).await.expect("an answer").is_some());
    server.sign_out(&caller).await.expect("signs out");
    // At once where it was signed out of, in memory and not.
    for platform in [&server, &installation.platform] {
        assert!(platform.signed_in(&caller).await.expect("an answer").is_none());
        assert!(platform.signed_in_to_read(&caller).await.expect("an answer").is_none());
        assert!(platform.renew_session(&caller).await.expect("an answer").is_none());
        platform.sign_out(&caller).await.expect("nothing is left to do");
    }
    let left: i64 = ask(&installation.primary, "SELECT count(*) FROM config.sessions").await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_invented_token_is_nobody() {
    let installation = Installation::new(Mode::Single).await;
    let caller = Caller { identity: Identity::Session("invented".to_owned()), origin: Origin::default() };
    assert!(installation.platform.signed_in(&caller).await.expect("an answer").is_none());
}

#[tokio::test]
async fn a_text_that_cannot_be_stored_names_nothing() {
    let installation = Installation::new(Mode::Single).await;
    let imports = installation.system::<platform::permit::ImportsRead>().await;
    assert!(matches!(imports.run(&model::RunId::new("a\0b")).await, Err(model::Error::NotFound { .. })));
    let query = model::run::RunQuery { subject: Some("a\0b".to_owned()), ..Default::default() };
    assert_eq!(imports.runs(&query).await.expect("a page").total, 0);
}
