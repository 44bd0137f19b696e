//! `handled user remove-second-factor`.

use clap::Args;
use model::UserId;
use platform::{Caller, Platform, permit};
use tokio_util::sync::CancellationToken;

use super::chosen::Chosen;
use crate::command::output::print;
use crate::failure::Failure;
use crate::settings::Settings;

/// Whose.
#[derive(Debug, Args)]
pub struct RemoveSecondFactor {
    #[command(flatten)]
    chosen: Chosen,
}

impl RemoveSecondFactor {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, the user has no second factor, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let work = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersRecover>(caller).await?.remove_second_factor(id).await
        };
        let ((), detail) = self.chosen.after(settings, stop, work).await?;
        let next = if detail.requires_second_factor {
            "A role requires one: the next session opens the own account alone, until another is set up there."
        } else {
            "The password alone signs in, until another is set up."
        };
        print(&format!("The second factor of {} is removed, and every session has ended. {next}\n", detail.user.email))
    }
}
