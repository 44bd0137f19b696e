//! Who is signed in, and where.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{SessionId, UserId};
use crate::permission::Permission;

/// The user of a session with everything that guards and pages ask about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The session.
    pub session_id: SessionId,
    /// Who; while somebody acts as another user, that other.
    pub user_id: UserId,
    /// The address that the user signs in with.
    pub email: String,
    /// The name that people see.
    pub name: String,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    /// What the roles allow together. Nothing while a second factor is due; while somebody acts as another user, nothing that
    /// concerns accounts or security.
    pub permissions: BTreeSet<Permission>,
    /// When the session ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Whether a role demands a second factor, and there is none yet: until then the session opens one's own account and nothing else.
    pub second_factor_due: bool,
    /// Who really sits there, while somebody acts as another user.
    pub impersonator: Option<Impersonator>,
}

/// Somebody who acts as another user for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impersonator {
    /// Who.
    pub user_id: UserId,
    /// The address that this one signs in with.
    pub email: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

impl SignedIn {
    /// Whether the user may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// A session as its owner and administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// The browser and system, in words: "Firefox on Linux".
    pub browser: String,
    /// The network address that signed in.
    pub address: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// The words for a browser's name of itself. It is what the browser says, so never more than a hint.
pub fn browser_words(user_agent: Option<&str>) -> String {
    let Some(text) = user_agent.filter(|text| !text.trim().is_empty()) else { return "Unknown browser".to_owned() };
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(sign, _)| text.contains(sign)).map(|(_, name)| *name);
    // The order matters: each browser also names those that it descends from.
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => text.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_those_they_descend_from() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0";
        let phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";
        for (text, words) in [
            (Some(edge), "Edge on Windows"),
            (Some(phone), "Chrome on Android"),
            (Some("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"), "Firefox on Linux"),
            (Some("curl/8.5.0"), "curl"),
            (Some("a program"), "a program"),
            (Some(" "), "Unknown browser"),
            (None, "Unknown browser"),
        ] {
            assert_eq!(browser_words(text), words);
        }
    }
}
