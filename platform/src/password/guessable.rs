//! What a new password may not be: short, among the commonest, or made of what anybody knows about its owner.
//!
//! No rules of composition: what counts is how many guesses somebody needs who tries the likely first. The estimate, with the
//! lists of the commonest passwords, names and words, is zxcvbn's.

use model::Error;
use model::password::check_length;
use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

/// What a user's own data make easy to guess.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Personal<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The name that people see.
    pub name: &'a str,
}

/// The product's name is everybody's.
const PRODUCT: &str = "handled";

impl Personal<'_> {
    /// The words that say something of the user, in lower case.
    fn words(self) -> Vec<String> {
        let email = self.email.trim().to_lowercase();
        let (local, domain) = email.split_once('@').unwrap_or((&email, ""));
        let mut words = vec![PRODUCT.to_owned(), email.clone(), local.to_owned(), domain.to_owned()];
        let pieces = local.split(|one: char| !one.is_alphanumeric()).chain(domain.split('.'));
        words.extend(pieces.map(str::to_owned));
        let name = self.name.to_lowercase();
        words.extend(name.split(|one: char| !one.is_alphanumeric()).map(str::to_owned));
        words.push(name.split_whitespace().collect());
        // One or two letters stand in every password.
        words.retain(|word| word.chars().count() > 2);
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// Checks a new password: its length, and that nobody guesses it who tries the commonest and what is known of its owner.
///
/// # Errors
/// [`Error::Invalid`] for the field `password`, with a sentence that says why.
pub(crate) fn check(new: &str, user: Personal<'_>) -> Result<(), Error> {
    check_length(new)?;
    let words = user.words();
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let estimate = zxcvbn(new, &inputs);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let why = if zxcvbn(new, &[]).score() >= Score::Three {
        "The password is made of your own name or address, or the product's"
    } else {
        match estimate.feedback().and_then(|feedback| feedback.warning()) {
            Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
                "The password follows the keys of a keyboard"
            }
            Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
                "The password repeats itself"
            }
            Some(Warning::SequencesLikeAbcAreEasyToGuess) => "The password is a plain sequence of letters or digits",
            Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => "The password is little more than a date",
            Some(
                Warning::ThisIsATop10Password
                | Warning::ThisIsATop100Password
                | Warning::ThisIsACommonPassword
                | Warning::ThisIsSimilarToACommonlyUsedPassword,
            ) => "The password is, or is much like, one of the commonest",
            _ => "The password is easy to guess",
        }
    };
    Err(Error::invalid("password", format!("{why}. Use four or more unrelated words, or let a password manager make one.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Personal<'static> = Personal { email: "ana.nunez@warehouse-nine.example.com", name: "Ana Núñez Fernández" };

    fn refusal(password: &str) -> String {
        check(password, ANA).err().map(|error| error.of_field("password").unwrap_or("another field").to_owned()).unwrap_or_default()
    }

    #[test]
    fn guessable_passwords_are_refused_and_the_reason_is_said() {
        for (password, reason) in [
            ("short", "The password has 5 characters"),
            ("password1234", "The password is"),
            ("Passw0rd1234", "The password is"),
            ("qwertyuiopas", "The password"),
            ("123456789012", "The password"),
            ("aaaaaaaaaaaaaaaa", "The password repeats itself"),
            ("abcabcabcabcabc", "The password repeats itself"),
            ("ana.nunez@warehouse-nine.example.com", "The password is made of your own name or address"),
            ("warehouse-nine", "The password is made of your own name or address"),
            ("NunezFernandez", "The password"),
            ("handledhandled", "The password"),
        ] {
            let refused = refusal(password);
            assert!(refused.starts_with(reason), "{password}: {refused:?}");
        }
    }

    #[test]
    fn passwords_that_nobody_guesses_are_taken_whatever_they_are_made_of() {
        for password in
            ["correct horse battery", "ein blauer hund singt leise", "mQ7x2vKp9TzR", "тихий снег лежит долго", "🐙🦀🦑🐟🦐🐚🐠🐡🦈🐬🐳🐋"]
        {
            assert_eq!(check(password, ANA), Ok(()), "{password}");
        }
    }

    #[test]
    fn the_words_of_a_user_are_those_that_say_something() {
        let words = ANA.words();
        for word in ["ana", "nunez", "ana.nunez", "warehouse-nine", "núñez", "ananúñezfernández", "handled", "example"] {
            assert!(words.iter().any(|known| known == word), "{word} in {words:?}");
        }
        assert!(Personal { email: "a@b", name: "Å" }.words().iter().all(|word| word == PRODUCT || word == "a@b"));
    }
}
