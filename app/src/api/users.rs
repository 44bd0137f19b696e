//! Users: who there is, and what administrators do for them.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::list::Page;
use model::user_view::{OfferedRole, PasswordLink, UserDetail, UserQuery, UserRow};
use model::{SessionId, UserId};

use crate::error::AppError;
use crate::json::Json;

/// A page of the users.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/list", input = GetUrl, output = Json)]
pub async fn list_users(query: UserQuery) -> Result<Page<UserRow>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::UsersRead;

    let result = async { Asked::current()?.authorize::<UsersRead>().await?.users(&query).await };
    answer(result.await)
}

/// A user with everything that the reader may see.
///
/// # Errors
/// As [`list_users`]; also where there is no such user.
#[server(prefix = "/api", endpoint = "users/get", input = GetUrl, output = Json)]
pub async fn get_user(id: UserId) -> Result<UserDetail, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::UsersRead;

    let result = async { Asked::current()?.authorize::<UsersRead>().await?.user(&id).await };
    answer(result.await)
}

/// The roles that a new user can be given, each with whether the reader may give it.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:create`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/offered-roles", input = GetUrl, output = Json)]
pub async fn offered_roles() -> Result<Vec<OfferedRole>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::UsersCreate;

    let result = async { Asked::current()?.authorize::<UsersCreate>().await?.offered_roles().await };
    answer(result.await)
}

/// Creates a user and answers the link with which this one sets a password: it is shown this once.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:create`, an address or name that breaks a rule, a role out of reach, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/create", output = Json)]
pub async fn create_user(email: String, name: String, #[server(default)] roles: Vec<String>) -> Result<PasswordLink, AppError> {
    use crate::plain_form::{settle_fields, with};
    use crate::request::Asked;
    use model::user::NewUser;
    use platform::permit::UsersCreate;

    let typed = with(&with(&with("/users/new", "email", &email), "name", &name), "roles", &roles.join(","));
    let created = with("/users/new", "name", &name);
    let user = NewUser { email, name, roles };
    let result = async { Asked::current()?.authorize::<UsersCreate>().await?.create_user(user).await };
    settle_fields(result.await, &typed, |link| {
        server_side::give(link);
        created
    })
}

/// Changes a user's address, name and roles, where `version` is the present one. A form that was sent without scripts comes back with what
/// was typed where it was refused.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:edit`, somebody out of reach, a field that breaks a rule, somebody else was quicker,
/// PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/edit", output = Json)]
pub async fn edit_user(
    id: UserId,
    version: i64,
    email: String,
    name: String,
    #[server(default)] roles: Vec<String>,
) -> Result<(), AppError> {
    use crate::plain_form::{settle_fields, with};
    use crate::request::Asked;
    use model::user::UserEdit;
    use platform::permit::UsersEdit;

    let page = server_side::user_page(&id);
    let typed = with(&with(&with(&page, "email", &email), "name", &name), "roles", &roles.join(","));
    let edit = UserEdit { id: id.as_str().to_owned(), version, email, name, roles };
    let result = async { Asked::current()?.authorize::<UsersEdit>().await?.edit_user(edit).await };
    settle_fields(result.await, &typed, |()| with(&page, "done", "saved"))
}

/// Keeps a user from signing in, and signs this one out everywhere.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:disable`, somebody out of reach, the last administrator, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/disable", output = Json)]
pub async fn disable_user(id: UserId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::UsersDisable;

    let result = async { Asked::current()?.authorize::<UsersDisable>().await?.set_disabled(&id, true).await };
    server_side::settle_user(&id, result.await, "disabled")
}

/// Lets a disabled user sign in again.
///
/// # Errors
/// As [`disable_user`].
#[server(prefix = "/api", endpoint = "users/enable", output = Json)]
pub async fn enable_user(id: UserId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::UsersDisable;

    let result = async { Asked::current()?.authorize::<UsersDisable>().await?.set_disabled(&id, false).await };
    server_side::settle_user(&id, result.await, "enabled")
}

/// Makes a link with which a user sets a new password, in the place of an earlier one: it is shown this once.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:recover`, somebody out of reach, a disabled user, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/password-link", output = Json)]
pub async fn make_password_link(id: UserId) -> Result<PasswordLink, AppError> {
    use crate::plain_form::settle_fields;
    use crate::request::Asked;
    use platform::permit::UsersRecover;

    let result = async { Asked::current()?.authorize::<UsersRecover>().await?.password_link(&id).await };
    settle_fields(result.await, &server_side::user_page(&id), |link| {
        server_side::give(link);
        server_side::user_page(&id)
    })
}

/// Lets a user try passwords again.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:recover`, somebody out of reach, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/unlock", output = Json)]
pub async fn unlock_user(id: UserId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::UsersRecover;

    let result = async { Asked::current()?.authorize::<UsersRecover>().await?.unlock(&id).await };
    server_side::settle_user(&id, result.await, "unlocked")
}

/// Takes a user's second factor away: this one has lost it.
///
/// # Errors
/// As [`unlock_user`].
#[server(prefix = "/api", endpoint = "users/remove-second-factor", output = Json)]
pub async fn remove_second_factor_of(id: UserId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::UsersRecover;

    let result = async { Asked::current()?.authorize::<UsersRecover>().await?.remove_second_factor(&id).await };
    server_side::settle_user(&id, result.await, "second-factor-removed")
}

/// Deletes a user who has never done anything.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:create`, somebody out of reach, somebody who has done something, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/delete", output = Json)]
pub async fn delete_user(id: UserId) -> Result<(), AppError> {
    use crate::plain_form::settle_fields;
    use crate::request::Asked;
    use platform::permit::UsersCreate;

    let result = async { Asked::current()?.authorize::<UsersCreate>().await?.delete_user(&id).await };
    settle_fields(result.await, &server_side::user_page(&id), |()| "/users?done=deleted".to_owned())
}

/// Signs a user out in one place.
///
/// # Errors
/// [`model::Error`]: not signed in, without `sessions:revoke`, somebody out of reach, no such session, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/end-session", output = Json)]
pub async fn end_session(id: UserId, session: SessionId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::SessionsRevoke;

    let result = async { Asked::current()?.authorize::<SessionsRevoke>().await?.end_session(&id, &session).await };
    server_side::settle_user(&id, result.await, "session-ended")
}

/// Signs a user out everywhere.
///
/// # Errors
/// As [`end_session`].
#[server(prefix = "/api", endpoint = "users/end-sessions", output = Json)]
pub async fn end_sessions(id: UserId) -> Result<(), AppError> {
    use crate::request::Asked;
    use platform::permit::SessionsRevoke;

    let result = async { Asked::current()?.authorize::<SessionsRevoke>().await?.end_sessions(&id).await };
    server_side::settle_user(&id, result.await, "sessions-ended")
}

/// Has the reader see the platform as this user does, for a while. The session gets another token.
///
/// # Errors
/// [`model::Error`]: not signed in, without `users:impersonate`, somebody out of reach, a disabled user, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "users/impersonate", output = Json)]
pub async fn impersonate(id: UserId) -> Result<(), AppError> {
    use crate::plain_form::settle_fields;
    use crate::request::{Asked, set_session};
    use platform::permit::UsersImpersonate;

    let result = async {
        let asked = Asked::current()?;
        let session = asked.authorize::<UsersImpersonate>().await?.impersonate(&asked.caller, &id).await?;
        set_session(&session);
        Ok(())
    };
    settle_fields(result.await, &server_side::user_page(&id), |()| "/".to_owned())
}

/// Has the reader be nobody else any more, and leads back to the page of whoever that was. The session gets another token.
///
/// # Errors
/// [`model::Error`]: not signed in, not looking as somebody, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "stop-impersonating", output = Json)]
pub async fn stop_impersonating() -> Result<(), AppError> {
    use crate::plain_form::settle;
    use crate::request::{Asked, set_session};

    let result = async {
        let asked = Asked::current()?;
        let seen_as = asked.platform.signed_in(&asked.caller).await?.map(|signed_in| signed_in.user_id.clone());
        let session = asked.platform.stop_impersonating(&asked.caller).await?;
        set_session(&session);
        Ok(seen_as)
    };
    let result = settle(result.await, "/", |seen_as| seen_as.as_ref().map_or_else(|| "/users".to_owned(), server_side::user_page));
    result.map(|_| ())
}

#[cfg(feature = "ssr")]
mod server_side {
    use model::user_view::PasswordLink;
    use model::{Error, UserId};

    use crate::error::AppError;
    use crate::handover::{Handed, hand_over, whole_address};
    use crate::plain_form::{page_of, settle_fields, with};
    use crate::request::is_plain_form;

    /// The page of a user.
    pub fn user_page(id: &UserId) -> String {
        page_of("/users", id.as_str())
    }

    /// Answers a command on a user; a plain form is led to this one's page, which says what was done or why nothing was.
    pub fn settle_user(id: &UserId, result: Result<(), Error>, done: &str) -> Result<(), AppError> {
        let page = user_page(id);
        settle_fields(result, &page, |()| with(&page, "done", done))
    }

    /// Gives a link along to the page that a plain form is led to.
    pub fn give(link: &PasswordLink) {
        if is_plain_form() {
            hand_over(&Handed::Link(PasswordLink { path: whole_address(&link.path), ..link.clone() }));
        }
    }
}
