//! The second factor: an authenticator app and recovery codes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::second_factor::RecoveryCodes;
use model::session::SignedIn;
use model::{Error, Role, UserId};
use platform::{Caller, Identity, Platform, permit};
use ring::hmac;

use crate::installation::{Installation, Mode, PASSWORD, ask, run};
use crate::throttle::timed;

const ANA: &str = "ana@example.com";
const BEGAN: i64 = 1_800_000_000;

/// An authenticator app that was told a secret.
struct App {
    secret: Vec<u8>,
    seconds: Arc<AtomicI64>,
}

impl App {
    /// Reads the secret as people type it.
    fn new(text: &str, seconds: &Arc<AtomicI64>) -> Self {
        let (mut secret, mut bits, mut held) = (Vec::new(), 0_u32, 0);
        for letter in text.bytes().filter(|letter| *letter != b' ') {
            let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
            bits = (bits << 5 | u32::from(value)) & 0xffff;
            held += 5;
            if held >= 8 {
                held -= 8;
                secret.push(u8::try_from(bits >> held & 0xff).expect("a byte"));
            }
        }
        Self { secret, seconds: seconds.clone() }
    }

    /// The code that it shows now.
    fn code(&self) -> String {
        let step = (BEGAN + self.seconds.load(Ordering::SeqCst)) / 30;
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret), &step.to_be_bytes());
        let at = usize::from(mac.as_ref()[19] & 15);
        let number = u32::from_be_bytes(mac.as_ref()[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// Waits for the next code.
    fn next(&self) -> String {
        self.seconds.fetch_add(30, Ordering::SeqCst);
        self.code()
    }
}

/// Ana with a second factor, at the session that set it up.
struct Enrolled {
    installation: Installation,
    app: App,
    codes: RecoveryCodes,
    caller: Caller,
}

async fn enrolled(mode: Mode) -> Enrolled {
    let (installation, seconds) = timed(mode).await;
    let caller = installation.signed_in(ANA, Role::Viewer).await;
    let enrolment = installation.platform.begin_second_factor(&caller, PASSWORD).await.expect("begins");
    let app = App::new(&enrolment.secret, &seconds);
    let codes = installation.platform.confirm_second_factor(&caller, &app.code()).await.expect("confirms");
    Enrolled { installation, app, codes, caller }
}

async fn sign_in(platform: &Platform, code: &str) -> Result<SignedIn, Error> {
    platform.sign_in(&Caller::default(), ANA, PASSWORD, code).await.map(|session| session.signed_in)
}

fn is_about_code<T>(answer: &Result<T, Error>) -> bool {
    answer.as_ref().is_err_and(|error| error.of_field("code").is_some())
}

#[tokio::test]
async fn who_has_a_second_factor_needs_its_code_to_sign_in() {
    let Enrolled { installation, app, caller, .. } = enrolled(Mode::SingleBehindPgBouncer).await;
    let platform = &installation.platform;
    let state = platform.second_factor(&caller).await.expect("a state");
    assert!(state.enrolled_at.is_some() && state.recovery_codes_left == 10 && !state.required);
    let missing = sign_in(platform, " ").await.expect_err("no code");
    assert_eq!(missing, Error::invalid("code", "Enter the code of your authenticator app, or a recovery code."));
    let next = app.next();
    let wrong = if next == "000000" { "000001" } else { "000000" };
    for code in [wrong, "letters", "1234567", "abcd-efgh-ijkl-mnop"] {
        assert!(is_about_code(&sign_in(platform, code).await), "{code}");
        run(&installation.primary, "DELETE FROM config.sign_in_attempts").await;
    }
    let stranger = platform.sign_in(&Caller::default(), ANA, "wrong horse battery", &next).await.err().expect("a wrong password");
    assert!(stranger.of_field("password").is_some() && stranger.of_field("code").is_none());
    let spaced = format!(" {} {} ", &next[..3], &next[3..]);
    assert!(!sign_in(platform, &spaced).await.expect("the right one").second_factor_due);
}

#[tokio::test]
async fn wrong_codes_count_as_failed_sign_ins() {
    let Enrolled { installation, app, .. } = enrolled(Mode::Split).await;
    let platform = &installation.platform;
    let next = app.next();
    let wrong = if next == "000000" { "000001" } else { "000000" };
    for code in ["", wrong, wrong, wrong, wrong] {
        assert!(is_about_code(&sign_in(platform, code).await));
    }
    assert!(matches!(sign_in(platform, &next).await, Err(Error::RateLimited { .. })));
    assert!(sign_in(platform, &app.next()).await.is_ok(), "after the wait");
}

#[tokio::test]
async fn a_second_factor_code_is_used_once() {
    let Enrolled { installation, app, .. } = enrolled(Mode::Split).await;
    let platform = &installation.platform;
    assert!(is_about_code(&sign_in(platform, &app.code()).await), "the one that confirmed the app is used up");
    let code = app.next();
    assert!(sign_in(platform, &code).await.is_ok());
    assert!(is_about_code(&sign_in(platform, &code).await));

    // By two servers at once, one takes it.
    let other = installation.server(None);
    for _ in 0..5 {
        let code = app.next();
        let (here, there) = tokio::join!(sign_in(platform, &code), sign_in(&other, &code));
        assert!(here.is_ok() != there.is_ok(), "{here:?} {there:?}");
        assert!(is_about_code(&here) || is_about_code(&there));
    }
}

#[tokio::test]
async fn a_recovery_code_is_used_once() {
    let Enrolled { installation, app, codes, caller } = enrolled(Mode::Split).await;
    let platform = &installation.platform;
    let other = installation.server(None);
    let (here, there) = tokio::join!(sign_in(platform, &codes.codes[0]), sign_in(&other, &codes.codes[0]));
    assert!(here.is_ok() != there.is_ok(), "{here:?} {there:?}");
    assert!(is_about_code(&sign_in(platform, &codes.codes[0]).await));
    assert!(sign_in(platform, &codes.codes[1].to_uppercase().replace('-', "")).await.is_ok());
    assert_eq!(platform.second_factor(&caller).await.expect("a state").recovery_codes_left, 8);
    // New ones take the place of all the old.
    assert!(is_about_code(&platform.new_recovery_codes(&caller, PASSWORD, &codes.codes[1]).await));
    let new = platform.new_recovery_codes(&caller, PASSWORD, &app.next()).await.expect("new codes");
    assert!(is_about_code(&sign_in(platform, &codes.codes[2]).await));
    assert!(sign_in(platform, &new.codes[2]).await.is_ok());
}

#[tokio::test]
async fn setting_one_up_needs_the_password_and_a_code_and_ends_other_sessions() {
    let (installation, seconds) = timed(Mode::Split).await;
    let caller = installation.signed_in(ANA, Role::Viewer).await;
    let platform = &installation.platform;
    let elsewhere = platform.sign_in(&Caller::default(), ANA, PASSWORD, "").await.expect("elsewhere");
    let elsewhere = Caller { identity: Identity::Session(elsewhere.token), ..Caller::default() };
    let wrong = platform.begin_second_factor(&caller, "wrong horse battery").await.expect_err("a wrong password");
    assert_eq!(wrong, Error::invalid("password", "The password is wrong."));
    assert!(matches!(platform.confirm_second_factor(&caller, "123456").await, Err(Error::Conflict { .. })), "nothing to confirm");

    let first = platform.begin_second_factor(&caller, PASSWORD).await.expect("begins");
    assert!(first.uri.contains(&first.secret.replace(' ', "")) && first.qr.path.starts_with('M'));
    let second = platform.begin_second_factor(&caller, PASSWORD).await.expect("begins again");
    let (stale, app) = (App::new(&first.secret, &seconds), App::new(&second.secret, &seconds));
    assert_eq!(app.secret.len(), 20, "160 bits");
    assert!(is_about_code(&platform.confirm_second_factor(&caller, &stale.code()).await), "another began in its place");
    assert!(platform.signed_in(&elsewhere).await.expect("an answer").is_some());
    platform.confirm_second_factor(&caller, &app.code()).await.expect("confirms");
    assert!(platform.signed_in(&elsewhere).await.expect("an answer").is_none());
    assert!(platform.signed_in(&caller).await.expect("an answer").is_some());

    // A session that was left open cannot replace it with the password alone.
    assert!(matches!(platform.begin_second_factor(&caller, PASSWORD).await, Err(Error::Conflict { .. })));
    assert!(is_about_code(&platform.replace_second_factor(&caller, PASSWORD, "").await));
    let third = platform.replace_second_factor(&caller, PASSWORD, &app.next()).await.expect("begins to replace");
    assert!(sign_in(platform, &app.next()).await.is_ok(), "the old one counts until the new one is confirmed");
    let new = App::new(&third.secret, &seconds);
    platform.confirm_second_factor(&caller, &new.code()).await.expect("confirms");
    assert!(is_about_code(&sign_in(platform, &app.next()).await));
    assert!(sign_in(platform, &new.next()).await.is_ok());
}

#[tokio::test]
async fn a_new_secret_waits_for_an_hour() {
    let (installation, seconds) = timed(Mode::Split).await;
    let caller = installation.signed_in(ANA, Role::Viewer).await;
    let enrolment = installation.platform.begin_second_factor(&caller, PASSWORD).await.expect("begins");
    seconds.fetch_add(3_600, Ordering::SeqCst);
    let late = installation.platform.confirm_second_factor(&caller, &App::new(&enrolment.secret, &seconds).code()).await;
    assert!(matches!(late, Err(Error::Conflict { .. })));
    assert!(sign_in(&installation.platform, "").await.is_ok(), "there is none");
}

#[tokio::test]
async fn secrets_are_never_kept_in_clear() {
    let Enrolled { installation, app, codes, caller } = enrolled(Mode::Split).await;
    let pending = installation.platform.replace_second_factor(&caller, PASSWORD, &app.next()).await.expect("another waits");
    let kept: String = ask(
        &installation.primary,
        "SELECT (SELECT string_agg(f::text, ' ') FROM config.second_factors f) || (SELECT string_agg(c::text, ' ') FROM config.recovery_codes c)
             || (SELECT string_agg(a::text, ' ') FROM config.audit a)",
    )
    .await;
    let kept = kept.to_lowercase();
    assert!(kept.contains("recovery") || kept.contains("second-factor"), "the audit tells of it");
    let pending = App::new(&pending.secret, &app.seconds).secret;
    for secret in [&app.secret, &pending] {
        assert!(!kept.contains(&hex::encode(secret)) && !kept.contains(&hex::encode(&secret[..8])));
    }
    for code in &codes.codes {
        let bare = code.replace('-', "");
        assert!(!kept.contains(&bare) && !kept.contains(code) && !kept.contains(&hex::encode(bare.to_uppercase())));
    }
}

#[tokio::test]
async fn what_a_role_requires_cannot_be_removed_and_opens_nothing_before_it_is_there() {
    let Enrolled { installation, app, caller, .. } = enrolled(Mode::Split).await;
    let platform = &installation.platform;
    run(&installation.primary, "UPDATE config.roles SET requires_second_factor = true WHERE id = 'viewer'").await;
    let refused = platform.remove_second_factor(&caller, PASSWORD, &app.next()).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
    assert!(!sign_in(platform, &app.next()).await.expect("signs in").second_factor_due);

    // An administrator can: the device is lost.
    let id = UserId::new(ask::<String>(&installation.primary, "SELECT id FROM config.users WHERE email = 'ana@example.com'").await);
    let administrator = installation.system::<permit::UsersRecover>().await;
    administrator.remove_second_factor(&id).await.expect("removes");
    assert!(platform.signed_in(&caller).await.expect("an answer").is_none(), "every session has ended");
    let session = platform.sign_in(&Caller::default(), ANA, PASSWORD, "").await.expect("signs in");
    assert!(session.signed_in.second_factor_due && session.signed_in.permissions.is_empty());
    let caller = Caller { identity: Identity::Session(session.token), ..Caller::default() };
    let enrolment = platform.begin_second_factor(&caller, PASSWORD).await.expect("begins");
    platform.confirm_second_factor(&caller, &App::new(&enrolment.secret, &app.seconds).code()).await.expect("confirms");
    let opened = platform.signed_in(&caller).await.expect("an answer").expect("is signed in");
    assert!(!opened.second_factor_due && !opened.permissions.is_empty());
    assert!(matches!(administrator.remove_second_factor(&UserId::new("nobody")).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn removing_one_needs_password_and_code() {
    let Enrolled { installation, app, caller, .. } = enrolled(Mode::Split).await;
    let platform = &installation.platform;
    assert!(
        platform
            .remove_second_factor(&caller, "wrong horse battery", &app.next())
            .await
            .expect_err("refused")
            .of_field("password")
            .is_some()
    );
    assert!(is_about_code(&platform.remove_second_factor(&caller, PASSWORD, "").await));
    platform.remove_second_factor(&caller, PASSWORD, &app.next()).await.expect("removes");
    assert!(sign_in(platform, "").await.is_ok());
    let left: i64 =
        ask(&installation.primary, "SELECT (SELECT count(*) FROM config.second_factors) + (SELECT count(*) FROM config.recovery_codes)")
            .await;
    assert_eq!(left, 0);
    for nobody in [Caller::default(), crate::installation::system()] {
        assert_eq!(platform.second_factor(&nobody).await, Err(Error::Unauthenticated));
    }
}
