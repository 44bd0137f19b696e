//! What a user is made of, and the rules for it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError};

/// The fewest characters that a password has.
pub const PASSWORD_MIN: usize = 12;
/// The most characters that a password has.
pub const PASSWORD_MAX: usize = 128;

/// The most characters of a name.
pub const NAME_MAX: usize = 120;

/// A user to create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The address to sign in with; kept in lower case.
    pub email: String,
    /// The name that people see.
    pub name: String,
    /// The roles' identifiers.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// What a user is to become.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEdit {
    /// Which.
    pub id: String,
    /// The version that the change was made from.
    pub version: i64,
    /// The address to sign in with.
    pub email: String,
    /// The name that people see.
    pub name: String,
    /// The roles' identifiers.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// The one spelling of an e-mail address that is stored and compared.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Checks what every user has.
///
/// # Errors
/// [`Error::Invalid`] with one entry for each field that breaks a rule.
pub fn validate(email: &str, name: &str) -> Result<(), Error> {
    let mut fields = Vec::new();
    let mut refuse = |field: &str, message: String| fields.push(FieldError { field: field.to_owned(), message });
    let email = normalize_email(email);
    let parts: Vec<&str> = email.split('@').collect();
    let is_odd = |part: &&str| part.is_empty() || part.contains(|one: char| one.is_whitespace() || one.is_control());
    if email.len() > 254 || parts.len() != 2 || parts.iter().any(is_odd) {
        refuse("email", "Enter an e-mail address such as name@example.com.".to_owned());
    }
    if name.trim().is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        refuse("name", format!("Enter a name of 1 to {NAME_MAX} characters."));
    }
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_field_is_named_at_once() {
        let Err(Error::Invalid { fields }) = validate("nobody", "  ") else { panic!("accepted") };
        assert_eq!(fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["email", "name"]);
        assert_eq!(validate(" Ana@Example.com ", "Ana Núñez"), Ok(()));
        assert!(validate("a\u{0}b@example.com", "Ana").is_err());
    }
}
