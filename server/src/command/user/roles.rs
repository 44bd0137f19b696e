//! Roles as they are typed: by identifier or by name, however it is spelled.

use model::role::RoleView;

use crate::failure::Failure;

/// The role that is meant.
///
/// # Errors
/// There is no such role, and the sentence has those that there are; or the spelling fits several.
pub fn one_meant<'a>(typed: &str, roles: &'a [RoleView]) -> Result<&'a RoleView, Failure> {
    let exactly = |role: &&RoleView| role.id.as_str() == typed.trim();
    let by_name = |role: &&RoleView| role.name.to_lowercase() == typed.trim().to_lowercase();
    if let Some(role) = roles.iter().find(exactly).or_else(|| roles.iter().find(by_name)) {
        return Ok(role);
    }
    let alike: Vec<&RoleView> = roles.iter().filter(|role| spelled(&role.name) == spelled(typed)).collect();
    match alike[..] {
        [role] => Ok(role),
        [] => {
            let there = roles.iter().filter(|role| role.retired_at.is_none());
            Err(Failure::Said(format!("There is no role {typed:?}; there are: {}.", names(there))))
        }
        _ => Err(Failure::Said(format!("{typed:?} can be several roles; write the name of one: {}.", names(alike)))),
    }
}

fn names<'a>(roles: impl IntoIterator<Item = &'a RoleView>) -> String {
    roles.into_iter().map(|role| role.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// `Data analyst`, `data-analyst` and `data_analyst` are one.
fn spelled(name: &str) -> String {
    name.to_lowercase()
        .split(|one: char| one.is_whitespace() || one == '-' || one == '_')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::RoleId;

    use super::*;

    fn role(id: &str, name: &str) -> RoleView {
        RoleView {
            id: RoleId::new(id),
            name: name.to_owned(),
            description: String::new(),
            is_administrator: false,
            permissions: BTreeSet::new(),
            requires_second_factor: false,
            users: 0,
            retired_at: None,
            version: 1,
        }
    }

    #[test]
    fn a_role_is_meant_by_its_identifier_or_its_name() {
        let roles = [role("data_analyst", "Data analyst"), role("0190", "Night  shift"), role("0191", "data-analyst")];
        for (typed, id) in [
            ("data_analyst", "data_analyst"),
            ("Data Analyst", "data_analyst"),
            ("data-Analyst", "0191"),
            ("night-shift", "0190"),
            (" 0191", "0191"),
        ] {
            assert_eq!(one_meant(typed, &roles).expect(typed).id.as_str(), id);
        }
        let refused = one_meant("data  analyst", &roles).expect_err("two of them").sentence();
        assert_eq!(refused, "\"data  analyst\" can be several roles; write the name of one: Data analyst, data-analyst.");
        let refused = one_meant("king", &roles).expect_err("no such role").sentence();
        assert_eq!(refused, "There is no role \"king\"; there are: Data analyst, Night  shift, data-analyst.");
    }
}
