//! `handled user enable`.

use clap::Args;
use model::UserId;
use platform::{Caller, Platform, permit};
use tokio_util::sync::CancellationToken;

use super::chosen::{Chosen, obstacles};
use crate::command::output::print;
use crate::failure::Failure;
use crate::settings::Settings;

/// Who.
#[derive(Debug, Args)]
pub struct Enable {
    #[command(flatten)]
    chosen: Chosen,
}

impl Enable {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, the user is not disabled, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let work = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersDisable>(caller).await?.set_disabled(id, false).await
        };
        let ((), detail) = self.chosen.after(settings, stop, work).await?;
        let email = &detail.user.email;
        let with = if detail.has_password { ", with the password as it was" } else { "" };
        print(&format!("{email} may sign in again{with}.\n{}", obstacles(&detail)))
    }
}
