//! Where one is signed in, and ending that.

use model::audit::Origin;
use model::{Error, Role, SessionId};
use platform::{Caller, Identity, Platform, permit};

use crate::installation::{Installation, Mode, PASSWORD, ask, times};

async fn is_there(platform: &Platform, caller: &Caller) -> bool {
    platform.signed_in(caller).await.expect("an answer").is_some()
}

async fn id(platform: &Platform, caller: &Caller) -> SessionId {
    platform.signed_in(caller).await.expect("an answer").expect("is signed in").session_id.clone()
}

#[tokio::test]
async fn ones_sessions_are_listed_with_browser_and_address() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let first = installation.signed_in("ana@example.com", Role::Viewer).await;
    let origin = Origin {
        address: Some("203.0.113.9".to_owned()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0".to_owned()),
        ..Origin::default()
    };
    let stranger = Caller { identity: Identity::Anonymous, origin };
    let second = installation.platform.sign_in(&stranger, "ana@example.com", PASSWORD, "").await.expect("signs in");
    let sessions = installation.platform.account(&first).await.expect("an account").sessions;
    assert_eq!(sessions.iter().filter(|session| session.is_current).count(), 1);
    let other = sessions.iter().find(|session| !session.is_current).expect("the second");
    assert_eq!((&other.id, other.browser.as_str()), (&second.signed_in.session_id, "Firefox on Linux"));
    assert_eq!(other.address.as_deref(), Some("203.0.113.9"));
    assert!(matches!(installation.platform.account(&Caller::default()).await, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn one_session_all_others_or_all_of_somebody_are_ended() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let first = installation.signed_in("ana@example.com", Role::Viewer).await;
    let (second, third) = (installation.sign_in("ana@example.com").await, installation.sign_in("ana@example.com").await);
    let bob = installation.signed_in("bob@example.com", Role::Administrator).await;

    // Somebody else's is none of one's own.
    for session in [id(platform, &bob).await, SessionId::new("none"), SessionId::new("a\0b")] {
        assert!(matches!(platform.end_own_session(&first, &session).await, Err(Error::NotFound { .. })), "{session}");
    }
    let ended = id(platform, &second).await;
    platform.end_own_session(&first, &ended).await.expect("ends");
    assert!(!is_there(platform, &second).await && is_there(platform, &third).await && is_there(platform, &bob).await);
    assert!(matches!(platform.end_own_session(&first, &ended).await, Err(Error::NotFound { .. })));

    platform.end_other_sessions(&first).await.expect("end");
    assert!(is_there(platform, &first).await && !is_there(platform, &third).await && is_there(platform, &bob).await);

    let third = installation.sign_in("ana@example.com").await;
    let ana = platform.signed_in(&first).await.expect("an answer").expect("is signed in").user_id.clone();
    let revoke = platform.authorize::<permit::SessionsRevoke>(&bob).await.expect("may");
    revoke.end_session(&ana, &id(platform, &third).await).await.expect("ends");
    assert!(is_there(platform, &first).await && !is_there(platform, &third).await);
    assert!(matches!(revoke.end_session(&ana, &id(platform, &bob).await).await, Err(Error::NotFound { .. })));
    revoke.end_sessions(&ana).await.expect("end");
    assert!(!is_there(platform, &first).await && is_there(platform, &bob).await);
    let told: String =
        ask(&installation.primary, "SELECT string_agg(actor, ' ' ORDER BY id) FROM config.audit WHERE action = 'end-sessions'").await;
    assert_eq!(told, "ana@example.com ana@example.com bob@example.com bob@example.com");
}

/// Whoever ends sessions and whoever changes rights take their locks in one order: nobody is told to try again because two waited for
/// each other.
#[tokio::test]
async fn signing_out_and_changes_of_rights_at_once_do_not_wait_for_each_other() {
    let installation = Installation::new(Mode::Split).await;
    let server = installation.beside(|_| {});
    let ana = installation.user("ana@example.com", &["viewer"]).await;
    let (revoke, roles) = (installation.system::<permit::SessionsRevoke>().await, installation.system::<permit::RolesEdit>().await);
    for _ in 0..times(10, 100) {
        let callers = [installation.sign_in("ana@example.com").await, installation.sign_in("ana@example.com").await];
        for caller in &callers {
            assert!(is_there(&server, caller).await);
        }
        let viewer = installation.system::<permit::RolesRead>().await.roles().await.expect("roles").roles;
        let viewer = viewer.into_iter().find(|role| role.id.as_str() == "viewer").expect("the role");
        let draft = model::role::RoleDraft {
            id: viewer.id.to_string(),
            version: viewer.version,
            name: viewer.name,
            permissions: viewer.permissions.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        let (signed_out, second, changed, ended) = tokio::join!(
            server.sign_out(&callers[0]),
            installation.platform.sign_out(&callers[1]),
            roles.save_role(&draft),
            revoke.end_sessions(&ana)
        );
        signed_out.and(second).and(changed.map(drop)).and(ended).expect("all of them");
    }
}
