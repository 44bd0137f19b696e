//! Somebody always remains who may do everything.

use model::user::UserEdit;
use model::{Error, Role, UserId};
use platform::{Caller, Platform, permit};

use crate::installation::{Installation, Mode, ask, system, times};
use crate::users::{STATE, edit, edit_of, new_user};

const LEFT: &str = "SELECT count(*) FROM config.users u JOIN config.user_roles r ON r.user_id = u.id
     WHERE r.role_id = 'administrator' AND u.disabled_at IS NULL";

fn is_the_last<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Conflict { message, .. }) if message.contains("Nobody would be left"))
}

#[tokio::test]
async fn the_last_administrator_can_be_neither_disabled_nor_unassigned() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let id = platform.signed_in(&administrator).await.expect("an answer").expect("is signed in").user_id.clone();
    // Neither counts: one cannot sign in, the other could not yet.
    let disabled = installation.user("disabled@example.com", &["administrator"]).await;
    let disabling = installation.system::<permit::UsersDisable>().await;
    disabling.set_disabled(&disabled, true).await.expect("is disabled");
    installation.system::<permit::UsersCreate>().await.create_user(new_user("new@example.com", &["administrator"])).await.expect("a link");

    let before: String = ask(&installation.primary, STATE).await;
    let unassigned = UserEdit { roles: vec!["viewer".to_owned()], ..edit_of(&installation, &id).await };
    assert!(is_the_last(&disabling.set_disabled(&id, true).await));
    assert!(is_the_last(&edit(platform, &system(), unassigned.clone()).await));
    assert!(is_the_last(&edit(platform, &administrator, unassigned.clone()).await));
    assert_eq!(ask::<String>(&installation.primary, STATE).await, before);
    assert!(platform.signed_in(&administrator).await.expect("an answer").is_some(), "no session has ended");

    disabling.set_disabled(&disabled, false).await.expect("is enabled");
    edit(platform, &administrator, unassigned).await.expect("there is another now");
    assert_eq!(platform.authorize::<permit::UsersEdit>(&administrator).await.expect_err("gave it away").status(), 403);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_deleted() {
    let installation = Installation::new(Mode::Single).await;
    let id = installation.user("admin@example.com", &["administrator"]).await;
    let creator = installation.system::<permit::UsersCreate>().await;
    assert!(is_the_last(&creator.delete_user(&id).await));
    let other = installation.user("other@example.com", &["administrator"]).await;
    creator.delete_user(&id).await.expect("there is another now");
    assert!(is_the_last(&creator.delete_user(&other).await));
}

async fn unassign(platform: &Platform, caller: &Caller, of: UserEdit) -> Result<(), Error> {
    edit(platform, caller, UserEdit { roles: Vec::new(), ..of }).await
}

#[tokio::test]
async fn of_two_administrators_who_remove_each_other_at_once_one_stays() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let (one, other) = (installation.beside(|_| {}), installation.beside(|_| {}));
        let ana = installation.signed_in("ana@example.com", Role::Administrator).await;
        let bob = installation.signed_in("bob@example.com", Role::Administrator).await;
        let id = async |caller| -> UserId { one.signed_in(caller).await.expect("an answer").expect("is signed in").user_id.clone() };
        let (ana_id, bob_id) = (id(&ana).await, id(&bob).await);
        let mut won = [0, 0];
        for _ in 0..times(20, 200) {
            let (of_ana, of_bob) = (edit_of(&installation, &ana_id).await, edit_of(&installation, &bob_id).await);
            let (first, second) = tokio::join!(unassign(&one, &ana, of_bob), unassign(&other, &bob, of_ana));
            assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
            let refused = first.as_ref().and(second.as_ref()).expect_err("one of them");
            assert!(matches!(refused, Error::Forbidden { .. }), "{refused}");
            assert_eq!(ask::<i64>(&installation.primary, LEFT).await, 1);
            won[usize::from(second.is_ok())] += 1;
            let loser = if first.is_ok() { &bob_id } else { &ana_id };
            installation.system::<permit::UsersEdit>().await.make_administrator(loser).await.expect("is one again");
        }
        println!("{mode:?}: {won:?}");
    }
}

#[tokio::test]
async fn of_two_administrators_who_disable_each_other_at_once_one_stays() {
    let installation = Installation::new(Mode::Single).await;
    let (one, other) = (installation.beside(|_| {}), installation.beside(|_| {}));
    let (ana_id, bob_id) =
        (installation.user("ana@example.com", &["administrator"]).await, installation.user("bob@example.com", &["administrator"]).await);
    for _ in 0..times(5, 50) {
        let (ana, bob) = (installation.sign_in("ana@example.com").await, installation.sign_in("bob@example.com").await);
        let disable = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersDisable>(caller).await?.set_disabled(id, true).await
        };
        let (first, second) = tokio::join!(disable(&one, &ana, &bob_id), disable(&other, &bob, &ana_id));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(ask::<i64>(&installation.primary, LEFT).await, 1);
        let loser = if first.is_ok() { &bob_id } else { &ana_id };
        installation.system::<permit::UsersDisable>().await.set_disabled(loser, false).await.expect("is enabled again");
    }
}
