//! Recovery codes: each signs in once in place of an authenticator app's.

use model::second_factor::RecoveryCodes;
use sha2::{Digest, Sha256};

use super::totp::{base32, in_groups};

/// Codes that are made at once.
const COUNT: usize = 10;
/// Random bytes of each: 80 bits, which are sixteen letters and digits.
const BYTES: usize = 10;
const LENGTH: usize = 16;

/// New codes, and the hashes to keep of them.
pub(super) fn make() -> (RecoveryCodes, Vec<Vec<u8>>) {
    let made: Vec<String> = (0..COUNT).map(|_| base32(&rand::random::<[u8; BYTES]>())).collect();
    let hashes = made.iter().map(|code| hash(code).to_vec()).collect();
    let codes = made.iter().map(|code| in_groups(&code.to_lowercase(), "-")).collect();
    (RecoveryCodes { codes }, hashes)
}

/// The hash of what was typed, if it can be a recovery code at all. Case, blanks and hyphens do not matter, and digits that the
/// alphabet leaves out are read as the letters that they look like.
pub(super) fn typed_hash(typed: &str) -> Option<[u8; 32]> {
    let letters = typed.chars().filter(|one| !one.is_whitespace() && *one != '-').map(|one| match one.to_ascii_uppercase() {
        '0' => 'O',
        '1' => 'L',
        '8' => 'B',
        other => other,
    });
    let code: String = letters.take(LENGTH + 1).collect();
    (code.len() == LENGTH && code.bytes().all(|one| matches!(one, b'A'..=b'Z' | b'2'..=b'7'))).then(|| hash(&code))
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_codes_are_made_that_differ_and_are_known_by_their_hashes() {
        let (codes, hashes) = make();
        assert_eq!((codes.codes.len(), hashes.len()), (COUNT, COUNT));
        let distinct: std::collections::BTreeSet<_> = codes.codes.iter().collect();
        assert_eq!(distinct.len(), COUNT);
        for (code, hash) in codes.codes.iter().zip(&hashes) {
            assert_eq!(code.len(), LENGTH + 3);
            assert_eq!(typed_hash(code).map(Vec::from).as_ref(), Some(hash));
            assert_eq!(typed_hash(&format!(" {} ", code.to_uppercase().replace('-', " "))).map(Vec::from).as_ref(), Some(hash));
        }
    }

    #[test]
    fn what_cannot_be_a_recovery_code_is_none() {
        for typed in ["", "123456", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mnopq", "abcd-efgh-ijkl-mno9", &"a".repeat(10_000)] {
            assert_eq!(typed_hash(typed), None, "{typed}");
        }
        assert_eq!(typed_hash("ABCD-EFGH-IJKL-MN08"), typed_hash("abcd efgh ijkl mnob"));
    }
}
