//! What is said of a link with which a user sets a password.

use model::user_view::PasswordLink;

/// The link, and what to do with it. The program does not know the address under which people reach it: a proxy may stand in front.
pub fn link_text(email: &str, link: &PasswordLink) -> String {
    format!(
        "Link, shown this once: {}\nIt follows the site's address, as in https://handled.example.com/set-password?token=...\n\
         It works once, until {} UTC. Hand it to {email} alone: whoever has it sets the password.\n",
        link.path,
        link.expires_at.format("%Y-%m-%d %H:%M"),
    )
}
