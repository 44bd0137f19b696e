//! Authorization: a caller becomes an authorized actor for one permission, and only that actor yields the
//! operations. An operation that forgot its check cannot be written: it is a method of [`Authorized`].

use std::marker::PhantomData;

use model::{Error, Permission};

use crate::Platform;
use crate::caller::{Actor, Caller, Identity};

/// A permission as a type.
pub trait Permit: Send + Sync + 'static {
    /// The permission that it stands for.
    const PERMISSION: Permission;
}

macro_rules! permits {
    ($($name:ident),* $(,)?) => {
        /// One type for each permission of the catalogue.
        pub mod permit {
            $(
                #[doc = concat!("Stands for [`model::Permission::", stringify!($name), "`].")]
                #[derive(Debug)]
                pub struct $name;

                impl super::Permit for $name {
                    const PERMISSION: model::Permission = model::Permission::$name;
                }
            )*
        }
    };
}

permits!(
    ImportsRead,
    ImportsRun,
    TransformationsRead,
    TransformationsRun,
    TransformationsEdit,
    TransitRead,
    ExportsRead,
    DatabasesRead,
    DatabasesInspect,
    DatabasesMigrate,
    UsersCreate
);

/// Proof that somebody may do what `P` stands for. The operations are its methods.
#[derive(Debug)]
pub struct Authorized<P> {
    pub(crate) platform: Platform,
    pub(crate) actor: Actor,
    /// Everything that the actor may do, for operations that show more to those who may see more.
    pub(crate) permissions: Vec<Permission>,
    _permit: PhantomData<P>,
}

impl<P> Authorized<P> {
    /// Whether the actor also holds this permission.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

impl Platform {
    /// Turns a caller into an authorized actor.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in, [`Error::Forbidden`] when somebody is who may
    /// not, [`Error::Unavailable`] when that cannot be known.
    pub async fn authorize<P: Permit>(&self, caller: &Caller) -> Result<Authorized<P>, Error> {
        let (actor, permissions) = match &caller.identity {
            Identity::System(user) => {
                let actor = Actor { user_id: None, name: format!("system:{user}"), origin: caller.origin.clone() };
                (actor, Permission::ALL.to_vec())
            }
            Identity::Anonymous | Identity::Session(_) => {
                let user = self.signed_in(caller).await?.ok_or(Error::Unauthenticated)?;
                let actor = Actor { user_id: Some(user.user_id.clone()), name: user.email.clone(), origin: caller.origin.clone() };
                (actor, user.permissions.iter().copied().collect())
            }
        };
        if !permissions.contains(&P::PERMISSION) {
            return Err(Error::Forbidden { permission: P::PERMISSION });
        }
        Ok(Authorized { platform: self.clone(), actor, permissions, _permit: PhantomData })
    }
}
