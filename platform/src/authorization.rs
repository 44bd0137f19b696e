//! Authorization: a caller becomes an authorized actor for one permission, and only that actor yields the
//! operations. An operation that forgot its check cannot be written: it is a method of [`Authorized`].

use std::marker::PhantomData;

use model::{Error, Permission};

use crate::Platform;
use crate::caller::{Actor, Caller, Identity};
use crate::session::Asking;

/// A permission as a type.
pub trait Permit: Send + Sync + 'static {
    /// The permission that it stands for: what is named where it is missing.
    const PERMISSION: Permission;

    /// Whether somebody who holds these permissions holds it.
    fn is_held(held: &[Permission]) -> bool {
        held.contains(&Self::PERMISSION)
    }
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

            /// Stands for importing files of some kind: any of the permissions to import. Which kinds is asked where the kind is known.
            #[derive(Debug)]
            pub struct ImportsRun;

            impl super::Permit for ImportsRun {
                const PERMISSION: model::Permission = model::Permission::ImportsAreas;

                fn is_held(held: &[model::Permission]) -> bool {
                    model::FileKind::ALL.iter().any(|kind| held.contains(&model::Permission::to_import(*kind)))
                }
            }
        }
    };
}

permits!(
    ImportsRead,
    TransformationsRead,
    TransformationsRun,
    TransformationsEdit,
    TransitRead,
    ExportsRead,
    DatabasesRead,
    DatabasesInspect,
    DatabasesMigrate,
    UsersRead,
    UsersCreate,
    UsersEdit,
    UsersDisable,
    UsersRecover,
    UsersImpersonate,
    RolesRead,
    RolesEdit,
    SessionsRead,
    SessionsRevoke,
    AuditRead,
    AuditExport,
    MetricsRead,
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
        self.authorize_asking(caller, false).await
    }

    /// The same for a page that is merely open and asks by itself how things stand: its session ends as if nobody sat there.
    ///
    /// # Errors
    /// As [`Platform::authorize`].
    pub async fn authorize_watching<P: Permit>(&self, caller: &Caller) -> Result<Authorized<P>, Error> {
        self.authorize_asking(caller, true).await
    }

    async fn authorize_asking<P: Permit>(&self, caller: &Caller, watching: bool) -> Result<Authorized<P>, Error> {
        let (actor, permissions) = match &caller.identity {
            Identity::System(user) => {
                let name = format!("system:{user}");
                let actor = Actor { user_id: None, name, on_behalf_of: None, origin: caller.origin.clone() };
                (actor, Permission::ALL.to_vec())
            }
            Identity::Anonymous | Identity::Session(_) => {
                let asking = Asking { reading: P::PERMISSION.is_read(), watching };
                let session = self.who(caller, asking).await?.ok_or(Error::Unauthenticated)?;
                (Actor::of(&session, caller), session.permissions.iter().copied().collect())
            }
        };
        if !P::is_held(&permissions) {
            if !watching {
                self.record_denial(&actor, P::PERMISSION);
            }
            return Err(Error::Forbidden { permission: P::PERMISSION });
        }
        Ok(Authorized { platform: self.clone(), actor, permissions, _permit: PhantomData })
    }
}
