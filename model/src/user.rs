//! What a user is made of, and the rules for it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError};

/// The fewest characters that a password has.
pub const PASSWORD_MIN: usize = 12;
/// The most characters that a password has.
pub const PASSWORD_MAX: usize = 128;

/// A user to create.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The address to sign in with; kept in lower case.
    pub email: String,
    /// The name that people see.
    pub name: String,
    /// The password in clear: it is hashed and forgotten.
    pub password: String,
    /// The role's identifier.
    pub role: String,
}

/// Leaves the password out: a debug print must not leak it.
impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("email", &self.email).field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// The one spelling of an e-mail address that is stored and compared.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

impl NewUser {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] with one entry for each field that breaks a rule.
    pub fn validate(&self) -> Result<(), Error> {
        let mut fields = Vec::new();
        let mut refuse = |field: &str, message: String| fields.push(FieldError { field: field.to_owned(), message });
        let email = normalize_email(&self.email);
        let parts: Vec<&str> = email.split('@').collect();
        if email.len() > 254 || parts.len() != 2 || parts.iter().any(|part| part.is_empty() || part.contains(char::is_whitespace)) {
            refuse("email", "Enter an e-mail address such as name@example.com.".to_owned());
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 120 {
            refuse("name", "Enter a name of 1 to 120 characters.".to_owned());
        }
        let length = self.password.chars().count();
        if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
            refuse("password", format!("The password has {length} characters; use {PASSWORD_MIN} to {PASSWORD_MAX}."));
        } else if self.password.to_lowercase() == email {
            refuse("password", "The password is the e-mail address; use another.".to_owned());
        }
        if let Err(message) = self.role.parse::<crate::permission::Role>() {
            refuse("role", format!("{message}."));
        }
        if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(email: &str, password: &str) -> NewUser {
        NewUser { email: email.to_owned(), name: "Ana Núñez".to_owned(), password: password.to_owned(), role: "viewer".to_owned() }
    }

    #[test]
    fn every_broken_field_is_named_at_once() {
        let mut bad = user("nobody", "short");
        bad.name = "  ".to_owned();
        bad.role = "king".to_owned();
        let Err(Error::Invalid { fields }) = bad.validate() else { panic!("accepted") };
        assert_eq!(fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["email", "name", "password", "role"]);
    }

    #[test]
    fn passwords_are_counted_in_characters() {
        assert!(user("a@b", "ñandúñandúñ!").validate().is_ok());
        assert!(user("a@b", "ñandúñandú!").validate().is_err());
    }

    #[test]
    fn a_debug_print_leaks_no_password() {
        assert!(!format!("{:?}", user("a@b", "correct horse battery")).contains("horse"));
    }
}
