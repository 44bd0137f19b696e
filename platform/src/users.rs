//! Users: creating, changing, disabling and deleting them. Nobody acts on a user who may do more, or gives what the own roles do not allow.

mod account;
mod first;
mod impersonation;
mod looking;
mod recovery;
mod sessions;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use database_connection::is_unique_violation;
use database_primary::UserRecord;
use model::role::RoleView;
use model::user::{self, NewUser, UserEdit, normalize_email};
use model::user_view::PasswordLink;
use model::{Error, Permission, Role, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::password;
use crate::rights::RightsChange;

pub use first::{FirstAdministrator, generate_password};

/// How long a link to set a password works.
const LINK_HOURS: TimeDelta = TimeDelta::hours(24);

impl Authorized<permit::UsersCreate> {
    /// Creates a user, who sets a password with the link that is answered.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fields that break a rule, an address that is taken, roles that there are not or that the actor may not give.
    pub async fn create_user(&self, user: NewUser) -> Result<PasswordLink, Error> {
        let mut change = self.change_rights().await?;
        let now = self.platform.clock().now();
        let id = self.create(&mut change, &user, None, now).await?;
        let link = self.keep_link(&mut change, &id, now).await?;
        change.commit().await?;
        Ok(link)
    }

    /// Creates a user with a password that is known already: on the machine itself.
    ///
    /// # Errors
    /// As [`Authorized::create_user`], and for a password that breaks a rule.
    pub async fn create_user_with_password(&self, user: NewUser, password: String) -> Result<UserId, Error> {
        user::validate(&user.email, &user.name)?;
        password::check(&password, password::Personal { email: &user.email, name: &user.name })?;
        let hash = password::hash(password).await.map_err(unavailable("hashing a password"))?;
        let mut change = self.change_rights().await?;
        let id = self.create(&mut change, &user, Some(&hash), self.platform.clock().now()).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn create(&self, change: &mut RightsChange, user: &NewUser, hash: Option<&str>, at: DateTime<Utc>) -> Result<UserId, Error> {
        let fault = || unavailable("creating a user");
        user::validate(&user.email, &user.name)?;
        let roles = check_roles(change, &user.roles, &[]).await?;
        let email = normalize_email(&user.email);
        let id = UserId::new(Uuid::now_v7().to_string());
        let row = database_primary::UserToCreate { id: &id, email: &email, name: user.name.trim(), password_hash: hash, at };
        if !change.transaction.create_user(row).await.map_err(fault())? {
            return Err(taken(&email));
        }
        change.transaction.set_roles(&id, &roles).await.map_err(fault())?;
        let mut entry = self.actor.audit("create", "user", Some(id.as_str()));
        entry.after = Some(json!({"email": email, "name": user.name.trim(), "roles": roles}));
        change.transaction.audit(entry).await.map_err(fault())?;
        Ok(id)
    }

    /// Removes a user who has never done anything.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] for a user who has done something or may do more than the actor.
    pub async fn delete_user(&self, id: &UserId) -> Result<(), Error> {
        let fault = || unavailable("deleting a user");
        let mut change = self.change_rights().await?;
        let record = known(&mut change, id).await?;
        change.demand_reach(id).await?;
        if !change.transaction.is_unused(id).await.map_err(fault())? {
            return Err(Error::conflict(format!(
                "{} has signed in or done something, and stays in the records. Disable the account instead.",
                record.row.email
            )));
        }
        let mut entry = self.actor.audit("delete", "user", Some(id.as_str()));
        entry.before = Some(about(&record));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.transaction.delete_user(id).await.map_err(fault())?;
        change.announce(Some(id)).await?;
        change.commit().await
    }
}

impl Authorized<permit::UsersEdit> {
    /// Changes a user's address, name and roles.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] for what breaks a rule, [`Error::Conflict`] where somebody else has changed the user
    /// meanwhile, the user may do more than the actor, or no administrator would be left. Nothing has changed then.
    pub async fn edit_user(&self, edit: UserEdit) -> Result<(), Error> {
        user::validate(&edit.email, &edit.name)?;
        let id = UserId::new(&edit.id);
        let mut change = self.change_rights().await?;
        let before = known(&mut change, &id).await?;
        change.demand_reach(&id).await?;
        if before.version != edit.version {
            return Err(Error::Conflict {
                message: "Somebody else has changed this user meanwhile. Look at what is so now, then change it again.".to_owned(),
                current: Some(sentence(&before)),
            });
        }
        let held = role_ids(&before);
        let roles = check_roles(&mut change, &edit.roles, &held).await?;
        self.apply(change, &before, &edit.email, &edit.name, roles).await
    }

    /// Gives a user the role that holds everything.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] where the user holds it already or the actor does not.
    pub async fn make_administrator(&self, id: &UserId) -> Result<(), Error> {
        let mut change = self.change_rights().await?;
        let before = known(&mut change, id).await?;
        let administrator = Role::Administrator.id().to_owned();
        let mut roles = role_ids(&before);
        if roles.contains(&administrator) {
            return Err(Error::conflict(format!("{} is an administrator already.", before.row.email)));
        }
        let held = roles.clone();
        roles.push(administrator);
        let roles = check_roles(&mut change, &roles, &held).await?;
        let (email, name) = (before.row.email.clone(), before.row.name.clone());
        self.apply(change, &before, &email, &name, roles).await
    }

    async fn apply(&self, mut change: RightsChange, before: &UserRecord, email: &str, name: &str, roles: Vec<String>) -> Result<(), Error> {
        let fault = || unavailable("changing a user");
        let (id, email, name) = (&before.row.id, normalize_email(email), name.trim());
        let edited = change.transaction.edit_user(id, before.version, &email, name).await;
        match edited {
            Err(error) if is_unique_violation(&error) => return Err(taken(&email)),
            edited => _ = edited.map_err(fault())?,
        }
        change.transaction.set_roles(id, &roles).await.map_err(fault())?;
        let mut entry = self.actor.audit("edit", "user", Some(id.as_str()));
        entry.before = Some(about(before));
        entry.after = Some(json!({"email": email, "name": name, "roles": roles}));
        change.transaction.audit(entry).await.map_err(fault())?;
        if roles == role_ids(before) {
            change.announce(Some(id)).await?;
        } else {
            // Whoever made a link for what the user was before must not have one for what the user is now.
            change.transaction.remove_link(id).await.map_err(fault())?;
            change.unsettle(Some(id)).await?;
        }
        change.commit().await
    }
}

impl Authorized<permit::UsersDisable> {
    /// Keeps a user from signing in, and ends all sessions, on every server within a second; or lets the user sign in again.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] for oneself, a user who may do more than the actor, or the last administrator.
    pub async fn set_disabled(&self, id: &UserId, disabled: bool) -> Result<(), Error> {
        let fault = || unavailable("disabling a user");
        let mut change = self.change_rights().await?;
        let record = known(&mut change, id).await?;
        change.demand_reach(id).await?;
        if self.actor.user_id.as_ref() == Some(id) {
            return Err(Error::conflict("You cannot disable your own account. Ask somebody else to."));
        }
        let now = self.platform.clock().now();
        if !change.transaction.set_disabled(id, disabled.then_some(now)).await.map_err(fault())? {
            let state = if disabled { "disabled" } else { "enabled" };
            return Err(Error::conflict(format!("{} is {state} already.", record.row.email)));
        }
        if disabled {
            change.transaction.end_sessions(id, None, None).await.map_err(fault())?;
            change.transaction.remove_link(id).await.map_err(fault())?;
        }
        let entry = self.actor.audit(if disabled { "disable" } else { "enable" }, "user", Some(id.as_str()));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.unsettle(Some(id)).await?;
        change.commit().await
    }
}

/// The user of this identifier.
async fn known(change: &mut RightsChange, id: &UserId) -> Result<UserRecord, Error> {
    // No database text can hold this.
    if id.as_str().contains('\0') {
        return Err(Error::not_found("such user"));
    }
    let user = change.transaction.user(id).await.map_err(unavailable("looking at a user"))?;
    user.ok_or_else(|| Error::not_found("such user"))
}

/// The roles that somebody is to hold, each once, where they are there and the actor may give and take those that change.
async fn check_roles(change: &mut RightsChange, wanted: &[String], held: &[String]) -> Result<Vec<String>, Error> {
    let roles = change.transaction.roles().await.map_err(unavailable("looking at roles"))?;
    let wanted: BTreeSet<&String> = wanted.iter().filter(|id| !id.is_empty()).collect();
    let find = |id: &str| roles.iter().find(|role| role.id.as_str() == id);
    for id in &wanted {
        let Some(role) = find(id) else {
            let there = roles.iter().filter(|role| role.retired_at.is_none()).map(|role| role.id.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::invalid("roles", format!("There is no role {id:?}; there are: {there}.")));
        };
        if role.retired_at.is_some() && !held.contains(id) {
            return Err(Error::invalid("roles", format!("The role {} is retired and cannot be given any more.", role.name)));
        }
    }
    let given = wanted.iter().filter(|id| !held.contains(id)).copied();
    let taken = held.iter().filter(|id| !wanted.contains(id));
    for role in given.chain(taken).filter_map(|id| find(id)) {
        if let Some(first) = change.reach.beyond(&role.permissions) {
            return Err(beyond(role, first));
        }
    }
    Ok(wanted.into_iter().cloned().collect())
}

fn beyond(role: &RoleView, first: Permission) -> Error {
    Error::invalid(
        "roles",
        format!("The role {} allows more than you may yourself ({first}, for example), so you cannot give or take it.", role.name),
    )
}

fn taken(email: &str) -> Error {
    Error::invalid("email", format!("There is a user with the address {email} already."))
}

fn role_ids(record: &UserRecord) -> Vec<String> {
    let mut ids: Vec<String> = record.row.roles.iter().map(|role| role.id.to_string()).collect();
    ids.sort_unstable();
    ids
}

/// What the audit keeps of a user.
fn about(record: &UserRecord) -> Value {
    json!({"email": record.row.email, "name": record.row.name, "roles": role_ids(record)})
}

/// How a user stands now, for somebody whose change came too late.
fn sentence(record: &UserRecord) -> String {
    let roles = record.row.roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>().join(", ");
    format!("Name: {}. Address: {}. Roles: {}.", record.row.name, record.row.email, if roles.is_empty() { "none" } else { &roles })
}
