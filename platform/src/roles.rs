//! Roles: looking at them, and making, changing and retiring them. Nobody puts into a role, or changes one that holds, what the own
//! roles do not allow.

use std::collections::BTreeSet;

use database_primary::{PrimaryTransaction, RoleHolder};
use model::role::{Consequence, NAMED_MOST, RoleDraft, RoleMatrix, RolePreview, RoleView};
use model::{Error, Permission, RoleId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::rights::Reach;
use crate::runs::is_storable;

impl Authorized<permit::RolesRead> {
    /// Every role with what it allows.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn roles(&self) -> Result<RoleMatrix, Error> {
        let fault = || unavailable("listing roles");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let roles = transaction.roles().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(RoleMatrix { roles })
    }
}

impl Authorized<permit::RolesEdit> {
    /// Who would gain and who lose what, if the role became this.
    ///
    /// # Errors
    /// As [`Authorized::save_role`].
    pub async fn preview_role(&self, draft: &RoleDraft) -> Result<RolePreview, Error> {
        // The same checks as of the change itself; nobody waits for whoever looks.
        let fault = || unavailable("looking at a role");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let (before, permissions) = check(&mut transaction, &self.reach(), draft).await?;
        let held = before.as_ref().map(|role| role.permissions.clone()).unwrap_or_default();
        let holders = match &before {
            Some(role) => transaction.holders(&role.id).await.map_err(fault())?,
            None => Vec::new(),
        };
        transaction.commit().await.map_err(fault())?;
        let newly_required = draft.requires_second_factor && !before.as_ref().is_some_and(|role| role.requires_second_factor);
        let (mut consequences, unaffected) = consequences(holders, &held, &permissions, newly_required);
        let count = |concerns: fn(&Consequence) -> bool| {
            u32::try_from(consequences.iter().filter(|consequence| concerns(consequence)).count()).unwrap_or(u32::MAX)
        };
        let losing = count(|user| !user.loses.is_empty());
        let gaining = count(|user| !user.gains.is_empty());
        let due = count(|user| user.second_factor_due);
        let concerned = count(|_| true);
        consequences.truncate(NAMED_MOST);
        Ok(RolePreview {
            added: permissions.difference(&held).copied().collect(),
            removed: held.difference(&permissions).copied().collect(),
            consequences,
            losing,
            gaining,
            due,
            concerned,
            unaffected,
        })
    }

    /// Makes the role, or changes it to this.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] for what breaks a rule or the actor does not hold, [`Error::Conflict`] where the role
    /// cannot be changed, holds more than the actor, or somebody else has changed it meanwhile. Nothing has changed then.
    pub async fn save_role(&self, draft: &RoleDraft) -> Result<RoleId, Error> {
        let fault = || unavailable("changing a role");
        let mut change = self.change_rights().await?;
        let (before, permissions) = check(&mut change.transaction, &change.reach, draft).await?;
        let id = before.as_ref().map_or_else(|| RoleId::new(Uuid::now_v7().to_string()), |role| role.id.clone());
        let (name, description) = (draft.name.trim(), draft.description.trim());
        change.transaction.keep_role(&id, name, description, draft.requires_second_factor, &permissions).await.map_err(fault())?;
        let mut entry = self.actor.audit(if before.is_some() { "edit" } else { "create" }, "role", Some(id.as_str()));
        entry.before = before.as_ref().map(|role| about(&role.name, &role.description, role.requires_second_factor, &role.permissions));
        entry.after = Some(about(name, description, draft.requires_second_factor, &permissions));
        change.transaction.audit(entry).await.map_err(fault())?;
        if let Some(role) = before.filter(|role| role.users > 0) {
            if !permissions.is_subset(&role.permissions) {
                // Whoever made a link for what a user was before must not have one for what the user is now.
                change.transaction.remove_links_of_role(&id).await.map_err(fault())?;
            }
            change.unsettle(None).await?;
        }
        change.commit().await?;
        Ok(id)
    }

    /// Keeps a role from being given from now on, or lets it be given again. Who holds it keeps it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`] where that is so already, or for a role that the actor may not change.
    pub async fn set_retired(&self, id: &RoleId, retired: bool) -> Result<(), Error> {
        let fault = || unavailable("retiring a role");
        let mut change = self.change_rights().await?;
        let role = known(&mut change.transaction, id).await?;
        demand_reach(&change.reach, &role)?;
        let now = self.platform.clock().now();
        if !change.transaction.set_retired(id, retired.then_some(now)).await.map_err(fault())? {
            let state = if retired { "retired already" } else { "not retired" };
            return Err(Error::conflict(format!("The role {} is {state}.", role.name)));
        }
        let entry = self.actor.audit(if retired { "retire" } else { "restore" }, "role", Some(id.as_str()));
        change.transaction.audit(entry).await.map_err(fault())?;
        change.commit().await
    }
}

/// The role as it is, if it is not a new one, and what it is to allow.
async fn check(
    transaction: &mut PrimaryTransaction,
    reach: &Reach,
    draft: &RoleDraft,
) -> Result<(Option<RoleView>, BTreeSet<Permission>), Error> {
    let permissions = draft.validate()?;
    let id = RoleId::new(&draft.id);
    let before = if draft.id.is_empty() { None } else { Some(known(transaction, &id).await?) };
    if let Some(role) = &before {
        demand_reach(reach, role)?;
        if role.version != draft.version {
            return Err(Error::Conflict {
                message: "Somebody else has changed this role meanwhile. Look at what is so now, then change it again.".to_owned(),
                current: Some(sentence(role)),
            });
        }
    }
    if let Some(first) = reach.beyond(&permissions) {
        return Err(Error::invalid("permissions", format!("You do not hold {first} yourself, so you cannot put it into a role.")));
    }
    if transaction.is_role_name_taken(draft.name.trim(), &id).await.map_err(unavailable("looking at a role"))? {
        return Err(Error::invalid("name", format!("There is a role of the name {} already.", draft.name.trim())));
    }
    Ok((before, permissions))
}

/// The role of this identifier.
async fn known(transaction: &mut PrimaryTransaction, id: &RoleId) -> Result<RoleView, Error> {
    let none = || Error::not_found("such role");
    // No database text can hold this.
    if !is_storable(id.as_str()) {
        return Err(none());
    }
    transaction.role(id).await.map_err(unavailable("looking at a role"))?.ok_or_else(none)
}

/// Refuses to change what must not be changed by this actor.
fn demand_reach(reach: &Reach, role: &RoleView) -> Result<(), Error> {
    if role.is_administrator {
        return Err(Error::conflict(format!("The role {} holds everything and cannot be changed.", role.name)));
    }
    match reach.beyond(&role.permissions) {
        None => Ok(()),
        Some(first) => Err(Error::conflict(format!(
            "The role {} allows more than you may yourself ({first}, for example), so you cannot change it.",
            role.name
        ))),
    }
}

/// What it means for each holder that a role allowed this and will allow that.
fn consequences(
    holders: Vec<RoleHolder>,
    held: &BTreeSet<Permission>,
    wanted: &BTreeSet<Permission>,
    newly_required: bool,
) -> (Vec<Consequence>, u32) {
    let mut unaffected = 0;
    let mut found = Vec::new();
    for holder in holders {
        let new_to = |one: &&Permission| !holder.otherwise.contains(*one);
        let gains: Vec<Permission> = wanted.difference(held).filter(new_to).copied().collect();
        let loses: Vec<Permission> = held.difference(wanted).filter(new_to).copied().collect();
        let second_factor_due = newly_required && !holder.is_secured;
        if gains.is_empty() && loses.is_empty() && !second_factor_due {
            unaffected += 1;
        } else {
            found.push(Consequence { user_id: holder.user_id, email: holder.email, name: holder.name, gains, loses, second_factor_due });
        }
    }
    (found, unaffected)
}

/// What the audit keeps of a role.
fn about(name: &str, description: &str, requires_second_factor: bool, permissions: &BTreeSet<Permission>) -> Value {
    json!({"name": name, "description": description, "requires_second_factor": requires_second_factor, "permissions": permissions})
}

/// How a role stands now, for somebody whose change came too late.
fn sentence(role: &RoleView) -> String {
    let permissions = role.permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ");
    format!("Name: {}. It allows: {}.", role.name, if permissions.is_empty() { "nothing" } else { &permissions })
}
