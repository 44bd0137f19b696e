//! The audit: rows are added in the transaction of the change that they tell of, which also has them wait for their seal (a trigger's work).

mod reading;
mod seals;

use model::UserId;
use serde_json::Value;

use crate::PrimaryTransaction;

pub use reading::{AuditFilter, AuditPosition};
pub use seals::{AuditRow, Removed, Seal, SealedRow, SealingTurn};

/// One row of the audit. Never holds a secret.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry<'a> {
    /// The user who did it; none for a command or a stranger.
    pub user_id: Option<&'a UserId>,
    /// Who did it, for people: an e-mail address or `system:<OS user>`.
    pub actor: &'a str,
    /// For whom, when somebody acted in another's name.
    pub on_behalf_of: Option<&'a str>,
    /// What was done: `create`, `sign-in`, `import`.
    pub action: &'a str,
    /// The kind of thing: `user`, `session`, `run`.
    pub resource: &'a str,
    /// Which thing.
    pub resource_id: Option<&'a str>,
    /// What it was before.
    pub before: Option<Value>,
    /// What it is after.
    pub after: Option<Value>,
    /// The network address that asked for it.
    pub address: Option<&'a str>,
    /// The request's identifier.
    pub request_id: Option<&'a str>,
}

impl PrimaryTransaction {
    /// Adds a row to the audit.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn audit(&mut self, entry: AuditEntry<'_>) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.audit (user_id, actor, on_behalf_of, action, resource, resource_id, before, after, address, request_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            entry.user_id.map(UserId::as_str),
            entry.actor,
            entry.on_behalf_of,
            entry.action,
            entry.resource,
            entry.resource_id,
            entry.before,
            entry.after,
            entry.address,
            entry.request_id,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }
}
