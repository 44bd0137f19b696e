//! `handled user unlock`.

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
pub struct Unlock {
    #[command(flatten)]
    chosen: Chosen,
}

impl Unlock {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let work = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersRecover>(caller).await?.unlock(id).await
        };
        let ((), detail) = self.chosen.after(settings, stop, work).await?;
        let email = &detail.user.email;
        // What is counted of an address from which many accounts were tried is not this user's, and stays.
        print(&format!("The wrong passwords of {email} are forgotten: the right one is let in at once.\n{}", obstacles(&detail)))
    }
}
