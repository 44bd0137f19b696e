//! Codes of authenticator apps: RFC 6238 with SHA-1, six digits and steps of thirty seconds, which is what every app takes.

use chrono::{DateTime, Utc};
use model::second_factor::CODE_LENGTH;
use ring::hmac;

/// Bytes of a secret: 160 bits, as RFC 4226 recommends.
pub(super) const SECRET_LEN: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Steps before and after the present one whose codes are taken, too: clocks differ, and people type slowly.
const TOLERANCE: i64 = 1;

/// A new secret.
pub(super) fn secret() -> [u8; SECRET_LEN] {
    rand::random()
}

/// The code of a step.
fn code(key: &hmac::Key, step: i64) -> String {
    let mac = hmac::sign(key, &step.to_be_bytes());
    let bytes = mac.as_ref();
    // RFC 4226, 5.3: the last four bits say where the 31 bits stand that the digits are made of.
    let offset = usize::from(bytes.last().map_or(0, |last| last & 0x0f));
    let bits = bytes.iter().skip(offset).take(4).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:0width$}", bits % 1_000_000, width = CODE_LENGTH)
}

/// The step whose code this is, if it is one of those that are taken now.
pub(super) fn matching_step(secret: &[u8], typed: &str, now: DateTime<Utc>) -> Option<i64> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let present = now.timestamp().div_euclid(STEP);
    let mut found = None;
    // All of them, whichever fits: how long it takes tells nothing.
    for step in present - TOLERANCE..=present + TOLERANCE {
        let differing =
            code(&key, step).bytes().zip(typed.bytes()).fold(typed.len() ^ CODE_LENGTH, |sum, (one, other)| sum | usize::from(one ^ other));
        if differing == 0 {
            found = Some(step);
        }
    }
    found
}

/// Letters and digits as RFC 4648's base32 has them, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut held) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    }
    text
}

/// In groups of four, for reading and typing.
pub(super) fn in_groups(text: &str, between: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

/// What apps read: the secret with the account's name.
pub(super) fn uri(secret: &str, email: &str) -> String {
    let account: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    // In a path a blank is %20, never a plus.
    let account = account.replace('+', "%20");
    format!("otpauth://totp/Handled:{account}?secret={secret}&issuer=Handled&algorithm=SHA1&digits={CODE_LENGTH}&period={STEP}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1; the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = DateTime::from_timestamp(seconds, 0).expect("a time");
            assert_eq!(matching_step(secret, code, now), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_more() {
        let at = |seconds: i64| DateTime::from_timestamp(1_111_111_110 + seconds, 0).expect("a time");
        let step = 1_111_111_111 / 30;
        for seconds in [-30, 0, 29, 59] {
            assert_eq!(matching_step(b"12345678901234567890", "050471", at(seconds)), Some(step), "{seconds}");
        }
        for seconds in [-31, 60] {
            assert_eq!(matching_step(b"12345678901234567890", "050471", at(seconds)), None, "{seconds}");
        }
        for typed in ["", "05047", "0504711", "050472", "05047\u{661}"] {
            assert_eq!(matching_step(b"12345678901234567890", typed, at(0)), None, "{typed}");
        }
    }

    /// RFC 4648, section 10, without the padding.
    #[test]
    fn base32_is_that_of_the_rfc() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(base32(&secret()).len(), 32);
        assert_eq!(in_groups("MZXW6YTBOI", " "), "MZXW 6YTB OI");
    }

    #[test]
    fn an_account_of_any_name_makes_an_address() {
        let uri = uri("ABC", "ana+tests@example.com");
        assert_eq!(uri, "otpauth://totp/Handled:ana%2Btests%40example.com?secret=ABC&issuer=Handled&algorithm=SHA1&digits=6&period=30");
        assert!(url::Url::parse(&uri).is_ok());
    }
}
