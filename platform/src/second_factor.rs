//! The second factor: setting an authenticator app up, recovery codes, and removing it again.
//!
//! One's own only: whoever acts as somebody else is refused. What opens the second factor needs the password; what replaces or
//! removes one that there is needs its code, too. Every other session of the user ends with it.

mod qr;
mod recovery;
mod totp;

use std::sync::Arc;

use chrono::TimeDelta;
use database_primary::PrimaryTransaction;
use model::second_factor::{CODE_LENGTH, Enrolment, RecoveryCodes, SecondFactorState};
use model::session::SignedIn;
use model::{Error, UserId};
use serde_json::json;

use crate::Platform;
use crate::authorization::{Authorized, permit};
use crate::caller::{Actor, Caller};
use crate::failure::{Fault, unavailable};
use crate::sealing::Sealing;
use crate::sign_in::{Code, Proof};

/// What a sealed secret is for: a secret that waits is sealed as the one that it may become.
const PURPOSE: &str = "authenticator app";
/// How long a new secret waits to be confirmed.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(1);

/// A code as it was typed, before it is used up.
pub(crate) enum TypedCode {
    /// The authenticator app's code of this step.
    Step(i64),
    /// What may be a recovery code, by its hash.
    Recovery([u8; 32]),
}

impl TypedCode {
    /// What it is, for the audit.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Step(_) => "authenticator app",
            Self::Recovery(_) => "recovery code",
        }
    }
}

/// Reads what was typed: nothing where it is no code that could be right.
pub(crate) fn read_code(platform: &Platform, user_id: &UserId, sealed: &[u8], typed: &str) -> Result<Option<TypedCode>, Fault> {
    let digits: String = typed.chars().filter(|one| !one.is_whitespace()).take(CODE_LENGTH + 1).collect();
    if digits.len() == CODE_LENGTH && digits.bytes().all(|one| one.is_ascii_digit()) {
        let secret = platform.sealing()?.open(PURPOSE, user_id, sealed)?;
        return Ok(totp::matching_step(&secret, &digits, platform.clock().now()).map(TypedCode::Step));
    }
    Ok(recovery::typed_hash(typed).map(TypedCode::Recovery))
}

impl Platform {
    fn sealing(&self) -> Result<Sealing, Fault> {
        Sealing::new(&self.configuration().auth_secret)
    }

    /// How the caller's second factor stands.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in, [`Error::Conflict`] while the caller acts as somebody else.
    pub async fn second_factor(&self, caller: &Caller) -> Result<SecondFactorState, Error> {
        let fault = || unavailable("looking for a second factor");
        let (_, myself) = self.myself(caller).await?;
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let factor = transaction.second_factor(&myself.user_id).await.map_err(fault())?.ok_or(Error::Unauthenticated)?;
        transaction.commit().await.map_err(fault())?;
        Ok(SecondFactorState {
            enrolled_at: factor.enrolled_at,
            recovery_codes_left: u32::try_from(factor.recovery_codes_left).unwrap_or(0),
            required: factor.required,
        })
    }

    /// Makes a secret for the caller's authenticator app, which counts once [`Platform::confirm_second_factor`] has seen a code.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong password, [`Error::Conflict`] where there is a second factor already.
    pub async fn begin_second_factor(&self, caller: &Caller, password: &str) -> Result<Enrolment, Error> {
        if self.second_factor(caller).await?.enrolled_at.is_some() {
            return Err(Error::conflict(
                "You have set up an authenticator app already. Enter its code to set up another one in its place.",
            ));
        }
        self.begin(caller, password, Code::Unasked).await
    }

    /// The same where there is an authenticator app already: the old one counts until the new one is confirmed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong password or code.
    pub async fn replace_second_factor(&self, caller: &Caller, password: &str, code: &str) -> Result<Enrolment, Error> {
        self.begin(caller, password, Code::Typed(code)).await
    }

    async fn begin(&self, caller: &Caller, password: &str, code: Code<'_>) -> Result<Enrolment, Error> {
        let fault = || unavailable("setting up a second factor");
        let sealing_fault = unavailable("sealing a secret");
        let (actor, myself) = self.myself(caller).await?;
        let proof = self.prove_oneself(&myself, password, code, &actor).await?;
        let secret = totp::secret();
        let sealed = self.sealing().and_then(|sealing| sealing.seal(PURPOSE, &proof.user_id, &secret)).map_err(&sealing_fault)?;
        let text = totp::base32(&secret);
        let uri = totp::uri(&text, &myself.email);
        let qr = qr::draw(&uri).map_err(unavailable("drawing a QR code"))?;

        let mut transaction = self.accept(&proof, &actor.origin).await?;
        // Set up by somebody else in between, with the same password: what is there then needs its code.
        let is_taken = transaction.second_factor(&proof.user_id).await.map_err(fault())?.is_some_and(|factor| factor.enrolled_at.is_some());
        if is_taken && matches!(code, Code::Unasked) {
            return Err(Error::conflict("An authenticator app was set up meanwhile. Reload the page."));
        }
        transaction.begin_second_factor(&proof.user_id, &sealed, self.clock().now()).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(Enrolment { secret: totp::in_groups(&text, " "), uri, qr })
    }

    /// Makes the authenticator app that was begun with the caller's second factor, once its code shows that it has the secret.
    /// Answers new recovery codes, and ends every other session of the caller's.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong code, [`Error::Conflict`] where none was begun with within the last hour.
    pub async fn confirm_second_factor(&self, caller: &Caller, code: &str) -> Result<RecoveryCodes, Error> {
        let fault = || unavailable("setting up a second factor");
        let stale = || Error::conflict("There is no new authenticator app to confirm. Begin again.");
        let (actor, myself) = self.myself(caller).await?;
        let now = self.clock().now();
        let mut transaction = self.primary().begin().await.map_err(fault())?;
        transaction.lock_rights().await.map_err(fault())?;
        let factor = transaction.second_factor(&myself.user_id).await.map_err(fault())?.ok_or(Error::Unauthenticated)?;
        let sealed =
            factor.pending_secret.filter(|_| factor.pending_since.is_some_and(|since| since + CONFIRM_WITHIN > now)).ok_or_else(stale)?;
        let step = match read_code(self, &myself.user_id, &sealed, code).map_err(unavailable("reading a code"))? {
            Some(TypedCode::Step(step)) => step,
            _ => {
                return Err(Error::invalid(
                    "code",
                    "The code does not belong to the secret shown. Enter the six digits that the app shows now.",
                ));
            }
        };
        if !transaction.confirm_second_factor(&myself.user_id, &sealed, step, now).await.map_err(fault())? {
            return Err(stale());
        }
        let (codes, hashes) = recovery::make();
        transaction.replace_recovery_codes(&myself.user_id, &hashes).await.map_err(fault())?;
        let action = if factor.enrolled_at.is_some() { "replace" } else { "enrol" };
        transaction.audit(actor.audit(action, "second-factor", Some(myself.user_id.as_str()))).await.map_err(fault())?;
        self.second_factor_changed(transaction, &myself.user_id, &myself).await?;
        Ok(codes)
    }

    /// Makes new recovery codes; those from before do not work any more.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong password or code, [`Error::Conflict`] where there is no second factor.
    pub async fn new_recovery_codes(&self, caller: &Caller, password: &str, code: &str) -> Result<RecoveryCodes, Error> {
        let fault = || unavailable("making recovery codes");
        let (actor, proof, _) = self.prove_second_factor(caller, password, code).await?;
        let mut transaction = self.accept(&proof, &actor.origin).await?;
        let (codes, hashes) = recovery::make();
        transaction.replace_recovery_codes(&proof.user_id, &hashes).await.map_err(fault())?;
        transaction.audit(actor.audit("renew", "recovery-codes", Some(proof.user_id.as_str()))).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(codes)
    }

    /// Removes the caller's second factor, and ends every other session of the caller's.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong password or code, [`Error::Conflict`] where there is none, or a role requires one.
    pub async fn remove_second_factor(&self, caller: &Caller, password: &str, code: &str) -> Result<(), Error> {
        let fault = || unavailable("removing a second factor");
        if self.second_factor(caller).await?.required {
            return Err(required());
        }
        let (actor, proof, myself) = self.prove_second_factor(caller, password, code).await?;
        let mut transaction = self.accept(&proof, &actor.origin).await?;
        if transaction.second_factor(&proof.user_id).await.map_err(fault())?.is_some_and(|factor| factor.required) {
            return Err(required());
        }
        transaction.remove_second_factor(&proof.user_id).await.map_err(fault())?;
        transaction.audit(actor.audit("remove", "second-factor", Some(proof.user_id.as_str()))).await.map_err(fault())?;
        self.second_factor_changed(transaction, &proof.user_id, &myself).await
    }

    /// Checks the caller's own password again, under the throttle: a session that was left open is no password.
    async fn prove_oneself(&self, myself: &SignedIn, password: &str, code: Code<'_>, actor: &Actor) -> Result<Proof, Error> {
        let proof = self.prove(&myself.email, password, code, &actor.origin).await.map_err(|error| match error {
            Error::Invalid { .. } if error.of_field("password").is_some() => Error::invalid("password", "The password is wrong."),
            other => other,
        })?;
        // An address that went to another user since the session was loaded.
        if proof.user_id == myself.user_id { Ok(proof) } else { Err(Error::Unauthenticated) }
    }

    /// The same with the second factor, which there has to be.
    async fn prove_second_factor(&self, caller: &Caller, password: &str, code: &str) -> Result<(Actor, Proof, Arc<SignedIn>), Error> {
        let (actor, myself) = self.myself(caller).await?;
        let proof = self.prove_oneself(&myself, password, Code::Typed(code), &actor).await?;
        if proof.has_second_factor() { Ok((actor, proof, myself)) } else { Err(Error::conflict("There is no second factor.")) }
    }

    /// Ends the user's sessions but the one that did it, tells every server, and commits.
    async fn second_factor_changed(&self, mut transaction: PrimaryTransaction, user_id: &UserId, spared: &SignedIn) -> Result<(), Error> {
        let fault = || unavailable("changing a second factor");
        transaction.end_sessions(user_id, None, Some(&spared.session_id)).await.map_err(fault())?;
        // The one that goes on gets another token, and what it opens may be different.
        transaction.unsettle_sessions(Some(user_id)).await.map_err(fault())?;
        let tick = transaction.announce(Some(user_id)).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        self.rights().hear(&[(tick, Some(user_id.clone()))]);
        Ok(())
    }
}

impl Authorized<permit::UsersRecover> {
    /// Removes a user's second factor, whose device and recovery codes are lost. All sessions of the user end; where a role
    /// requires a second factor, the next one opens nothing before one is set up.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such user, [`Error::Conflict`] where there is no second factor, or the user may do
    /// more than the actor.
    pub async fn remove_second_factor(&self, user_id: &UserId) -> Result<(), Error> {
        let fault = || unavailable("removing a second factor");
        let mut change = self.change_rights().await?;
        let factor = change.transaction.second_factor(user_id).await.map_err(fault())?;
        let factor = factor.ok_or_else(|| Error::not_found("such user"))?;
        change.demand_reach(user_id).await?;
        if !change.transaction.remove_second_factor(user_id).await.map_err(fault())? {
            return Err(Error::conflict("The user has no second factor."));
        }
        change.transaction.end_sessions(user_id, None, None).await.map_err(fault())?;
        let mut entry = self.actor.audit("remove", "second-factor", Some(user_id.as_str()));
        entry.before = Some(json!({"enrolled_at": factor.enrolled_at}));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.announce(Some(user_id)).await?;
        change.commit().await
    }
}

fn required() -> Error {
    Error::conflict("One of your roles requires a second factor, so it cannot be removed. Set up another authenticator app in its place.")
}
