//! `handled user list`.

use clap::Args;
use model::list::PAGE_SIZE;
use model::user_view::{UserQuery, UserRow, UserState};
use platform::permit;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::chosen::{role_names, state};
use super::roles::one_meant;
use crate::command::output::{grouped, print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Which users.
#[derive(Debug, Args)]
pub struct List {
    /// Only those who hold this role, by its name or identifier.
    #[arg(long)]
    role: Option<String>,
    /// Only in this state: active (may sign in), disabled, or invited (may, and never has).
    #[arg(long, value_parser = state_of)]
    state: Option<UserState>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn state_of(name: &str) -> Result<UserState, String> {
    UserState::of_name(name).ok_or_else(|| "it is active, disabled or invited".to_owned())
}

/// A user with the state in a word.
#[derive(Serialize)]
struct Listed<'a> {
    state: UserState,
    #[serde(flatten)]
    user: &'a UserRow,
}

impl List {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such role, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let (users, total) = with_platform(settings, "handled user", stop, async |platform, caller| {
            let role = match &self.role {
                None => None,
                Some(typed) => {
                    let roles = platform.authorize::<permit::RolesRead>(caller).await?.roles().await?.roles;
                    Some(one_meant(typed, &roles)?.id.to_string())
                }
            };
            let permit = platform.authorize::<permit::UsersRead>(caller).await?;
            let (mut users, mut total) = (Vec::new(), 0);
            for page in 1..=self.limit.div_ceil(PAGE_SIZE).max(1) {
                let found = permit.users(&UserQuery { role: role.clone(), state: self.state, page, ..UserQuery::default() }).await?;
                let last = page >= found.pages();
                total = found.total;
                users.extend(found.rows);
                if last {
                    break;
                }
            }
            Ok((users, total))
        })
        .await?;
        let shown = users.iter().take(usize::try_from(self.limit).unwrap_or(usize::MAX));
        let shown: Vec<Listed<'_>> = shown.map(|user| Listed { state: state(user), user }).collect();
        if self.json { print_json(&shown) } else { print(&table(&shown, total)) }
    }
}

fn table(users: &[Listed<'_>], total: u64) -> String {
    if users.is_empty() {
        return "There are no such users.\n".to_owned();
    }
    let wide = |value: fn(&UserRow) -> &str, least: usize| {
        users.iter().map(|one| value(one.user).chars().count()).max().unwrap_or_default().clamp(least, 40)
    };
    let (emails, names) = (wide(|user| &user.email, 5), wide(|user| &user.name, 4));
    let mut text =
        format!("{:<emails$}  {:<names$}  {:<8}  {:<13}  {:<20}  ROLES\n", "EMAIL", "NAME", "STATE", "SECOND FACTOR", "SIGNED IN (UTC)");
    for Listed { state, user } in users {
        let signed_in = user.last_signed_in_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S").to_string());
        let second = if user.has_second_factor { "yes" } else { "no" };
        let (email, name, roles) = (&user.email, &user.name, role_names(user));
        text.push_str(&format!("{email:<emails$}  {name:<names$}  {:<8}  {second:<13}  {signed_in:<20}  {roles}\n", state.name()));
    }
    if total > users.len() as u64 {
        text.push_str(&format!("... {} altogether; --limit shows more\n", grouped(total)));
    }
    text
}
