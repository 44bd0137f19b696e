//! `handled user delete`.

use std::io::IsTerminal;

use clap::Args;
use model::user::normalize_email;
use platform::permit;
use tokio_util::sync::CancellationToken;

use super::chosen::Chosen;
use crate::command::db::guarded::ask;
use crate::command::output::print;
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Who.
#[derive(Debug, Args)]
pub struct Delete {
    #[command(flatten)]
    chosen: Chosen,
    /// Go on without asking for the address.
    #[arg(long)]
    yes: bool,
}

impl Delete {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, the user has signed in or done something, nobody says yes, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let email = normalize_email(&self.chosen.email);
        if !self.yes {
            confirmed(&email, &stop).await?;
        }
        with_platform(settings, "handled user", stop, async |platform, caller| {
            let id = platform.authorize::<permit::UsersRead>(caller).await?.find_user(&email).await?;
            Ok(platform.authorize::<permit::UsersCreate>(caller).await?.delete_user(&id).await?)
        })
        .await?;
        print(&format!("{email} is deleted; the audit keeps that there was such a user.\n"))
    }
}

async fn confirmed(email: &str, stop: &CancellationToken) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Said(format!("This deletes {email}, and nobody is at a terminal to say so; say --yes if that is meant.")));
    }
    let question = format!("This deletes {email}.\nType the address to go on: ");
    let typed = tokio::select! {
        typed = ask(question) => typed?,
        () = stop.cancelled() => return Err(Failure::Interrupted),
    };
    if normalize_email(&typed) == email { Ok(()) } else { Err(Failure::Said(format!("That is not {email}; nothing was changed."))) }
}
