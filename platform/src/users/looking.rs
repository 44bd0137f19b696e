//! Looking at users: lists, one whole, and why somebody may do something.

use database_primary::PrimaryTransaction;
use model::list::Page;
use model::user::normalize_email;
use model::user_view::{HeldRole, OfferedRole, UserDetail, UserQuery, UserRow, Why};
use model::{Error, Permission, UserId};

use crate::authorization::{Authorized, Permit, permit};
use crate::failure::unavailable;

impl Authorized<permit::UsersRead> {
    /// A page of users.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn users(&self, query: &UserQuery) -> Result<Page<UserRow>, Error> {
        let fault = || unavailable("listing users");
        let page = query.page.max(1);
        if [&query.text, &query.role].into_iter().flatten().any(|text| text.contains('\0')) {
            return Ok(Page { rows: Vec::new(), total: 0, page });
        }
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let (rows, total) = transaction.users(&UserQuery { page, ..query.clone() }).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(Page { rows, total, page })
    }

    /// The user of this address.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn find_user(&self, email: &str) -> Result<UserId, Error> {
        let fault = || unavailable("looking for a user");
        let email = normalize_email(email);
        let none = || Error::not_found(format!("user with the address {email}"));
        if email.contains('\0') {
            return Err(none());
        }
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let id = transaction.user_of_email(&email).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        id.ok_or_else(none)
    }

    /// Everything about a user that the actor may see.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn user(&self, id: &UserId) -> Result<UserDetail, Error> {
        let fault = || unavailable("looking at a user");
        let none = || Error::not_found("such user");
        if id.as_str().contains('\0') {
            return Err(none());
        }
        let now = self.platform.clock().now();
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let record = transaction.user(id).await.map_err(fault())?.ok_or_else(none)?;
        let held = transaction.roles_of(id).await.map_err(fault())?;
        let rights = transaction.rights_of(id).await.map_err(fault())?;
        let is_unused = transaction.is_unused(id).await.map_err(fault())?;
        let locked = transaction.sign_in_held_up_until(&record.row.email).await.map_err(fault())?;
        let sessions = if self.may(Permission::SessionsRead) {
            Some(transaction.sessions_of(id, None, now, self.platform.used_since(now)).await.map_err(fault())?)
        } else {
            None
        };
        let holds: Vec<&HeldRole> = record.row.roles.iter().collect();
        let roles = self.offered(&mut transaction, &holds).await?;
        transaction.commit().await.map_err(fault())?;
        let through = |permission: Permission| {
            held.iter().filter(|(_, allows)| allows.contains(&permission)).map(|(role, _)| role.name.clone()).collect()
        };
        let locked_seconds = locked.map_or(0, |until| (until - now).num_seconds().max(0));
        Ok(UserDetail {
            version: record.version,
            has_password: record.password_set_at.is_some(),
            is_unused,
            link_until: record.link_until.filter(|until| *until > now),
            requires_second_factor: rights.requires_second_factor,
            locked_seconds: u32::try_from(locked_seconds).unwrap_or(u32::MAX),
            permissions: Permission::ALL.iter().map(|permission| Why { permission: *permission, through: through(*permission) }).collect(),
            sessions,
            roles,
            is_within_reach: rights.permissions.iter().all(|permission| self.may(*permission)),
            is_oneself: self.actor.user_id.as_ref() == Some(id),
            user: record.row,
        })
    }
}

impl Authorized<permit::UsersCreate> {
    /// The roles that a new user can be given.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn offered_roles(&self) -> Result<Vec<OfferedRole>, Error> {
        let fault = || unavailable("looking at roles");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let roles = self.offered(&mut transaction, &[]).await?;
        transaction.commit().await.map_err(fault())?;
        Ok(roles)
    }
}

impl<P: Permit> Authorized<P> {
    /// Every role that can be given, or is held already.
    async fn offered(&self, transaction: &mut PrimaryTransaction, held: &[&HeldRole]) -> Result<Vec<OfferedRole>, Error> {
        let roles = transaction.roles().await.map_err(unavailable("looking at roles"))?;
        let offered = roles.into_iter().map(|role| OfferedRole {
            is_held: held.iter().any(|held| held.id == role.id),
            is_within_reach: role.permissions.iter().all(|permission| self.may(*permission)),
            description: role.description,
            role: HeldRole { id: role.id, name: role.name, is_retired: role.retired_at.is_some() },
        });
        Ok(offered.filter(|offered| offered.is_held || !offered.role.is_retired).collect())
    }
}
