//! `handled user show`: what a user's page shows, with why each permission is held.

use chrono::{DateTime, Utc};
use clap::Args;
use model::user_view::{UserDetail, UserState};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::chosen::{Chosen, obstacles, role_names, state};
use crate::command::output::{counted, grouped, print, print_json};
use crate::failure::Failure;
use crate::settings::Settings;

/// Which user.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    chosen: Chosen,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A user with the state in a word.
#[derive(Serialize)]
struct Shown<'a> {
    state: UserState,
    #[serde(flatten)]
    detail: &'a UserDetail,
}

impl Show {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such user, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let ((), detail) = self.chosen.after(settings, stop, async |_, _, _| Ok(())).await?;
        let state = state(&detail.user);
        if self.json { print_json(&Shown { state, detail: &detail }) } else { print(&text(state, &detail)) }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn text(state: UserState, detail: &UserDetail) -> String {
    let user = &detail.user;
    let mut text = format!("{}: {}\n", user.email, state.name());
    let mut line = |name: &str, value: String| text.push_str(&format!("  {name:<13}  {value}\n"));
    line("name", user.name.clone());
    line("identifier", user.id.to_string());
    line("roles", role_names(user));
    line("created", time(user.created_at));
    line("signed in", user.last_signed_in_at.map_or_else(|| "never".to_owned(), time));
    if let Some(at) = user.disabled_at {
        line("disabled", format!("since {}", time(at)));
    }
    line("password", if detail.has_password { "set" } else { "none yet" }.to_owned());
    if let Some(until) = detail.link_until {
        line("link", format!("one to set a password waits to be used, until {}", time(until)));
    }
    let second = match (user.has_second_factor, detail.requires_second_factor) {
        (true, true) => "set up; a role requires it",
        (true, false) => "set up",
        (false, true) => "none, and a role requires one: until it is set up, a session opens the own account alone",
        (false, false) => "none",
    };
    line("second factor", second.to_owned());
    line(
        "locked",
        match detail.locked_seconds {
            0 => "no".to_owned(),
            left => format!(
                "for {} after wrong passwords; to lift it: handled user unlock {}",
                counted(u64::from(left), "second", "seconds"),
                user.email
            ),
        },
    );
    for session in detail.sessions.iter().flatten() {
        let from = session.address.as_ref().map(|address| format!(" from {address}")).unwrap_or_default();
        let (seen, until) = (time(session.last_seen_at), time(session.expires_at));
        line("session", format!("{}{from}, last seen {seen}, until {until}", session.browser));
    }
    if detail.sessions.as_ref().is_some_and(Vec::is_empty) {
        line("sessions", "none".to_owned());
    }
    let held: Vec<_> = detail.permissions.iter().filter(|why| !why.through.is_empty()).collect();
    line("permissions", format!("{} of {}", grouped(held.len() as u64), detail.permissions.len()));
    for why in held {
        text.push_str(&format!("    {:<22}  through {}\n", why.permission.name(), why.through.join(", ")));
    }
    text.push_str(&obstacles(detail));
    text
}
