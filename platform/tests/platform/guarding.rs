//! What would be a way around the rules: a cookie that outlives a password, a link that outlives its holder's rank, a lock that somebody
//! leaves behind, strangers who keep PRIMARY busy.

use std::time::Duration;

use database_primary::PrimaryPool;
use model::{Error, Permission, Role};
use platform::{Caller, Identity, permit};

use crate::installation::{Installation, Mode, PASSWORD, ask, run, with_token};
use crate::users::{edit, edit_of, support};

const NEW: &str = "another long enough phrase";

#[tokio::test]
async fn a_cookie_does_not_outlive_the_password_that_was_changed_because_of_it() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    platform.watch_rights().await;
    let stolen = installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(platform.signed_in(&stolen).await.expect("an answer").is_some());
    let renewed = platform.change_password(&stolen, PASSWORD, NEW).await.expect("changed");
    assert!(platform.signed_in(&stolen).await.expect("an answer").is_none());
    assert!(platform.signed_in(&with_token(&renewed.token)).await.expect("an answer").is_some());
}

#[tokio::test]
async fn a_link_does_not_outlive_what_its_holder_was_when_it_was_made() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let helper = support(&installation).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let role = installation.role("Looking", &[Permission::TransitRead]).await;
    let id = installation.user("ana@example.com", &[role.as_str()]).await;
    let link = async || {
        let link = platform.authorize::<permit::UsersRecover>(&helper).await.expect("may").password_link(&id).await.expect("a link");
        link.path.rsplit_once('=').expect("a token").1.to_owned()
    };
    let works = async |token: &str| platform.link_holder(token).await.is_ok();

    let token = link().await;
    assert!(works(&token).await);
    let mut promoted = edit_of(&installation, &id).await;
    promoted.roles.push(Role::Administrator.id().to_owned());
    edit(platform, &administrator, promoted).await.expect("promoted");
    assert!(!works(&token).await, "a link to an administrator's account in the hands of somebody who is none");

    let mut demoted = edit_of(&installation, &id).await;
    demoted.roles.retain(|role| role != Role::Administrator.id());
    edit(platform, &administrator, demoted).await.expect("demoted");
    let token = link().await;
    let roles = platform.authorize::<permit::RolesEdit>(&administrator).await.expect("may");
    let draft = model::role::RoleDraft {
        id: role.to_string(),
        version: 1,
        name: "Looking".to_owned(),
        permissions: vec!["transit:read".to_owned(), "databases:migrate".to_owned()],
        ..model::role::RoleDraft::default()
    };
    roles.save_role(&draft).await.expect("grown");
    assert!(!works(&token).await);
}

#[tokio::test]
async fn what_is_refused_for_somebodys_reach_is_recorded() {
    let installation = Installation::new(Mode::Single).await;
    let helper = support(&installation).await;
    let id = installation.user("boss@example.com", &[Role::Administrator.id()]).await;
    let refused = edit(&installation.platform, &helper, edit_of(&installation, &id).await).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
    let denials = "SELECT count(*) FROM config.audit WHERE action = 'permission-denied' AND actor = 'support@example.com'";
    installation.until(async || ask::<i64>(&installation.primary, denials).await == 1).await;
}

/// A transaction of somebody who has gone away in the middle of a change of rights.
#[tokio::test]
async fn a_lock_that_somebody_leaves_behind_fails_others_in_time_and_not_forever() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    let mut left = PrimaryPool::new(installation.primary.app_pool()).begin().await.expect("a transaction");
    left.lock_rights().await.expect("the lock");
    let signing_out = tokio::time::timeout(Duration::from_secs(20), platform.sign_out(&caller)).await.expect("an end");
    assert!(matches!(signing_out, Err(Error::Unavailable { .. })), "{signing_out:?}");
    // Signing in takes another way.
    platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.expect("signs in");
    drop(left);
    installation.until(async || platform.sign_out(&caller).await.is_ok()).await;
}

#[tokio::test]
async fn strangers_with_made_up_cookies_do_not_empty_memory() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    platform.watch_rights().await;
    let caller = installation.signed_in("ana@example.com", Role::Viewer).await;
    assert!(platform.signed_in(&caller).await.expect("an answer").is_some());
    // What no token can be is not asked of PRIMARY at all.
    let before = platform.session_counts();
    for token in ["", "short", &"x".repeat(44), &"ñ".repeat(43), &"!".repeat(43)] {
        let invented = Caller { identity: Identity::Session((*token).to_owned()), ..Caller::default() };
        assert!(platform.signed_in(&invented).await.expect("an answer").is_none());
    }
    assert_eq!(platform.session_counts(), before);
    // And of what could be one, a flood leaves those who are known alone.
    let flood = futures::future::join_all((0..200).map(|number| {
        let invented = with_token(&format!("{number:043}"));
        async move { platform.signed_in(&invented).await.expect("an answer").is_none() }
    }));
    let known = async {
        for _ in 0..50 {
            assert!(platform.signed_in(&caller).await.expect("an answer").is_some());
            tokio::task::yield_now().await;
        }
    };
    let (refused, ()) = tokio::join!(flood, known);
    assert!(refused.into_iter().all(|refused| refused));
    assert_eq!(platform.session_counts().bypassed, 0);
}

#[tokio::test]
async fn an_unlocked_account_is_signed_in_to_whatever_strangers_do() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let id = installation.user("ana@example.com", &[Role::Viewer.id()]).await;
    // As after a minute in which strangers tried too much.
    run(
        &installation.primary,
        "INSERT INTO config.sign_in_attempts (scope, account, address, failures, counted_at, blocked_until)
         VALUES ('everything', '', '', 100, now(), now() + interval '1 minute')",
    )
    .await;
    let sign_in = async || platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.map(drop);
    assert!(matches!(sign_in().await, Err(Error::RateLimited { .. })));
    installation.system::<permit::UsersRecover>().await.unlock(&id).await.expect("unlocked");
    assert_eq!(sign_in().await, Ok(()));
}
