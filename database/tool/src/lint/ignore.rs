//! Comments that say what is not to be told.

use squawk_linter::ignore::{IgnoreKind, ignore_rule_info};
use squawk_syntax::{SyntaxElement, SyntaxNode};

use super::rule::is_known;
use crate::sql::line_at;

/// A comment `-- squawk-ignore RULE, RULE -- why`, or `-- squawk-ignore-file`. squawk heeds them for its own rules, but knows
/// neither ours nor our names.
#[derive(Clone, Debug)]
pub(super) struct Ignore {
    /// The line it stands in, counted from 1.
    pub(super) line: usize,
    whole_file: bool,
    rules: Vec<String>,
}

impl Ignore {
    /// Every such comment of a script.
    pub(super) fn read(script: &str, root: &SyntaxNode) -> Vec<Self> {
        let tokens = root.descendants_with_tokens().filter_map(SyntaxElement::into_token);
        tokens
            .filter_map(|token| {
                let (names, _, kind) = ignore_rule_info(&token)?;
                let rules = names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
                let line = line_at(script, usize::from(token.text_range().start()));
                Some(Self { line, whole_file: matches!(kind, IgnoreKind::File), rules })
            })
            .collect()
    }

    /// Whether what is found of this rule in this line is not to be told. Of a whole file, no name means every rule.
    pub(super) fn silences(&self, rule: &str, line: usize) -> bool {
        let here = self.whole_file || self.line == line || self.line + 1 == line;
        let named = self.rules.iter().any(|name| name == rule) || (self.whole_file && self.rules.is_empty());
        here && named
    }

    /// Whether it names a rule that there is none of.
    pub(super) fn is_mistaken(&self) -> bool {
        self.rules.iter().any(|name| !is_known(name)) || (self.rules.is_empty() && !self.whole_file)
    }
}
