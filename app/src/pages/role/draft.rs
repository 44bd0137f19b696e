//! What a role is to become, as the page's form and address have it.

use leptos_router::params::ParamsMap;
use model::role::{NAME_MAX, RoleDraft, RoleView};

use crate::layout::may;

/// The draft in an address, where a form was sent without scripts, or was refused. It is held against the role as it is now: whoever looks
/// at the page sees what it would change of that.
pub fn draft_in(query: &ParamsMap, present: Option<&RoleView>) -> Option<RoleDraft> {
    Some(RoleDraft {
        id: present.map(|role| role.id.to_string()).unwrap_or_default(),
        version: present.map_or(0, |role| role.version),
        name: query.get("name")?,
        description: query.get("description").unwrap_or_default(),
        permissions: query.get_all("permissions[]").unwrap_or_default(),
        requires_second_factor: query.get_str("requires_second_factor") == Some("true"),
    })
}

/// The role as it is now.
pub fn draft_of(role: &RoleView) -> RoleDraft {
    RoleDraft {
        id: role.id.to_string(),
        version: role.version,
        name: role.name.clone(),
        description: role.description.clone(),
        permissions: role.permissions.iter().map(ToString::to_string).collect(),
        requires_second_factor: role.requires_second_factor,
    }
}

/// A new role that allows what another does, so far as the reader may give it, and how many permissions the reader may not.
pub fn copy_of(role: &RoleView) -> (RoleDraft, u64) {
    let (held, missing): (Vec<_>, Vec<_>) = role.permissions.iter().partition(|permission| may(**permission));
    let draft = RoleDraft {
        name: format!("Copy of {}", role.name).chars().take(NAME_MAX).collect(),
        description: role.description.clone(),
        permissions: held.into_iter().map(ToString::to_string).collect(),
        requires_second_factor: role.requires_second_factor,
        ..RoleDraft::default()
    };
    (draft, missing.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_name_has_no_draft() {
        let with = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<ParamsMap>();
        assert_eq!(draft_in(&with(&[("done", "saved")]), None), None);
        let query = with(&[
            ("id", "somebody-else"),
            ("version", "9"),
            ("name", "Looks"),
            ("permissions[]", "transit:read"),
            ("permissions[]", "imports:read"),
            ("requires_second_factor", "true"),
        ]);
        let draft = draft_in(&query, None).expect("a draft");
        assert_eq!((draft.id.as_str(), draft.version, draft.name.as_str()), ("", 0, "Looks"));
        assert_eq!(draft.permissions, ["transit:read", "imports:read"]);
        assert!(draft.requires_second_factor && draft.description.is_empty());
    }
}
