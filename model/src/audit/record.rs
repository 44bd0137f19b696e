//! A row of the audit, and pages of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::UserId;
use crate::list::Page;

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its number, from 1; some are never used.
    pub id: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The user who did it; none for a command, the scheduler or a stranger.
    pub user_id: Option<UserId>,
    /// Who did it, for people: an e-mail address or `system:<OS user>`.
    pub actor: String,
    /// As whom somebody looked at the platform.
    pub on_behalf_of: Option<String>,
    /// What was done: `create`, `sign-in`.
    pub action: String,
    /// The kind of thing: `user`, `run`.
    pub resource: String,
    /// Which thing.
    pub resource_id: Option<String>,
    /// What it was before.
    pub before: Option<Value>,
    /// What it is after.
    pub after: Option<Value>,
    /// The network address that asked for it.
    pub address: Option<String>,
    /// The request's identifier, also in the server's log.
    pub request_id: Option<String>,
    /// The seal that holds it; none for some seconds after it was written.
    pub seal: Option<u64>,
}

/// A field of what was changed, as texts for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field; empty where what was changed has none.
    pub field: String,
    /// What it was; none where it was not there.
    pub before: Option<String>,
    /// What it is; none where it is gone.
    pub after: Option<String>,
}

impl AuditRecord {
    /// What it says of the thing before and after, a field each. Fields that stayed as they were are among them.
    pub fn differences(&self) -> Vec<Difference> {
        let fields: BTreeSet<&str> = [&self.before, &self.after]
            .into_iter()
            .flatten()
            .flat_map(|value| match value {
                Value::Object(fields) => fields.keys().map(String::as_str).collect(),
                _ => vec![""],
            })
            .collect();
        let of = |value: &Option<Value>, field: &str| match value {
            Some(Value::Object(fields)) => fields.get(field).and_then(shown),
            Some(value) if field.is_empty() => shown(value),
            _ => None,
        };
        fields
            .into_iter()
            .map(|field| Difference { field: field.to_owned(), before: of(&self.before, field), after: of(&self.after, field) })
            .filter(|difference| difference.before.is_some() || difference.after.is_some())
            .collect()
    }
}

/// Text as it is, lists of texts with commas, everything else as JSON.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            Some(values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        value => Some(value.to_string()),
    }
}

/// What there is to choose from in filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChoices {
    /// Every kind of thing that the audit tells of.
    pub resources: Vec<String>,
    /// Every action.
    pub actions: Vec<String>,
}

/// A page of the audit with what the filters know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The rows. Their total is no more than what can be leafed through.
    pub page: Page<AuditRecord>,
    /// Whether there are more than that.
    pub more: bool,
    /// What there is to choose from.
    pub choices: AuditChoices,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(before: Option<Value>, after: Option<Value>) -> AuditRecord {
        AuditRecord {
            id: 1,
            at: DateTime::UNIX_EPOCH,
            user_id: None,
            actor: "system:tester".to_owned(),
            on_behalf_of: None,
            action: "edit".to_owned(),
            resource: "user".to_owned(),
            resource_id: None,
            before,
            after,
            address: None,
            request_id: None,
            seal: None,
        }
    }

    #[test]
    fn differences_name_each_field_once() {
        let record = record(
            Some(json!({"name": "Ana", "roles": ["viewer"], "gone": 3})),
            Some(json!({"name": "Ana B.", "roles": ["viewer", "manager"], "new": {"a": 1}, "none": null})),
        );
        let text: Vec<String> = record.differences().into_iter().map(|d| format!("{} {:?} {:?}", d.field, d.before, d.after)).collect();
        assert_eq!(
            text,
            [
                r#"gone Some("3") None"#,
                r#"name Some("Ana") Some("Ana B.")"#,
                r#"new None Some("{\"a\":1}")"#,
                r#"roles Some("viewer") Some("viewer, manager")"#,
            ]
        );
    }

    #[test]
    fn what_has_no_fields_is_one_difference() {
        assert_eq!(record(None, Some(json!("x"))).differences()[0].after.as_deref(), Some("x"));
        assert_eq!(record(None, None).differences(), []);
    }
}
