//! `handled role list`.

use clap::Args;
use model::role::RoleView;
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{counted, print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// How it is said.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs the command.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let roles = with_platform(settings, "handled role", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::RolesRead>(caller).await?.roles().await?.roles)
        })
        .await?;
        if self.json { print_json(&roles) } else { print(&roles.iter().map(text).collect::<String>()) }
    }
}

fn text(role: &RoleView) -> String {
    let mut text = format!("{}: {}", role.name, counted(u64::from(role.users), "user", "users"));
    if role.requires_second_factor {
        text.push_str(", second factor required");
    }
    if role.retired_at.is_some() {
        text.push_str(", retired");
    }
    let allows = if role.is_administrator {
        "everything".to_owned()
    } else if role.permissions.is_empty() {
        "nothing".to_owned()
    } else {
        role.permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ")
    };
    text.push_str(&format!("\n    identifier {}\n", role.id));
    if !role.description.is_empty() {
        text.push_str(&format!("    {}\n", role.description.replace('\n', " ")));
    }
    text.push_str(&format!("    allows {allows}\n"));
    text
}
