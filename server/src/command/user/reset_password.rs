//! `handled user reset-password`: a link that the user sets another password with. Nobody sets it for somebody else.

use clap::Args;
use model::UserId;
use platform::{Caller, Platform, permit};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::chosen::Chosen;
use super::link_text::link_text;
use crate::command::output::{print, print_json};
use crate::failure::Failure;
use crate::settings::Settings;

/// Whose password.
#[derive(Debug, Args)]
pub struct ResetPassword {
    #[command(flatten)]
    chosen: Chosen,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl ResetPassword {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, the user is disabled, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let work = async |platform: &Platform, caller: &Caller, id: &UserId| {
            platform.authorize::<permit::UsersRecover>(caller).await?.password_link(id).await
        };
        let (link, detail) = self.chosen.after(settings, stop, work).await?;
        let email = &detail.user.email;
        if self.json {
            return print_json(&json!({ "id": detail.user.id, "email": email, "link": link }));
        }
        let until_then = if detail.has_password { "The present password works until then.\n" } else { "" };
        print(&format!("{}{until_then}", link_text(email, &link)))
    }
}
