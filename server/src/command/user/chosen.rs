//! The user that a command is about, and what is said of users in more than one place.

use clap::Args;
use model::UserId;
use model::user_view::{UserDetail, UserRow, UserState};
use platform::{Caller, Platform, permit};
use tokio_util::sync::CancellationToken;

use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Which user.
#[derive(Debug, Args)]
pub struct Chosen {
    /// The e-mail address that the user signs in with.
    #[arg(value_name = "EMAIL")]
    pub email: String,
}

impl Chosen {
    /// Does something with the user; the answer has, beside what that gives, how the user stands afterwards.
    ///
    /// # Errors
    /// There is no such user, it is refused, or the databases cannot be had.
    pub async fn after<T>(
        &self,
        settings: &Settings,
        stop: CancellationToken,
        work: impl AsyncFnOnce(&Platform, &Caller, &UserId) -> Result<T, model::Error>,
    ) -> Result<(T, UserDetail), Failure> {
        with_platform(settings, "handled user", stop, async |platform, caller| {
            let looking = platform.authorize::<permit::UsersRead>(caller).await?;
            let id = looking.find_user(&self.email).await?;
            let done = work(platform, caller, &id).await?;
            Ok((done, looking.user(&id).await?))
        })
        .await
    }
}

/// Whether the user may sign in, and whether this one ever has.
pub fn state(user: &UserRow) -> UserState {
    if user.disabled_at.is_some() {
        UserState::Disabled
    } else if user.last_signed_in_at.is_none() {
        UserState::Invited
    } else {
        UserState::Active
    }
}

/// The names of the user's roles, retired ones marked; a dash where there are none.
pub fn role_names(user: &UserRow) -> String {
    let names = user.roles.iter().map(|role| if role.is_retired { format!("{} (retired)", role.name) } else { role.name.clone() });
    let names: Vec<String> = names.collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

/// What still keeps the user from signing in, with the command that removes it: sentences that follow another, or nothing.
pub fn obstacles(detail: &UserDetail) -> String {
    let email = &detail.user.email;
    let mut text = String::new();
    if detail.user.disabled_at.is_some() {
        text.push_str(&format!("The account is disabled; to let it in: handled user enable {email}\n"));
    }
    if !detail.has_password {
        let waits = if detail.link_until.is_some() {
            " A link to set one waits to be used; another takes its place"
        } else {
            " For a link to set one"
        };
        text.push_str(&format!("There is no password yet.{waits}: handled user reset-password {email}\n"));
    }
    text
}
