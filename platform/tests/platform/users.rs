//! Users: creating, changing, disabling and deleting them, what is refused, and that nothing has changed then.

use model::user::{NewUser, UserEdit};
use model::user_view::{UserQuery, UserState};
use model::{Error, Permission, Role, SessionId, UserId};
use platform::{Caller, Platform, permit};

use crate::installation::{Installation, Mode, PASSWORD, ask};

/// Every user with every role, as one value.
pub const STATE: &str = "SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
    SELECT u::text || coalesce((SELECT string_agg(role_id, ',' ORDER BY role_id) FROM config.user_roles ur WHERE ur.user_id = u.id), '') AS row
    FROM config.users u) users";

/// What somebody holds who looks after accounts and is no administrator.
pub const SUPPORT: &[Permission] = &[
    Permission::UsersRead,
    Permission::UsersCreate,
    Permission::UsersEdit,
    Permission::UsersDisable,
    Permission::UsersRecover,
    Permission::UsersImpersonate,
    Permission::RolesRead,
    Permission::RolesEdit,
    Permission::SessionsRead,
    Permission::SessionsRevoke,
    Permission::ImportsRead,
    Permission::TransitRead,
    Permission::ExportsRead,
    Permission::DatabasesRead,
];

/// Somebody with the permissions of [`SUPPORT`], signed in.
pub async fn support(installation: &Installation) -> Caller {
    let role = installation.role("Support", SUPPORT).await;
    installation.user("support@example.com", &[role.as_str()]).await;
    installation.sign_in("support@example.com").await
}

pub fn new_user(email: &str, roles: &[&str]) -> NewUser {
    NewUser { email: email.to_owned(), name: "Somebody".to_owned(), roles: roles.iter().map(|role| (*role).to_owned()).collect() }
}

/// The edit that changes nothing.
pub async fn edit_of(installation: &Installation, id: &UserId) -> UserEdit {
    let detail = installation.system::<permit::UsersRead>().await.user(id).await.expect("a user");
    let roles = detail.user.roles.iter().map(|role| role.id.to_string()).collect();
    UserEdit { id: id.to_string(), version: detail.version, email: detail.user.email, name: detail.user.name, roles }
}

pub async fn edit(platform: &Platform, caller: &Caller, edit: UserEdit) -> Result<(), Error> {
    platform.authorize::<permit::UsersEdit>(caller).await?.edit_user(edit).await
}

async fn disable(platform: &Platform, caller: &Caller, id: &UserId, disabled: bool) -> Result<(), Error> {
    platform.authorize::<permit::UsersDisable>(caller).await?.set_disabled(id, disabled).await
}

async fn state(installation: &Installation) -> String {
    ask(&installation.primary, STATE).await
}

#[tokio::test]
async fn a_change_of_a_user_is_in_the_audit_with_what_was_before_and_after() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let id = installation.user("ana@example.com", &["viewer"]).await;
    let mut change = edit_of(&installation, &id).await;
    (change.email, change.name) = (" Ana.Two@Example.com ".to_owned(), "Ana Two".to_owned());
    change.roles = vec!["data_analyst".to_owned(), String::new(), "viewer".to_owned(), "viewer".to_owned()];
    edit(&installation.platform, &administrator, change).await.expect("is changed");

    let now = edit_of(&installation, &id).await;
    assert_eq!((now.email.as_str(), now.name.as_str(), now.version), ("ana.two@example.com", "Ana Two", 2));
    assert_eq!(now.roles, ["data_analyst", "viewer"]);
    let audited: String = ask(
        &installation.primary,
        "SELECT actor || ' ' || (before->>'email') || ' ' || (before->>'roles') || ' ' || (after->>'email') || ' ' || (after->>'roles')
         FROM config.audit WHERE action = 'edit' AND resource = 'user'",
    )
    .await;
    assert_eq!(audited, r#"admin@example.com ana@example.com ["viewer"] ana.two@example.com ["data_analyst", "viewer"]"#);
    assert!(installation.platform.sign_in(&Caller::default(), "ana.two@example.com", PASSWORD, "").await.is_ok());
}

#[tokio::test]
async fn a_change_that_is_refused_changes_nothing() {
    let installation = Installation::new(Mode::Split).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let id = installation.user("ana@example.com", &["viewer"]).await;
    installation.user("bob@example.com", &["viewer"]).await;
    let stale = edit_of(&installation, &id).await;
    let renamed = UserEdit { name: "Ana Two".to_owned(), ..stale.clone() };
    edit(platform, &administrator, renamed).await.expect("is changed");
    let fresh = edit_of(&installation, &id).await;
    let before = state(&installation).await;
    let audited: i64 = ask(&installation.primary, "SELECT count(*) FROM config.audit").await;

    let other = |change: &dyn Fn(&mut UserEdit)| {
        let mut edit = UserEdit { name: "Ana Three".to_owned(), roles: vec!["data_analyst".to_owned()], ..fresh.clone() };
        change(&mut edit);
        edit
    };
    let refused = edit(platform, &administrator, UserEdit { name: "Ana Three".to_owned(), ..stale }).await.expect_err("a stale version");
    let Error::Conflict { current: Some(current), .. } = &refused else { panic!("{refused}") };
    assert!(current.contains("Ana Two") && current.contains("ana@example.com") && current.contains("Viewer"), "{current}");
    for (field, change) in [
        ("roles", other(&|edit| edit.roles.push("no_such_role".to_owned()))),
        ("roles", other(&|edit| edit.roles.push("a\0b".to_owned()))),
        ("email", other(&|edit| edit.email = "BOB@example.com".to_owned())),
        ("email", other(&|edit| edit.email = "nobody".to_owned())),
        ("name", other(&|edit| edit.name = " ".to_owned())),
    ] {
        let refused = edit(platform, &administrator, change).await.expect_err(field);
        assert!(refused.of_field(field).is_some(), "{field}: {refused}");
    }
    for id in ["no-such-user", "a\0b"] {
        let refused = edit(platform, &administrator, other(&|edit| edit.id = id.to_owned())).await.expect_err("no such user");
        assert!(matches!(refused, Error::NotFound { .. }), "{refused}");
    }
    let creator = platform.authorize::<permit::UsersCreate>(&administrator).await.expect("may create");
    for (field, user) in [("email", new_user("Bob@example.com", &[])), ("roles", new_user("cleo@example.com", &["viewer", "no_such_role"]))]
    {
        let refused = creator.create_user(user).await.expect_err(field);
        assert!(refused.of_field(field).is_some(), "{field}: {refused}");
    }
    assert_eq!(state(&installation).await, before);
    assert_eq!(ask::<i64>(&installation.primary, "SELECT count(*) FROM config.audit").await, audited);
}

#[tokio::test]
async fn a_role_beyond_oneself_can_neither_be_given_nor_taken() {
    let installation = Installation::new(Mode::Single).await;
    let caller = support(&installation).await;
    let platform = &installation.platform;
    let own: String = ask(&installation.primary, "SELECT id FROM config.users WHERE email = 'support@example.com'").await;
    let creator = platform.authorize::<permit::UsersCreate>(&caller).await.expect("may create");
    let before = state(&installation).await;
    for role in ["administrator", "operations_manager", "data_analyst"] {
        let refused = creator.create_user(new_user("cleo@example.com", &["warehouse_staff", role])).await.expect_err(role);
        assert!(refused.of_field("roles").is_some(), "{role}: {refused}");
        let mut myself = edit_of(&installation, &UserId::new(&own)).await;
        myself.roles.push(role.to_owned());
        let refused = edit(platform, &caller, myself).await.expect_err(role);
        assert!(refused.of_field("roles").is_some(), "{role}: {refused}");
    }
    assert_eq!(state(&installation).await, before);
    creator.create_user(new_user("cleo@example.com", &["warehouse_staff"])).await.expect("within reach");
    let offered = creator.offered_roles().await.expect("roles");
    let within: Vec<_> = offered.iter().filter(|offered| offered.is_within_reach).map(|offered| offered.role.name.as_str()).collect();
    assert_eq!(within, ["Support", "Warehouse staff"]);
}

#[tokio::test]
async fn nobody_acts_on_somebody_who_may_do_more() {
    let installation = Installation::new(Mode::Single).await;
    let caller = support(&installation).await;
    let platform = &installation.platform;
    let id = installation.user("ana@example.com", &["data_analyst"]).await;
    let session = installation.sign_in("ana@example.com").await;
    let session = platform.signed_in(&session).await.expect("an answer").expect("is signed in").session_id.clone();
    let unused = installation.system::<permit::UsersCreate>().await;
    let unused = unused.create_user(new_user("new@example.com", &["administrator"])).await.expect("a link").user_id;
    let before = state(&installation).await;

    let recover = platform.authorize::<permit::UsersRecover>(&caller).await.expect("may");
    let revoke = platform.authorize::<permit::SessionsRevoke>(&caller).await.expect("may");
    let change = edit_of(&installation, &id).await;
    let answers = [
        ("edit", edit(platform, &caller, change).await),
        ("disable", disable(platform, &caller, &id, true).await),
        ("link", recover.password_link(&id).await.map(drop)),
        ("unlock", recover.unlock(&id).await),
        ("remove a second factor", recover.remove_second_factor(&id).await),
        ("end a session", revoke.end_session(&id, &session).await),
        ("end sessions", revoke.end_sessions(&id).await),
        (
            "impersonate",
            platform.authorize::<permit::UsersImpersonate>(&caller).await.expect("may").impersonate(&caller, &id).await.map(drop),
        ),
        ("delete", platform.authorize::<permit::UsersCreate>(&caller).await.expect("may").delete_user(&unused).await),
    ];
    for (doing, answer) in answers {
        let refused = answer.expect_err(doing);
        assert!(matches!(&refused, Error::Conflict { message, .. } if message.contains("may do more than you")), "{doing}: {refused}");
    }
    assert_eq!(state(&installation).await, before);
    assert_eq!(ask::<i64>(&installation.primary, "SELECT count(*) FROM config.sessions").await, 2);
    let detail = platform.authorize::<permit::UsersRead>(&caller).await.expect("may").user(&id).await.expect("a user");
    assert!(!detail.is_within_reach && !detail.is_oneself && detail.sessions.is_some());
}

#[tokio::test]
async fn a_disabled_users_session_and_sign_in_are_refused() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let session = installation.signed_in("ana@example.com", Role::Viewer).await;
    let id = platform.signed_in(&session).await.expect("an answer").expect("is signed in").user_id.clone();
    let link = installation.system::<permit::UsersRecover>().await.password_link(&id).await.expect("a link");
    disable(platform, &administrator, &id, true).await.expect("is disabled");
    let again = disable(platform, &administrator, &id, true).await.expect_err("is so already");
    assert!(matches!(again, Error::Conflict { .. }), "{again}");

    assert!(platform.signed_in(&session).await.expect("an answer").is_none());
    let refused = platform.sign_in(&Caller::default(), "ana@example.com", PASSWORD, "").await.err().expect("is refused");
    assert_eq!(refused.of_field("password"), Some("The e-mail address or the password is wrong."));
    let token = link.path.split_once("token=").expect("a token").1;
    assert!(matches!(platform.link_holder(token).await, Err(Error::NotFound { .. })), "the link is gone");

    disable(platform, &administrator, &id, false).await.expect("is enabled");
    assert!(platform.signed_in(&session).await.expect("an answer").is_none(), "what ended stays so");
    assert!(matches!(platform.link_holder(token).await, Err(Error::NotFound { .. })));
    installation.sign_in("ana@example.com").await;
}

#[tokio::test]
async fn nobody_disables_the_own_account() {
    let installation = Installation::new(Mode::Single).await;
    installation.user("other@example.com", &["administrator"]).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let id = platform.signed_in(&administrator).await.expect("an answer").expect("is signed in").user_id.clone();
    let refused = disable(platform, &administrator, &id, true).await.expect_err("oneself");
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
    assert!(platform.signed_in(&administrator).await.expect("an answer").is_some());
}

#[tokio::test]
async fn only_a_user_who_never_did_anything_is_deleted() {
    let installation = Installation::new(Mode::Single).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let creator = platform.authorize::<permit::UsersCreate>(&administrator).await.expect("may create");
    let unused = creator.create_user(new_user("new@example.com", &["viewer"])).await.expect("a link").user_id;
    assert!(platform.sign_in(&Caller::default(), "new@example.com", PASSWORD, "").await.is_err(), "a guess is no deed of the user");
    let session = installation.signed_in("ana@example.com", Role::Viewer).await;
    let used = platform.signed_in(&session).await.expect("an answer").expect("is signed in").user_id.clone();
    platform.sign_out(&session).await.expect("signs out");

    let refused = creator.delete_user(&used).await.expect_err("did something");
    assert!(matches!(&refused, Error::Conflict { message, .. } if message.contains("Disable the account")), "{refused}");
    creator.delete_user(&unused).await.expect("is deleted");
    for id in [&unused, &UserId::new("a\0b")] {
        let refused = creator.delete_user(id).await.expect_err("is gone");
        assert!(matches!(refused, Error::NotFound { .. }), "{refused}");
    }
    let left: i64 = ask(
        &installation.primary,
        "SELECT (SELECT count(*) FROM config.users WHERE email = 'new@example.com') + (SELECT count(*) FROM config.password_links)",
    )
    .await;
    assert_eq!(left, 0);
    let told: String =
        ask(&installation.primary, "SELECT before->>'email' FROM config.audit WHERE action = 'delete' AND resource = 'user'").await;
    assert_eq!(told, "new@example.com");
}

#[tokio::test]
async fn what_no_database_can_hold_names_nothing() {
    let installation = Installation::new(Mode::Single).await;
    let id = installation.user("ana@example.com", &["viewer"]).await;
    let (reader, revoke) = (installation.system::<permit::UsersRead>().await, installation.system::<permit::SessionsRevoke>().await);
    assert!(matches!(reader.user(&UserId::new("a\0b")).await, Err(Error::NotFound { .. })));
    assert!(matches!(reader.find_user("a\0b").await, Err(Error::NotFound { .. })));
    assert!(matches!(revoke.end_session(&id, &SessionId::new("a\0b")).await, Err(Error::NotFound { .. })));
    for query in [
        UserQuery { text: Some("a\0b".to_owned()), ..UserQuery::default() },
        UserQuery { role: Some("a\0b".to_owned()), ..UserQuery::default() },
        UserQuery { page: u32::MAX, text: Some("%".to_owned()), ..UserQuery::default() },
    ] {
        assert!(reader.users(&query).await.expect("a page").rows.is_empty(), "{query:?}");
    }
}

#[tokio::test]
async fn the_list_finds_users_by_text_role_and_state() {
    let installation = Installation::new(Mode::Split).await;
    installation.signed_in("ana@example.com", Role::Viewer).await;
    installation.user("bob@example.com", &["viewer", "data_analyst"]).await;
    let disabled = installation.user("cleo@example.com", &[]).await;
    installation.system::<permit::UsersDisable>().await.set_disabled(&disabled, true).await.expect("is disabled");
    let reader = installation.system::<permit::UsersRead>().await;
    let text = |text: &str| UserQuery { text: Some(text.to_owned()), ..UserQuery::default() };
    let state = |state| UserQuery { state: Some(state), ..UserQuery::default() };
    for (query, expected) in [
        (UserQuery::default(), vec!["ana", "bob", "cleo"]),
        (text("BOB@"), vec!["bob"]),
        (text("test"), vec!["ana", "bob", "cleo"]),
        (UserQuery { role: Some("data_analyst".to_owned()), ..UserQuery::default() }, vec!["bob"]),
        (state(UserState::Active), vec!["ana", "bob"]),
        (state(UserState::Invited), vec!["bob"]),
        (state(UserState::Disabled), vec!["cleo"]),
    ] {
        let page = reader.users(&query).await.expect("a page");
        let names: Vec<_> = page.rows.iter().map(|row| row.email.trim_end_matches("@example.com")).collect();
        assert_eq!((names, page.total), (expected.clone(), expected.len() as u64), "{query:?}");
    }
}
