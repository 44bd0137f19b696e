//! `handled user disable`.

use clap::Args;
use model::UserId;
use platform::{Caller, Platform, permit};
use tokio_util::sync::CancellationToken;

use super::chosen::Chosen;
use crate::command::output::print;
use crate::failure::Failure;
use crate::settings::Settings;

/// Who.
#[derive(Debug, Args)]
pub struct Disable {
    #[command(flatten)]
    chosen: Chosen,
}

impl Disable {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, the user is disabled already or is the last administrator, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let work = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersDisable>(caller).await?.set_disabled(id, true).await
        };
        let ((), detail) = self.chosen.after(settings, stop, work).await?;
        let email = &detail.user.email;
        print(&format!(
            "{email} is disabled: every session has ended, on every server within a second, and nobody signs in with it.\n\
             To take that back: handled user enable {email}\n"
        ))
    }
}
