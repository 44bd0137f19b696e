//! Who asks.

use model::UserId;
use model::audit::Origin;
use model::session::SignedIn;

/// Who asks for something, as the request claims; nothing of it is trusted before [`crate::Platform::authorize`].
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Who the request says it is.
    pub identity: Identity,
    /// Where it came from.
    pub origin: Origin,
}

/// Who a request says it is.
#[derive(Clone, Default)]
pub enum Identity {
    /// Nobody has signed in.
    #[default]
    Anonymous,
    /// The holder of a session's token: the cookie's value, untrusted.
    Session(String),
    /// A command on the machine itself, run by this OS user. Whoever can read the databases' addresses
    /// there can do everything anyway; what the command does is audited as `system:<OS user>`.
    System(String),
}

/// A token is a secret: it is not printed.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Session(_) => f.write_str("Session"),
            Self::System(user) => f.debug_tuple("System").field(user).finish(),
        }
    }
}

/// Somebody who has been authorized, as runs and audit record them.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    /// The user; none for a command.
    pub(crate) user_id: Option<UserId>,
    /// For people: an e-mail address or `system:<OS user>`.
    pub(crate) name: String,
    /// As whom the user acts, where it is another: that one's address.
    pub(crate) on_behalf_of: Option<String>,
    /// Where the request came from.
    pub(crate) origin: Origin,
}

impl Actor {
    /// Whoever sits at this session: the impersonator, where somebody acts as another.
    pub(crate) fn of(session: &SignedIn, caller: &Caller) -> Self {
        let origin = caller.origin.clone();
        match &session.impersonator {
            None => Self { user_id: Some(session.user_id.clone()), name: session.email.clone(), on_behalf_of: None, origin },
            Some(real) => {
                Self { user_id: Some(real.user_id.clone()), name: real.email.clone(), on_behalf_of: Some(session.email.clone()), origin }
            }
        }
    }

    /// An audit entry of this actor's, to be completed.
    pub(crate) fn audit<'a>(
        &'a self,
        action: &'a str,
        resource: &'a str,
        resource_id: Option<&'a str>,
    ) -> database_primary::AuditEntry<'a> {
        database_primary::AuditEntry {
            user_id: self.user_id.as_ref(),
            actor: &self.name,
            on_behalf_of: self.on_behalf_of.as_deref(),
            action,
            resource,
            resource_id,
            before: None,
            after: None,
            address: self.origin.address.as_deref(),
            request_id: self.origin.request_id.as_deref(),
        }
    }
}
