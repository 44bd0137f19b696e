//! What a new password must be, as far as it can be said without knowing whose it is.

use crate::error::Error;
use crate::user::{PASSWORD_MAX, PASSWORD_MIN};

/// Checks how long a new password is, in characters.
///
/// # Errors
/// [`Error::Invalid`] for the field `password`.
pub fn check_length(password: &str) -> Result<(), Error> {
    let length = password.chars().count();
    if (PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        return Ok(());
    }
    let characters = if length == 1 { "1 character".to_owned() } else { format!("{length} characters") };
    Err(Error::invalid("password", format!("The password has {characters}; use {PASSWORD_MIN} to {PASSWORD_MAX}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_counted_in_characters() {
        assert_eq!(check_length("ñandúñandúñ!"), Ok(()));
        assert_eq!(check_length(&"ñ".repeat(PASSWORD_MAX)), Ok(()));
        let short = check_length("ñandúñandú!").expect_err("11 characters");
        assert_eq!(short.to_string(), "The password has 11 characters; use 12 to 128.");
        assert!(check_length(&"a".repeat(PASSWORD_MAX + 1)).is_err());
    }
}
