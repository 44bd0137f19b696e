//! Looking at the platform as another user.

use std::sync::atomic::Ordering;

use model::{Error, Permission, Role, UserId};
use platform::{Caller, NewSession, Permit, Platform, permit};

use crate::installation::{Installation, Mode, ask, with_token};
use crate::throttle::timed;
use crate::users::{edit, edit_of};

async fn look_as(platform: &Platform, caller: &Caller, id: &UserId) -> Result<NewSession, Error> {
    platform.authorize::<permit::UsersImpersonate>(caller).await?.impersonate(caller, id).await
}

/// An administrator who looks as the viewer of this identifier.
async fn looking(installation: &Installation) -> (Caller, UserId) {
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let ana = installation.user("ana@example.com", &["viewer"]).await;
    let session = look_as(&installation.platform, &administrator, &ana).await.expect("looks as ana");
    assert!(session.signed_in.impersonator.as_ref().is_some_and(|real| real.email == "admin@example.com"));
    (with_token(&session.token), ana)
}

/// As whom a session looks, and who sits there.
async fn who(platform: &Platform, caller: &Caller) -> (String, Option<String>) {
    let signed_in = platform.signed_in(caller).await.expect("an answer").expect("is signed in");
    (signed_in.email.clone(), signed_in.impersonator.as_ref().map(|real| real.email.clone()))
}

async fn is_forbidden<P: Permit>(platform: &Platform, caller: &Caller) -> bool {
    matches!(platform.authorize::<P>(caller).await, Err(Error::Forbidden { .. }))
}

#[tokio::test]
async fn both_names_are_in_the_audit() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let (caller, _) = looking(&installation).await;
    let platform = &installation.platform;
    assert_eq!(who(platform, &caller).await, ("ana@example.com".to_owned(), Some("admin@example.com".to_owned())));
    assert!(is_forbidden::<permit::TransformationsRun>(platform, &caller).await, "no more than the viewer");
    let names = "SELECT count(*) FROM config.audit
         WHERE actor = 'admin@example.com' AND on_behalf_of = 'ana@example.com' AND action = 'permission-denied'";
    installation.until(async || ask::<i64>(&installation.primary, names).await == 1).await;
    platform.stop_impersonating(&caller).await.expect("stops");
    let told: String = ask(
        &installation.primary,
        "SELECT string_agg(action || ' ' || actor || ' for ' || on_behalf_of, ', ' ORDER BY id) FROM config.audit WHERE action LIKE 'impersonate%'",
    )
    .await;
    assert_eq!(told, "impersonate admin@example.com for ana@example.com, impersonate-end admin@example.com for ana@example.com");
}

#[tokio::test]
async fn it_ends_after_thirty_minutes() {
    let (installation, seconds) = timed(Mode::Split).await;
    let (caller, _) = looking(&installation).await;
    // Also in memory.
    let server = installation.beside(|_| {});
    server.watch_rights().await;
    seconds.store(30 * 60 - 1, Ordering::SeqCst);
    for platform in [&installation.platform, &server] {
        assert_eq!(who(platform, &caller).await.0, "ana@example.com");
    }
    seconds.store(30 * 60, Ordering::SeqCst);
    let later = installation.platform.renew_session(&caller).await.expect("an answer");
    let caller = later.map_or(caller, |session| with_token(&session.token));
    for platform in [&installation.platform, &server] {
        assert_eq!(who(platform, &caller).await, ("admin@example.com".to_owned(), None));
        assert!(platform.authorize::<permit::UsersEdit>(&caller).await.is_ok(), "with the own rights");
    }
    assert!(matches!(installation.platform.stop_impersonating(&caller).await, Err(Error::Conflict { .. })));
}

/// "Account and security pages blocked".
#[tokio::test]
async fn impersonation_does_not_reach_account_pages() {
    let installation = Installation::new(Mode::Single).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let other = installation.user("other@example.com", &["administrator"]).await;
    let platform = &installation.platform;
    let session = look_as(platform, &administrator, &other).await.expect("an administrator looks as another");
    let caller = with_token(&session.token);
    assert!(platform.authorize::<permit::DatabasesMigrate>(&caller).await.is_ok());

    let own = session.signed_in.session_id.clone();
    let answers = [
        ("account", platform.account(&caller).await.map(drop)),
        (
            "change_password",
            platform.change_password(&caller, crate::installation::PASSWORD, "seven umbrellas waltz quietly").await.map(drop),
        ),
        ("end_own_session", platform.end_own_session(&caller, &own).await),
        ("end_other_sessions", platform.end_other_sessions(&caller).await),
        ("second_factor", platform.second_factor(&caller).await.map(drop)),
        ("begin_second_factor", platform.begin_second_factor(&caller, crate::installation::PASSWORD).await.map(drop)),
    ];
    for (doing, answer) in answers {
        let refused = answer.expect_err(doing);
        assert!(matches!(refused, Error::Conflict { .. }), "{doing}: {refused}");
    }
    assert!(is_forbidden::<permit::UsersRead>(platform, &caller).await && is_forbidden::<permit::UsersCreate>(platform, &caller).await);
    assert!(is_forbidden::<permit::UsersEdit>(platform, &caller).await && is_forbidden::<permit::UsersDisable>(platform, &caller).await);
    assert!(
        is_forbidden::<permit::UsersRecover>(platform, &caller).await && is_forbidden::<permit::UsersImpersonate>(platform, &caller).await
    );
    assert!(is_forbidden::<permit::RolesRead>(platform, &caller).await && is_forbidden::<permit::RolesEdit>(platform, &caller).await);
    assert!(
        is_forbidden::<permit::SessionsRead>(platform, &caller).await && is_forbidden::<permit::SessionsRevoke>(platform, &caller).await
    );
    assert!(is_forbidden::<permit::AuditRead>(platform, &caller).await && is_forbidden::<permit::AuditExport>(platform, &caller).await);
    assert!(is_forbidden::<permit::MetricsRead>(platform, &caller).await);
    let kept = session.signed_in.permissions.iter().filter(|permission| !permission.is_for_impersonation()).count();
    assert_eq!((kept, session.signed_in.may(Permission::ImportsRead)), (0, true));
}

#[tokio::test]
async fn not_as_oneself_a_disabled_user_or_one_who_may_do_more() {
    let installation = Installation::new(Mode::Single).await;
    let caller = crate::users::support(&installation).await;
    let platform = &installation.platform;
    let own = platform.signed_in(&caller).await.expect("an answer").expect("is signed in").user_id.clone();
    let analyst = installation.user("bob@example.com", &["data_analyst"]).await;
    let disabled = installation.user("cleo@example.com", &["warehouse_staff"]).await;
    installation.system::<permit::UsersDisable>().await.set_disabled(&disabled, true).await.expect("is disabled");
    for (whom, status) in [(&own, 409), (&analyst, 409), (&disabled, 409), (&UserId::new("nobody"), 404), (&UserId::new("a\0b"), 404)] {
        let refused = look_as(platform, &caller, whom).await.err().expect("is refused");
        assert_eq!(refused.status(), status, "{whom}: {refused}");
    }
    assert_eq!(who(platform, &caller).await, ("support@example.com".to_owned(), None), "the token is the same");
    let system = crate::installation::system();
    assert!(matches!(look_as(platform, &system, &analyst).await.err(), Some(Error::Conflict { .. })), "a command has no session");
    let viewer = installation.signed_in("viewer@example.com", Role::Viewer).await;
    assert_eq!(look_as(platform, &viewer, &disabled).await.err(), Some(Error::Forbidden { permission: Permission::UsersImpersonate }));
}

#[tokio::test]
async fn it_ends_when_the_rights_of_either_change() {
    let installation = Installation::new(Mode::Split).await;
    let (mut caller, ana) = looking(&installation).await;
    installation.user("other@example.com", &["administrator"]).await;
    let platform = &installation.platform;
    let admin = UserId::new(ask::<String>(&installation.primary, "SELECT id FROM config.users WHERE email = 'admin@example.com'").await);
    let desk = installation.role("Desk", &[Permission::TransitRead]).await;
    let server = installation.beside(|_| {});
    server.watch_rights().await;
    for (whose, roles) in [(&ana, vec!["viewer", "warehouse_staff"]), (&admin, vec!["administrator", "viewer"])] {
        assert_eq!(who(&server, &caller).await.0, "ana@example.com");
        let roles = roles.into_iter().map(str::to_owned).collect();
        let change = model::user::UserEdit { roles, ..edit_of(&installation, whose).await };
        edit(platform, &crate::installation::system(), change).await.expect("is changed");
        assert_eq!(who(platform, &caller).await, ("admin@example.com".to_owned(), None));
        installation.until(async || who(&server, &caller).await.1.is_none()).await;
        let renewed = platform.renew_session(&caller).await.expect("an answer").expect("another token is due");
        caller = with_token(&look_as(platform, &with_token(&renewed.token), &ana).await.expect("looks again").token);
    }
    // The role that one of them holds, and being disabled.
    let system = installation.system::<permit::RolesEdit>().await;
    let draft = model::role::RoleDraft { id: desk.to_string(), version: 1, name: "Front desk".to_owned(), ..Default::default() };
    system.save_role(&draft).await.expect("a role that nobody holds");
    assert_eq!(who(platform, &caller).await.0, "ana@example.com", "concerns neither");
    installation.system::<permit::UsersDisable>().await.set_disabled(&ana, true).await.expect("is disabled");
    assert_eq!(who(platform, &caller).await, ("admin@example.com".to_owned(), None));
    installation.system::<permit::UsersDisable>().await.set_disabled(&admin, true).await.expect("is disabled");
    assert!(platform.signed_in(&caller).await.expect("an answer").is_none());
}

#[tokio::test]
async fn beginning_and_stopping_give_other_tokens_and_the_old_ones_stop_working() {
    let (installation, seconds) = timed(Mode::Single).await;
    let platform = &installation.platform;
    let before = installation.signed_in("admin@example.com", Role::Administrator).await;
    let ana = installation.user("ana@example.com", &["viewer"]).await;
    let during = with_token(&look_as(platform, &before, &ana).await.expect("looks as ana").token);
    let stopped = platform.stop_impersonating(&during).await.expect("stops");
    assert!(stopped.signed_in.impersonator.is_none() && stopped.signed_in.email == "admin@example.com");
    let after = with_token(&stopped.token);
    assert_eq!(who(platform, &after).await, ("admin@example.com".to_owned(), None));
    assert!(platform.signed_in(&before).await.expect("an answer").is_none(), "two tokens ago");
    seconds.store(60, Ordering::SeqCst);
    assert!(platform.signed_in(&during).await.expect("an answer").is_none(), "a minute ago");
    assert!(platform.signed_in(&after).await.expect("an answer").is_some());
}
