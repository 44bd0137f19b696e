//! One's own account: password, second factor and where one is signed in; and setting a password by a link.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::SessionId;
use model::second_factor::{Enrolment, RecoveryCodes, SecondFactorState};
use model::user_view::{Account, LinkHolder};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::json::Json;

/// What the page of one's account shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Who one is and where one is signed in.
    pub account: Account,
    /// How one's second factor stands.
    pub second_factor: SecondFactorState,
}

/// One's own account.
///
/// # Errors
/// [`model::Error`]: not signed in, acting as somebody else, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "account/get", input = GetUrl, output = Json)]
pub async fn get_account() -> Result<OwnAccount, AppError> {
    use crate::request::{Asked, answer};

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        let account = platform.account(&caller).await?;
        Ok(OwnAccount { account, second_factor: platform.second_factor(&caller).await? })
    };
    answer(result.await)
}

/// Changes one's password, which signs out every other session. The session gets another token.
///
/// # Errors
/// [`model::Error`]: not signed in, acting as somebody else, a wrong present password, a new one that breaks a rule, too many attempts,
/// PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "account/password", output = Json)]
pub async fn change_password(present: String, password: String) -> Result<(), AppError> {
    use crate::plain_form::settle_fields;
    use crate::request::{Asked, set_session};

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        set_session(&platform.change_password(&caller, &present, &password).await?);
        Ok(())
    };
    settle_fields(result.await, "/account?for=password#password", |()| "/account?done=password".to_owned())
}

/// Signs oneself out in one place.
///
/// # Errors
/// [`model::Error`]: not signed in, acting as somebody else, no such session of one's own, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "account/end-session", output = Json)]
pub async fn end_own_session(session: SessionId) -> Result<(), AppError> {
    use crate::plain_form::settle_fields;
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        platform.end_own_session(&caller, &session).await
    };
    settle_fields(result.await, "/account", |()| "/account?done=session-ended".to_owned())
}

/// Signs oneself out everywhere else.
///
/// # Errors
/// As [`end_own_session`].
#[server(prefix = "/api", endpoint = "account/end-other-sessions", output = Json)]
pub async fn end_other_sessions() -> Result<(), AppError> {
    use crate::plain_form::settle_fields;
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        platform.end_other_sessions(&caller).await
    };
    settle_fields(result.await, "/account", |()| "/account?done=sessions-ended".to_owned())
}

/// Begins to set up a second factor, or with the code of the present one another in its place, and answers what an authenticator app is to
/// be told.
///
/// # Errors
/// [`model::Error`]: not signed in, acting as somebody else, a wrong password, too many attempts, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "account/second-factor/begin", output = Json)]
pub async fn begin_second_factor(password: String, #[server(default)] code: String) -> Result<Enrolment, AppError> {
    use crate::handover::Handed;
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        if code.is_empty() {
            platform.begin_second_factor(&caller, &password).await
        } else {
            platform.replace_second_factor(&caller, &password, &code).await
        }
    };
    server_side::settle_second_factor(result.await, "second-factor", "", |enrolment| Some(Handed::Secret(enrolment.secret.clone())))
}

/// Proves with a code that the authenticator app has the secret: from now on it is asked for. Answers the recovery codes, this once.
///
/// # Errors
/// [`model::Error`]: not signed in, acting as somebody else, a wrong code, none begun, too many attempts, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "account/second-factor/confirm", output = Json)]
pub async fn confirm_second_factor(code: String) -> Result<RecoveryCodes, AppError> {
    use crate::handover::Handed;
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        platform.confirm_second_factor(&caller, &code).await
    };
    server_side::settle_second_factor(result.await, "code", "second-factor", |codes| Some(Handed::Codes(codes.codes.clone())))
}

/// Makes new recovery codes in the place of the old ones and answers them, this once.
///
/// # Errors
/// [`model::Error`]: not signed in, acting as somebody else, a wrong password or code, too many attempts, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "account/second-factor/codes", output = Json)]
pub async fn new_recovery_codes(password: String, code: String) -> Result<RecoveryCodes, AppError> {
    use crate::handover::Handed;
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        platform.new_recovery_codes(&caller, &password, &code).await
    };
    server_side::settle_second_factor(result.await, "codes", "codes", |codes| Some(Handed::Codes(codes.codes.clone())))
}

/// Takes one's second factor away, where no role requires it.
///
/// # Errors
/// As [`new_recovery_codes`]; also where a role requires it.
#[server(prefix = "/api", endpoint = "account/second-factor/remove", output = Json)]
pub async fn remove_second_factor(password: String, code: String) -> Result<(), AppError> {
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        platform.remove_second_factor(&caller, &password, &code).await
    };
    server_side::settle_second_factor(result.await, "removal", "second-factor-removed", |()| None)
}

/// Whose password a link sets. Asked by POST: what stands in an address ends in logs.
///
/// # Errors
/// [`model::Error`]: a link that was used, is over or never was; PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "link-holder", output = Json)]
pub async fn find_link_holder(token: String) -> Result<LinkHolder, AppError> {
    use crate::request::{Asked, answer};

    let result = async { Asked::current()?.platform.link_holder(&token).await };
    answer(result.await)
}

/// Sets a password by a link, once. Whoever has done so signs in with it.
///
/// # Errors
/// As [`find_link_holder`]; also a password that breaks a rule.
#[server(prefix = "/api", endpoint = "set-password", output = Json)]
pub async fn set_password(token: String, password: String) -> Result<(), AppError> {
    use crate::plain_form::{settle_fields, with};
    use crate::request::Asked;

    let result = async {
        let Asked { platform, caller } = Asked::current()?;
        platform.set_password_by_link(&caller, &token, &password).await
    };
    settle_fields(result.await, &with("/set-password", "token", &token), |()| "/sign-in?done=password".to_owned())
}

#[cfg(feature = "ssr")]
mod server_side {
    use model::Error;

    use crate::error::AppError;
    use crate::handover::{Handed, hand_over};
    use crate::plain_form::settle_fields;
    use crate::request::is_plain_form;

    /// Answers what concerns the second factor. A plain form is led to its part of the account's page, with what is to be shown there once.
    pub fn settle_second_factor<T>(
        result: Result<T, Error>,
        form: &str,
        done: &str,
        handed: impl FnOnce(&T) -> Option<Handed>,
    ) -> Result<T, AppError> {
        settle_fields(result, &format!("/account?for={form}#second-factor"), |value| {
            if is_plain_form()
                && let Some(handed) = handed(value)
            {
                hand_over(&handed);
            }
            if done.is_empty() { "/account#second-factor".to_owned() } else { format!("/account?done={done}#second-factor") }
        })
    }
}
