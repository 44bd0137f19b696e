//! Who may do what, and what the application's database role may not.

use model::{Error, Permission, Role};
use platform::{Caller, permit};

use crate::installation::{Installation, Mode, ask, system};

#[tokio::test]
async fn a_stranger_may_nothing_and_a_viewer_may_read() {
    let installation = Installation::new(Mode::Single).await;
    let platform = &installation.platform;
    let stranger = Caller::default();
    assert_eq!(platform.authorize::<permit::ImportsRead>(&stranger).await.expect_err("is refused"), Error::Unauthenticated);
    let viewer = installation.signed_in("viewer@example.com", Role::Viewer).await;
    assert!(platform.authorize::<permit::ImportsRead>(&viewer).await.is_ok());
    assert!(platform.authorize::<permit::ExportsRead>(&viewer).await.is_ok());
    assert_eq!(
        platform.authorize::<permit::ImportsRun>(&viewer).await.expect_err("is refused"),
        Error::Forbidden { permission: Permission::ImportsAreas }
    );
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    assert!(platform.authorize::<permit::UsersCreate>(&administrator).await.is_ok());
}

#[tokio::test]
async fn the_seeded_roles_are_those_of_the_catalogue() {
    let installation = Installation::new(Mode::Single).await;
    for role in Role::ALL {
        let caller = installation.signed_in(&format!("{}@example.com", role.id()), *role).await;
        let signed_in = installation.platform.signed_in(&caller).await.expect("an answer").expect("is signed in");
        let mut expected = role.permissions().to_vec();
        expected.sort_unstable();
        assert_eq!(signed_in.permissions.iter().copied().collect::<Vec<_>>(), expected, "{}", role.id());
    }
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let installation = Installation::new(Mode::Single).await;
    let caller = system();
    let made = futures::future::join_all((0..4).map(|_| installation.platform.create_first_administrator(&caller))).await;
    let made: Vec<_> = made.into_iter().filter_map(|result| result.expect("an answer")).collect();
    let [administrator] = made.as_slice() else { panic!("{} administrators", made.len()) };
    let session = installation
        .platform
        .sign_in(&Caller::default(), &administrator.email, &administrator.password, "")
        .await
        .expect("the printed password signs in");
    assert!(session.signed_in.may(Permission::UsersCreate));
    let clear: i64 = ask(&installation.primary, "SELECT count(*) FROM config.users WHERE password_hash NOT LIKE '$argon2id$%'").await;
    assert_eq!(clear, 0);
}

#[tokio::test]
async fn the_applications_role_has_no_say_over_structure_or_audit() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = Installation::new(mode).await;
        installation.signed_in("viewer@example.com", Role::Viewer).await;
        for statement in [
            "UPDATE config.audit SET actor = 'nobody'",
            "DELETE FROM config.audit",
            "TRUNCATE config.audit",
            "CREATE TABLE config.mine (id int)",
            "ALTER TABLE config.users ADD COLUMN mine int",
            "DROP TABLE config.sessions",
            "DELETE FROM config.schema_migrations",
            "CREATE SCHEMA mine",
        ] {
            let mut transaction = installation.primary.app_pool().begin().await.expect("a transaction");
            let refused = transaction.run_script(statement).await.expect_err(statement);
            let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
            assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
        }
    }
}
