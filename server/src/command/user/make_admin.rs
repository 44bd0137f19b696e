//! `handled user make-admin`: the way back in when no administrator is left who can sign in.

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
pub struct MakeAdmin {
    #[command(flatten)]
    chosen: Chosen,
}

impl MakeAdmin {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, the user is an administrator already, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let work = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersEdit>(caller).await?.make_administrator(id).await
        };
        let ((), detail) = self.chosen.after(settings, stop, work).await?;
        print(&format!("{} is an administrator, and may do everything within a second.\n{}", detail.user.email, obstacles(&detail)))
    }
}
