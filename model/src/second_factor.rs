//! The second factor: an authenticator app, and recovery codes for when it is lost.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Characters of an authenticator app's code.
pub const CODE_LENGTH: usize = 6;

/// How somebody's second factor stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorState {
    /// Since when there is one.
    pub enrolled_at: Option<DateTime<Utc>>,
    /// Recovery codes that have not been used.
    pub recovery_codes_left: u32,
    /// Whether one of the user's roles requires one, so that it cannot be removed.
    pub required: bool,
}

/// What an authenticator app is to be told. Shown once; leaves itself out of debug prints.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The secret for typing, in groups of four letters and digits.
    pub secret: String,
    /// The same with the account's name, as apps read it: `otpauth://totp/...`.
    pub uri: String,
    /// The same as a QR code.
    pub qr: QrCode,
}

/// A QR code to draw: a square of dark and light modules with the light margin around it that readers need.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Modules on a side, the margin of four on each side included.
    pub side: u32,
    /// The dark modules as an SVG path, one unit a module.
    pub path: String,
}

/// New recovery codes: shown once, kept nowhere in clear.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    /// Each works once.
    pub codes: Vec<String>,
}

impl RecoveryCodes {
    /// As a file to keep, one code a line.
    pub fn text(&self) -> String {
        let mut text = String::from("Handled: recovery codes. Each signs you in once in place of a code from your authenticator app.\n\n");
        for code in &self.codes {
            text.push_str(code);
            text.push('\n');
        }
        text
    }
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}

redacted!(Enrolment, QrCode, RecoveryCodes);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_print_leaks_no_secret() {
        let codes = RecoveryCodes { codes: vec!["abcd-efgh".to_owned()] };
        assert_eq!(format!("{codes:?}"), "RecoveryCodes(..)");
        assert!(codes.text().ends_with("\n\nabcd-efgh\n"));
        let qr = QrCode { side: 41, path: "M4 4h7".to_owned() };
        let enrolment = Enrolment { secret: "ABCD EFGH".to_owned(), uri: "otpauth://totp/x?secret=ABCDEFGH".to_owned(), qr };
        assert!(!format!("{enrolment:?}").contains("ABCD"));
    }
}
