//! `handled user`: users from the command line.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand};
use model::user::{NewUser, normalize_email};
use platform::permit;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::output::{print, print_json};
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Users.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Create a user; the password is generated and printed once, unless it comes on standard input.
    #[command(after_help = "Examples:\n  handled user create --email ana@example.com --name Ana --role viewer\n  \
                            handled user create --email bo@example.com --name Bo --role administrator --password-stdin < password.txt")]
    Create(Create),
}

/// A user to create.
#[derive(Debug, Args)]
pub struct Create {
    /// The e-mail address to sign in with.
    #[arg(long)]
    email: String,
    /// The name that people see.
    #[arg(long)]
    name: String,
    /// The role: administrator or viewer.
    #[arg(long)]
    role: String,
    /// Read the password from standard input, up to the end of its first line.
    #[arg(long)]
    password_stdin: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl User {
    /// Runs the command.
    ///
    /// # Errors
    /// The user breaks a rule or exists already, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self::Create(create) = self;
        let given = if create.password_stdin { Some(read_password()?) } else { None };
        let generated = given.is_none().then(platform::generate_password);
        let password = given.or_else(|| generated.clone()).unwrap_or_default();
        let user = NewUser { email: create.email.clone(), name: create.name.clone(), password, role: create.role.clone() };
        // Before a database is started for nothing.
        user.validate()?;
        let email = normalize_email(&user.email);
        let id = with_platform(settings, "handled user", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::UsersCreate>(caller).await?.create_user(user).await?)
        })
        .await?;
        if create.json {
            return print_json(&json!({ "id": id, "email": email, "role": create.role, "password": generated }));
        }
        match generated {
            Some(password) => print(&format!("Created {email} as {}.\nPassword, shown this once: {password}\n", create.role)),
            None => print(&format!("Created {email} as {}.\n", create.role)),
        }
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
