//! Passwords: argon2id at OWASP's parameters, away from the async threads.
//!
//! Source of the parameters (19 MiB, 2 passes, 1 lane): OWASP Password Storage Cheat Sheet; they are the
//! crate's defaults, and a test holds it to them.

mod guessable;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::failure::Fault;

pub(crate) use guessable::{Personal, check};

/// Hashing uses 19 MiB and a whole core each; more at once than this only makes each slower.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// How a hash begins that was made with today's parameters.
const CURRENT: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// A hash of no password, compared against when there is no such user, so that it takes the same time.
pub(crate) const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0Gfqg+Y1HAzcqJzR3oUsF3YhPK8dmJq2Xn3cVv6yM9E";

/// Hashes a password into a PHC string with a salt of its own.
pub(crate) async fn hash(password: String) -> Result<String, Fault> {
    let _permit = AT_ONCE.acquire().await.map_err(Fault::new)?;
    tokio::task::spawn_blocking(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await
        .map_err(Fault::new)?
        .map_err(Fault::new)
}

/// Whether this is the password of that PHC string. The hash's own parameters count.
pub(crate) async fn verify(password: String, hash: String) -> Result<bool, Fault> {
    let _permit = AT_ONCE.acquire().await.map_err(Fault::new)?;
    tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&hash).map_err(Fault::new)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
    .map_err(Fault::new)?
}

/// Whether a hash was made with other parameters than today's.
pub(crate) fn is_outdated(hash: &str) -> bool {
    !hash.starts_with(CURRENT)
}

/// A password of 20 characters from an alphabet of 56 without look-alikes: 116 bits.
pub(crate) fn generate() -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    (0..20).map(|_| char::from(ALPHABET[rand::random_range(0..ALPHABET.len())])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_has_owasp_parameters_and_fits_only_its_password() {
        let hashed = hash("correct horse".to_owned()).await.expect("hashes");
        assert!(!is_outdated(&hashed) && hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(is_outdated("$argon2id$v=19$m=4096,t=3,p=1$c2FsdA$aGFzaA") && is_outdated("$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"));
        assert!(verify("correct horse".to_owned(), hashed.clone()).await.expect("verifies"));
        assert!(!verify("correct horsf".to_owned(), hashed).await.expect("verifies"));
    }

    #[tokio::test]
    async fn nobodys_hash_is_evaluated_and_fits_nothing() {
        assert!(!verify(String::new(), NOBODYS_HASH.to_owned()).await.expect("is a hash"));
    }

    #[test]
    fn generated_passwords_are_long_and_differ() {
        let (one, other) = (generate(), generate());
        assert_eq!(one.len(), 20);
        assert_ne!(one, other);
    }
}
