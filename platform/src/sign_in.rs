//! Signing in: the throttle, the password, the second factor, and then a session.
//!
//! Who has no account, a wrong password or a disabled account learns the same, after as many evaluations of argon2.

use std::sync::atomic::Ordering;

use database_primary::{Credentials, PrimaryTransaction, SecondFactor};
use model::audit::Origin;
use model::user::normalize_email;
use model::{Error, UserId};
use serde_json::json;

use crate::caller::{Actor, Caller, Identity};
use crate::failure::{Fault, unavailable};
use crate::second_factor::{TypedCode, read_code};
use crate::session::NewSession;
use crate::throttle::{Attempt, Refused};
use crate::{Platform, password};

/// A password longer than this is wrong without being hashed: see [`model::user::PASSWORD_MAX`], in bytes of UTF-8.
const PASSWORD_MAX_BYTES: usize = model::user::PASSWORD_MAX * 4;

/// Who the audit names where nobody has the address that was typed.
const STRANGER: &str = "stranger";

/// Whether a code of the second factor is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Code<'a> {
    /// The password is enough for this.
    Unasked,
    /// Where there is a second factor, this has to be its code; empty where nothing was typed.
    Typed(&'a str),
}

/// What is wrong with an attempt.
#[derive(Clone, Copy)]
enum Wrong {
    Password,
    NoCode,
    Code,
}

impl Wrong {
    fn error(self) -> Error {
        match self {
            Self::Password => Error::invalid("password", "The e-mail address or the password is wrong."),
            Self::NoCode => Error::invalid("code", "Enter the code of your authenticator app, or a recovery code."),
            Self::Code => {
                Error::invalid("code", "The code is wrong, or was used already. Wait for the app's next one, or use a recovery code.")
            }
        }
    }
}

/// Somebody has shown to know a user's password and, where it was asked for, to have the second factor. Counts once
/// [`Platform::accept`] has found everything still so.
pub(crate) struct Proof {
    pub(crate) user_id: UserId,
    email: String,
    attempt: Attempt,
    credentials: Credentials,
    asked_for_code: bool,
    factor: SecondFactor,
    code: Option<TypedCode>,
    /// The password's hash in today's parameters, where it is kept in others.
    renewed_hash: Option<String>,
}

impl Proof {
    /// Whether the user has a second factor.
    pub(crate) fn has_second_factor(&self) -> bool {
        self.factor.secret.is_some()
    }
}

/// Whether a user could have this address: see [`model::user::validate`].
fn can_be_an_address(email: &str) -> bool {
    email.len() <= 254 && !email.chars().any(char::is_control)
}

/// Who tried to sign in, as the audit keeps it: the user of the address, or a stranger, with what was typed where that is an address.
/// Anything else may be a password in the wrong field, or a name that somebody wants to see in the audit.
fn tried<'a>(user_id: Option<UserId>, email: &'a str, origin: &Origin) -> (Actor, Option<&'a str>) {
    let is_known = user_id.is_some();
    let name = if is_known { email.to_owned() } else { STRANGER.to_owned() };
    let typed = (!is_known && model::user::validate(email, STRANGER).is_ok()).then_some(email);
    (Actor { user_id, name, on_behalf_of: None, origin: origin.clone() }, typed)
}

impl Platform {
    /// Checks a password and, where the user has a second factor, its code, and makes a session. A session that the caller
    /// already has ends: what somebody planted in a browser is nothing after it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the field `password` when no active user has this address and password (which of the two is wrong
    /// is not told, and takes the same time), and for the field `code` when the second factor's is missing or wrong;
    /// [`Error::RateLimited`] after too many attempts.
    pub async fn sign_in(&self, caller: &Caller, email: &str, password: &str, code: &str) -> Result<NewSession, Error> {
        let fault = || unavailable("signing in");
        let proof = self.prove(email, password, Code::Typed(code), &caller.origin).await?;
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        if matches!(caller.identity, Identity::Session(_)) {
            // The session that the browser has ends, which is told to every server. Without one, people sign in beside each other.
            transaction.lock_rights().await.map_err(fault())?;
        }
        let mut transaction = self.accept_in(transaction, &proof, &caller.origin).await?;
        let session = self.open_session(&mut transaction, &proof.user_id, caller).await?;
        let actor = Actor { user_id: Some(proof.user_id), name: proof.email, on_behalf_of: None, origin: caller.origin.clone() };
        let mut entry = actor.audit("sign-in", "session", Some(session.signed_in.session_id.as_str()));
        entry.after = proof.code.map(|code| json!({"second_factor": code.name()}));
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(session)
    }

    /// Checks a password and a code under the throttle; says nothing of the session that asks.
    ///
    /// # Errors
    /// As [`Platform::sign_in`].
    pub(crate) async fn prove(&self, email: &str, password: &str, code: Code<'_>, origin: &Origin) -> Result<Proof, Error> {
        let fault = || unavailable("signing in");
        let email = normalize_email(email);
        let (attempt, credentials) = self.admit(&email, origin).await?;

        // The hash takes long: no connection waits for it.
        let hash = credentials.as_ref().and_then(|known| known.password_hash.as_deref()).unwrap_or(password::NOBODYS_HASH);
        let fits = password.len() <= PASSWORD_MAX_BYTES
            && self.verify_password(password, hash).await.map_err(unavailable("checking a password"))?;
        let credentials = match credentials {
            Some(credentials) if fits && !credentials.disabled => credentials,
            known => return Err(self.refuse(known.map(|known| known.user_id), &email, origin, Wrong::Password).await),
        };
        let user_id = credentials.user_id.clone();

        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let factor = transaction.second_factor(&user_id).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        // Deleted meanwhile.
        let Some(factor) = factor else { return Err(self.refuse(None, &email, origin, Wrong::Password).await) };
        let asked_for_code = matches!(code, Code::Typed(_));
        let code = match (code, &factor.secret) {
            (Code::Unasked, _) | (Code::Typed(_), None) => None,
            (Code::Typed(typed), Some(sealed)) => match read_code(self, &user_id, sealed, typed).map_err(unavailable("reading a code"))? {
                Some(code) => Some(code),
                None => {
                    let wrong = if typed.trim().is_empty() { Wrong::NoCode } else { Wrong::Code };
                    return Err(self.refuse(Some(user_id), &email, origin, wrong).await);
                }
            },
        };
        let is_outdated = credentials.password_hash.as_deref().is_some_and(password::is_outdated);
        let renewed_hash =
            if is_outdated { Some(password::hash(password.to_owned()).await.map_err(unavailable("hashing a password"))?) } else { None };
        Ok(Proof { user_id, email, attempt, credentials, asked_for_code, factor, code, renewed_hash })
    }

    /// Begins the transaction in which what was proven is acted upon, with the rights locked: that it is still so, uses the code
    /// up, and gives back what the throttle has counted.
    ///
    /// # Errors
    /// As [`Platform::sign_in`]: the password was changed meanwhile, or the code was used by somebody who was quicker.
    pub(crate) async fn accept(&self, proof: &Proof, origin: &Origin) -> Result<PrimaryTransaction, Error> {
        let fault = || unavailable("signing in");
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.lock_rights().await.map_err(fault())?;
        self.accept_in(transaction, proof, origin).await
    }

    /// The same in a transaction of the caller's. Until it ends nobody changes the user.
    async fn accept_in(&self, mut transaction: PrimaryTransaction, proof: &Proof, origin: &Origin) -> Result<PrimaryTransaction, Error> {
        let fault = || unavailable("signing in");
        let now = self.clock().now();
        let is_unchanged = transaction.lock_credentials(&proof.email).await.map_err(fault())?.as_ref() == Some(&proof.credentials);
        let accepted = match (&proof.code, &proof.factor.secret) {
            (Some(TypedCode::Step(step)), Some(sealed)) => transaction.use_step(&proof.user_id, sealed, *step).await.map_err(fault())?,
            (Some(TypedCode::Recovery(hash)), _) => transaction.use_recovery_code(&proof.user_id, hash, now).await.map_err(fault())?,
            _ if proof.asked_for_code => {
                let factor = transaction.second_factor(&proof.user_id).await.map_err(fault())?;
                factor.is_some_and(|factor| factor.secret.is_none())
            }
            _ => true,
        };
        if !is_unchanged || !accepted {
            drop(transaction);
            let wrong = if is_unchanged { Wrong::Code } else { Wrong::Password };
            return Err(self.refuse(Some(proof.user_id.clone()), &proof.email, origin, wrong).await);
        }
        if let (Some(renewed), Some(old)) = (&proof.renewed_hash, &proof.credentials.password_hash) {
            transaction.upgrade_password(&proof.user_id, old, renewed).await.map_err(fault())?;
        }
        proof.attempt.give_back(&mut transaction, now).await.map_err(fault())?;
        proof.attempt.remember(&mut transaction, now).await.map_err(fault())?;
        Ok(transaction)
    }

    /// Lets an attempt through the throttle, which has counted it then, with what it is to be checked against.
    async fn admit(&self, email: &str, origin: &Origin) -> Result<(Attempt, Option<Credentials>), Error> {
        let fault = || unavailable("signing in");
        // They wait for each other on what is counted: not with all of PRIMARY's connections in their hands.
        let _turn = self.turn_to_ask().await.map_err(fault())?;
        let now = self.clock().now();
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        let looked = Attempt::look(&mut transaction, email, origin.address.as_deref(), now).await.map_err(fault())?;
        let attempt = match looked {
            Ok(attempt) => attempt,
            Err((attempt, refused)) => return Err(self.refuse_unseen(transaction, email, origin, attempt, refused).await),
        };
        let credentials = if can_be_an_address(email) { transaction.credentials(email).await.map_err(fault())? } else { None };
        // Last: others wait for what this locks.
        if let Err(refused) = attempt.count(&mut transaction, now).await.map_err(fault())? {
            return Err(self.refuse_unseen(transaction, email, origin, attempt, refused).await);
        }
        transaction.commit().await.map_err(fault())?;
        Ok((attempt, credentials))
    }

    async fn refuse_unseen(
        &self,
        mut transaction: PrimaryTransaction,
        email: &str,
        origin: &Origin,
        attempt: Attempt,
        refused: Refused,
    ) -> Error {
        let now = self.clock().now();
        let told = async {
            if attempt.is_told(&mut transaction, refused, now).await? {
                let (actor, typed) = tried(None, email, origin);
                let mut entry = actor.audit("sign-in-throttled", "session", None);
                entry.after = typed.map(|typed| json!({"email": typed}));
                transaction.audit(entry).await?;
            }
            transaction.commit().await
        };
        told.await.map_err(unavailable("signing in")).map_or_else(|error| error, |()| refused.error(now))
    }

    /// Writes a wrong attempt into the audit, and answers what is wrong.
    async fn refuse(&self, user_id: Option<UserId>, email: &str, origin: &Origin, wrong: Wrong) -> Error {
        let (actor, typed) = tried(user_id, email, origin);
        let told = async {
            let mut transaction = self.primary().begin().await?;
            let mut entry = actor.audit("sign-in-refused", "session", None);
            entry.after = match wrong {
                Wrong::Password => typed.map(|typed| json!({"email": typed})),
                Wrong::NoCode => Some(json!({"second_factor": "missing"})),
                Wrong::Code => Some(json!({"second_factor": "wrong"})),
            };
            transaction.audit(entry).await?;
            transaction.commit().await
        };
        told.await.map_err(unavailable("signing in")).map_or_else(|error| error, |()| wrong.error())
    }

    /// Whether this is the password of that PHC string.
    pub(crate) async fn verify_password(&self, password: &str, hash: &str) -> Result<bool, Fault> {
        self.0.password_evaluations.fetch_add(1, Ordering::Relaxed);
        password::verify(password.to_owned(), hash.to_owned()).await
    }

    /// How often this process has evaluated a password: what takes time, and must not tell whether there is such a user.
    pub fn password_evaluations(&self) -> u64 {
        self.0.password_evaluations.load(Ordering::Relaxed)
    }
}
