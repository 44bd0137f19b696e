//! Revocation beats the cache: what is changed on one server is known on every other within a second.

use std::time::{Duration, Instant};

use database_testing::TestDatabase;
use model::role::RoleDraft;
use model::user::UserEdit;
use model::{Error, Permission, RoleId, UserId};
use platform::{Caller, Platform, permit};

use crate::installation::{Installation, Mode, PASSWORD, ask, run, system, times};
use crate::users::edit_of;

const LISTENERS: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'handled listener' AND datname = current_database()";

/// Two servers on one PRIMARY.
struct Two {
    installation: Installation,
    /// Where things are changed.
    one: Platform,
    /// Where they are to be known.
    other: Platform,
    role: RoleId,
}

impl Two {
    async fn new(mode: Mode, listens: bool) -> Self {
        let installation = Installation::new(mode).await;
        let direct = listens.then(|| installation.primary.app_url().parse().expect("an address"));
        let server = || installation.beside(|configuration| configuration.primary_direct.clone_from(&direct));
        let (one, other) = (server(), server());
        one.watch_rights().await;
        other.watch_rights().await;
        if listens {
            installation.until(async || ask::<i64>(&installation.primary, LISTENERS).await == 2).await;
        }
        let role = installation.role("Desk", &[Permission::ImportsRead, Permission::TransitRead]).await;
        Self { installation, one, other, role }
    }

    /// Somebody new, whose session both servers have in memory.
    async fn somebody(&self, name: &str) -> (UserId, Caller) {
        let email = format!("{name}@example.com");
        let id = self.installation.user(&email, &[self.role.as_str()]).await;
        let caller = self.installation.sign_in(&email).await;
        for platform in [&self.one, &self.other] {
            self.installation
                .until(async || {
                    let before = platform.session_counts().hits;
                    assert!(platform.authorize::<permit::ImportsRead>(&caller).await.is_ok());
                    platform.session_counts().hits > before
                })
                .await;
        }
        (id, caller)
    }

    /// Waits until the other server refuses to show imports, which it has to within a second from now.
    async fn refuses(&self, doing: &str, caller: &Caller) -> Error {
        let changed = Instant::now();
        loop {
            let answer = self.other.authorize::<permit::ImportsRead>(caller).await;
            let elapsed = changed.elapsed();
            assert!(elapsed < Duration::from_secs(1), "{doing}: not known after {elapsed:?}");
            if let Err(error) = answer {
                return error;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn draft(&self) -> RoleDraft {
        let roles = self.installation.system::<permit::RolesRead>().await.roles().await.expect("roles").roles;
        let role = roles.into_iter().find(|role| role.id == self.role).expect("the role");
        RoleDraft { id: role.id.to_string(), version: role.version, name: role.name, ..RoleDraft::default() }
    }

    /// Every kind of change once.
    async fn changes(&self, round: usize) {
        let (id, caller) = self.somebody(&format!("disabled{round}")).await;
        let disable = self.one.authorize::<permit::UsersDisable>(&system()).await.expect("may");
        disable.set_disabled(&id, true).await.expect("is disabled");
        assert_eq!(self.refuses("disabling", &caller).await, Error::Unauthenticated);

        let (id, caller) = self.somebody(&format!("out{round}")).await;
        self.one.sign_out(&caller).await.expect("signs out");
        assert_eq!(self.refuses("signing out", &caller).await, Error::Unauthenticated);

        let caller = self.installation.sign_in(&format!("out{round}@example.com")).await;
        assert!(self.other.authorize::<permit::ImportsRead>(&caller).await.is_ok());
        let link = self.one.authorize::<permit::UsersRecover>(&system()).await.expect("may").password_link(&id).await.expect("a link");
        let token = link.path.split_once("token=").expect("a token").1;
        self.one.set_password_by_link(&Caller::default(), token, "seven umbrellas waltz quietly").await.expect("another password");
        assert_eq!(self.refuses("another password", &caller).await, Error::Unauthenticated);

        let (id, caller) = self.somebody(&format!("roles{round}")).await;
        let edit = UserEdit { roles: Vec::new(), ..edit_of(&self.installation, &id).await };
        self.one.authorize::<permit::UsersEdit>(&system()).await.expect("may").edit_user(edit).await.expect("is changed");
        let forbidden = Error::Forbidden { permission: Permission::ImportsRead };
        assert_eq!(self.refuses("other roles", &caller).await, forbidden);

        let (_, caller) = self.somebody(&format!("desk{round}")).await;
        let editor = self.one.authorize::<permit::RolesEdit>(&system()).await.expect("may");
        let less = RoleDraft { permissions: vec!["transit:read".to_owned()], ..self.draft().await };
        editor.save_role(&less).await.expect("is changed");
        assert_eq!(self.refuses("another role", &caller).await, forbidden);
        assert!(self.other.authorize::<permit::TransitRead>(&caller).await.is_ok());
        let more = RoleDraft { permissions: vec!["imports:read".to_owned(), "transit:read".to_owned()], ..self.draft().await };
        editor.save_role(&more).await.expect("is changed back");
    }
}

async fn cut_listeners(primary: &TestDatabase) {
    run(
        primary,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'handled listener' AND datname = current_database()",
    )
    .await;
}

#[tokio::test]
async fn what_is_revoked_on_one_server_is_refused_by_the_other_within_a_second() {
    let two = Two::new(Mode::Split, false).await;
    for round in 0..times(5, 50) {
        two.changes(round).await;
    }
}

#[tokio::test]
async fn what_is_revoked_is_refused_within_a_second_through_pgbouncer() {
    let two = Two::new(Mode::SingleBehindPgBouncer, false).await;
    for round in 0..times(5, 50) {
        two.changes(round).await;
    }
}

#[tokio::test]
async fn what_is_revoked_is_refused_within_a_second_with_a_direct_line_and_without_it_again() {
    let two = Two::new(Mode::SingleBehindPgBouncer, true).await;
    for round in 0..times(5, 50) {
        two.changes(2 * round).await;
        cut_listeners(&two.installation.primary).await;
        two.changes(2 * round + 1).await;
    }
    two.installation.until(async || ask::<i64>(&two.installation.primary, LISTENERS).await == 2).await;
}

/// A server that cannot be told of changes does not believe what it remembers, however long that goes on.
#[tokio::test]
async fn the_cache_is_bypassed_while_primary_answers_and_does_not_tell_of_changes() {
    let two = Two::new(Mode::Split, false).await;
    let (_, caller) = two.somebody("ana").await;
    let mut lock = two.installation.primary.owner_pool().begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE config.rights_changes IN ACCESS EXCLUSIVE MODE").execute(&mut lock).await.expect("the lock");
    // Nobody is told of this one.
    run(&two.installation.primary, "UPDATE config.users SET disabled_at = now() WHERE email = 'ana@example.com'").await;
    assert_eq!(two.refuses("disabling unheard", &caller).await, Error::Unauthenticated);
    let before = two.other.session_counts();
    // Until looks have been given up as having no answer, twice: others are under way.
    let gave_up = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%rights_changes%'";
    two.installation
        .until(async || {
            for answer in [two.other.signed_in(&caller).await, two.other.signed_in_to_read(&caller).await] {
                assert!(answer.expect("an answer").is_none(), "memory was believed");
            }
            ask::<i64>(&two.installation.primary, gave_up).await >= 6
        })
        .await;
    let after = two.other.session_counts();
    assert!(after.bypassed > before.bypassed && (after.hits, after.misses) == (before.hits, before.misses), "{before:?} {after:?}");
    lock.rollback().await.expect("let go");
    two.somebody("bob").await;
}

#[tokio::test]
async fn a_password_that_was_just_changed_or_a_cookie_that_was_planted_is_not_remembered_elsewhere() {
    let two = Two::new(Mode::SingleBehindPgBouncer, false).await;
    let (_, former) = two.somebody("ana").await;
    // Signing in from a browser that has a session ends that one, everywhere.
    two.one.sign_in(&former, "ana@example.com", PASSWORD, "").await.expect("signs in");
    assert_eq!(two.refuses("signing in anew", &former).await, Error::Unauthenticated);
}
