//! `handled user`: accounts from the machine itself, also in the night when nobody can sign in.

mod chosen;
mod create;
mod delete;
mod disable;
mod enable;
mod link_text;
mod list;
mod make_admin;
mod remove_second_factor;
mod reset_password;
mod roles;
mod show;
mod unlock;

use clap::Subcommand;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// Users.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Create a user; the password is generated and printed once, unless it comes on standard input or a link sets it.
    #[command(after_help = "Examples:\n  handled user create --email ana@example.com --name Ana --role viewer\n  \
                            handled user create --email cem@example.com --name Cem --role viewer --role data_analyst --link\n  \
                            handled user create --email bo@example.com --name Bo --role administrator --password-stdin < password.txt")]
    Create(create::Create),
    /// List users by name.
    #[command(after_help = "Examples:\n  handled user list\n  handled user list --role administrator --state active --json")]
    List(list::List),
    /// Show a user: state, roles, what these allow, second factor, and where the user is signed in.
    #[command(after_help = "Example:\n  handled user show ana@example.com")]
    Show(show::Show),
    /// Make a link with which the user sets another password, once and within a day.
    #[command(after_help = "Example:\n  handled user reset-password ana@example.com")]
    ResetPassword(reset_password::ResetPassword),
    /// Keep a user from signing in, and end all sessions.
    #[command(after_help = "Example:\n  handled user disable ana@example.com")]
    Disable(disable::Disable),
    /// Let a disabled user sign in again.
    #[command(after_help = "Example:\n  handled user enable ana@example.com")]
    Enable(enable::Enable),
    /// Remove a user who has never signed in or done anything.
    #[command(after_help = "Example:\n  handled user delete ana@example.com --yes")]
    Delete(delete::Delete),
    /// Give a user the role that holds everything, beside the roles that the user has.
    #[command(after_help = "Example:\n  handled user make-admin ana@example.com")]
    MakeAdmin(make_admin::MakeAdmin),
    /// Let a user sign in at once who is held up after wrong passwords.
    #[command(after_help = "Example:\n  handled user unlock ana@example.com")]
    Unlock(unlock::Unlock),
    /// Remove the second factor of a user whose device and recovery codes are lost, and end all sessions.
    #[command(after_help = "Example:\n  handled user remove-second-factor ana@example.com")]
    RemoveSecondFactor(remove_second_factor::RemoveSecondFactor),
}

impl User {
    /// Runs the command.
    ///
    /// # Errors
    /// What is asked for breaks a rule or there is no such user, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(settings, stop).await,
            Self::List(list) => list.run(settings, stop).await,
            Self::Show(show) => show.run(settings, stop).await,
            Self::ResetPassword(reset) => reset.run(settings, stop).await,
            Self::Disable(disable) => disable.run(settings, stop).await,
            Self::Enable(enable) => enable.run(settings, stop).await,
            Self::Delete(delete) => delete.run(settings, stop).await,
            Self::MakeAdmin(make_admin) => make_admin.run(settings, stop).await,
            Self::Unlock(unlock) => unlock.run(settings, stop).await,
            Self::RemoveSecondFactor(remove) => remove.run(settings, stop).await,
        }
    }
}
