//! `handled user create`.

use std::io::{IsTerminal, Read};

use clap::Args;
use model::UserId;
use model::user::{self, NewUser, normalize_email};
use model::user_view::PasswordLink;
use platform::permit;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::link_text::link_text;
use super::roles::one_meant;
use crate::command::output::{print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// A user to create.
#[derive(Debug, Args)]
pub struct Create {
    /// The e-mail address to sign in with.
    #[arg(long)]
    email: String,
    /// The name that people see.
    #[arg(long)]
    name: String,
    /// A role, by its name or identifier; several are given one after another, each with --role.
    #[arg(long, required = true)]
    role: Vec<String>,
    /// Read the password from standard input, up to the end of its first line.
    #[arg(long)]
    password_stdin: bool,
    /// Make a link with which the user sets the password, instead of a password.
    #[arg(long, conflicts_with = "password_stdin")]
    link: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What came of it.
struct Created {
    id: UserId,
    roles: Vec<String>,
    role_names: Vec<String>,
    link: Option<PasswordLink>,
}

impl Create {
    /// Runs the command.
    ///
    /// # Errors
    /// The user breaks a rule or exists already, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        // Before a database is started for nothing.
        user::validate(&self.email, &self.name)?;
        let given = if self.password_stdin { Some(read_password()?) } else { None };
        let generated = (given.is_none() && !self.link).then(platform::generate_password);
        let password = given.or_else(|| generated.clone());
        let created = with_platform(settings, "handled user", stop, async |platform, caller| {
            let known = platform.authorize::<permit::RolesRead>(caller).await?.roles().await?.roles;
            let meant = self.role.iter().map(|typed| one_meant(typed, &known)).collect::<Result<Vec<_>, _>>()?;
            let roles: Vec<String> = meant.iter().map(|role| role.id.to_string()).collect();
            let role_names = meant.iter().map(|role| role.name.clone()).collect();
            let user = NewUser { email: self.email.clone(), name: self.name.clone(), roles: roles.clone() };
            let permit = platform.authorize::<permit::UsersCreate>(caller).await?;
            let (id, link) = match password {
                Some(password) => (permit.create_user_with_password(user, password).await?, None),
                None => {
                    let link = permit.create_user(user).await?;
                    (link.user_id.clone(), Some(link))
                }
            };
            Ok(Created { id, roles, role_names, link })
        })
        .await?;
        self.say(&created, generated.as_deref())
    }

    fn say(&self, created: &Created, generated: Option<&str>) -> Result<(), Failure> {
        let Created { id, roles, role_names, link } = created;
        let email = normalize_email(&self.email);
        if self.json {
            return print_json(&json!({ "id": id, "email": email, "roles": roles, "password": generated, "link": link }));
        }
        let mut text = format!("Created {email} as {}.\n", role_names.join(", "));
        if let Some(password) = generated {
            text.push_str(&format!("Password, shown this once: {password}\n"));
        }
        if let Some(link) = link {
            text.push_str(&link_text(&email, link));
        }
        print(&text)
    }
}

fn read_password() -> Result<String, Failure> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::Said(
            "--password-stdin reads a pipe or a file, so that the password is not shown; for example: < password.txt".to_owned(),
        ));
    }
    let mut text = String::new();
    stdin.read_to_string(&mut text).map_err(|source| Failure::Machine { doing: "Reading the password", source })?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
