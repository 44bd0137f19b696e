//! Secrets at rest: sealed with a key that is derived from `AUTH_SECRET`, which no database holds.
//!
//! ChaCha20-Poly1305 with a random nonce of 96 bits; the key is HKDF-SHA256 of the secret. What is sealed for one owner and
//! purpose opens for no other: both are part of what is authenticated.

use std::fmt;

use model::UserId;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

use crate::failure::Fault;

/// The layout: this byte, four that name the key, the nonce, then ciphertext and tag.
const VERSION: u8 = 1;
const KEY_ID_LEN: usize = 4;
const HEAD_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// The secret that keys are derived from; a debug print does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthSecret(String);

impl AuthSecret {
    /// The fewest bytes of it.
    pub const MIN_BYTES: usize = 32;

    /// Takes a secret of at least [`AuthSecret::MIN_BYTES`] bytes.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (text.len() >= Self::MIN_BYTES).then_some(Self(text))
    }
}

impl fmt::Debug for AuthSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthSecret(..)")
    }
}

/// How many bytes are derived.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Seals and opens with one key.
pub(crate) struct Sealing {
    key: LessSafeKey,
    /// Tells what another secret sealed from what somebody has changed.
    key_id: [u8; KEY_ID_LEN],
}

impl Sealing {
    pub(crate) fn new(secret: &AuthSecret) -> Result<Self, Fault> {
        let derive = |purpose: &[u8], into: &mut [u8]| {
            let extracted = Salt::new(HKDF_SHA256, b"handled").extract(secret.0.as_bytes());
            let length = Length(into.len());
            extracted.expand(&[purpose], length).and_then(|material| material.fill(into)).map_err(|_| Fault::new("no key could be derived"))
        };
        let (mut key, mut key_id) = ([0; 32], [0; KEY_ID_LEN]);
        derive(b"secrets at rest, key, 1", &mut key)?;
        derive(b"secrets at rest, name of the key, 1", &mut key_id)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| Fault::new("the derived key is not one"))?;
        Ok(Self { key: LessSafeKey::new(key), key_id })
    }

    /// Seals a secret of this user's.
    pub(crate) fn seal(&self, purpose: &str, user_id: &UserId, secret: &[u8]) -> Result<Vec<u8>, Fault> {
        let nonce = rand::random::<[u8; NONCE_LEN]>();
        let mut ciphertext = secret.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context(purpose, user_id)), &mut ciphertext)
            .map_err(|_| Fault::new("the secret could not be sealed"))?;
        let mut sealed = Vec::with_capacity(HEAD_LEN + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.key_id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens what was sealed for this user and purpose.
    pub(crate) fn open(&self, purpose: &str, user_id: &UserId, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let (head, ciphertext) = sealed.split_at_checked(HEAD_LEN).ok_or_else(|| Fault::new("a sealed secret is too short"))?;
        let (version, rest) = head.split_first().ok_or_else(|| Fault::new("a sealed secret is too short"))?;
        if *version != VERSION {
            return Err(Fault::new(format!("a secret was sealed in layout {version}, which this version does not know")));
        }
        let (key_id, nonce) = rest.split_at(KEY_ID_LEN);
        if key_id != self.key_id {
            return Err(Fault::new(
                "a secret was sealed under another AUTH_SECRET; set the one that was in use then, or remove the user's second factor",
            ));
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Fault::new("a sealed secret has no nonce"))?;
        let mut opened = ciphertext.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(context(purpose, user_id)), &mut opened)
            .map_err(|_| Fault::new("a sealed secret was changed, or belongs to somebody else"))?;
        Ok(plain.to_vec())
    }
}

/// What a secret is bound to. The lengths keep one purpose and owner from reading like another's.
fn context(purpose: &str, user_id: &UserId) -> Vec<u8> {
    format!("{}:{purpose}:{}", purpose.len(), user_id.as_str()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealing(secret: &str) -> Sealing {
        Sealing::new(&AuthSecret::new(secret).expect("long enough")).expect("a key")
    }

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_purpose_alone() {
        let (sealing, ana, ben) = (sealing(SECRET), UserId::new("ana"), UserId::new("ben"));
        let sealed = sealing.seal("code", &ana, b"a secret of somebody").expect("seals");
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
        assert_eq!(sealing.open("code", &ana, &sealed).expect("opens"), b"a secret of somebody");
        assert!(sealing.open("code", &ben, &sealed).is_err());
        assert!(sealing.open("other", &ana, &sealed).is_err());
        assert_ne!(sealing.seal("code", &ana, b"a secret of somebody").expect("seals"), sealed, "a nonce of its own");
    }

    #[test]
    fn a_changed_byte_or_another_secret_is_noticed() {
        let (one, ana) = (sealing(SECRET), UserId::new("ana"));
        let sealed = one.seal("code", &ana, b"secret").expect("seals");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(one.open("code", &ana, &changed).is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(one.open("code", &ana, &sealed[..length]).is_err(), "{length} bytes");
        }
        let other = sealing("another secret of thirty-two bytes and more");
        assert!(other.open("code", &ana, &sealed).expect_err("another key").to_string().contains("another AUTH_SECRET"));
    }

    #[test]
    fn a_debug_print_leaks_no_secret_and_a_short_one_is_none() {
        assert_eq!(format!("{:?}", AuthSecret::new(SECRET)), "Some(AuthSecret(..))");
        assert_eq!(AuthSecret::new("short"), None);
    }
}
