//! Names in SQL, and whether two mean the same thing.

use std::fmt;

/// The name of a table, an index or another thing, with its schema where one is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) schema: Option<String>,
    pub(super) name: String,
}

impl Name {
    /// Reads `a`, `a.b` and `"A"."b"` as PostgreSQL does: what is not quoted means the same in small letters. Of longer paths the
    /// last two parts count.
    pub(super) fn read(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let (mut quoted, mut before) = (false, ' ');
        for character in text.chars() {
            match (character, quoted, parts.last_mut()) {
                ('"', false, Some(part)) => {
                    // Two quotes within quotes are one of them.
                    if before == '"' {
                        part.push('"');
                    }
                    quoted = true;
                }
                ('"', true, _) => quoted = false,
                ('.', false, _) => parts.push(String::new()),
                (_, true, Some(part)) => part.push(character),
                (_, false, Some(part)) if !character.is_whitespace() => part.extend(character.to_lowercase()),
                _ => {}
            }
            before = character;
        }
        let name = parts.pop().unwrap_or_default();
        Self { schema: parts.pop(), name }
    }

    /// Whether both mean the same thing; where one has no schema, it is taken to be the other's.
    pub(super) fn is(&self, other: &Self) -> bool {
        let schemas_agree = match (&self.schema, &other.schema) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        schemas_agree && self.name == other.name
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(formatter, "{schema}.{}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_are_read_as_postgresql_does() {
        for (text, schema, name) in [
            ("Users", None, "users"),
            ("Config.Users", Some("config"), "users"),
            ("\"Config\" . \"The \"\"Users\"\".\"", Some("Config"), "The \"Users\"."),
            ("db.config.users", Some("config"), "users"),
        ] {
            assert_eq!(Name::read(text), Name { schema: schema.map(str::to_owned), name: name.to_owned() }, "{text}");
        }
    }

    #[test]
    fn a_name_without_a_schema_may_be_any() {
        let is = |one: &str, other: &str| Name::read(one).is(&Name::read(other));
        assert!(is("a", "public.a") && is("x.a", "x.A") && !is("x.a", "y.a") && !is("a", "b"));
    }
}
