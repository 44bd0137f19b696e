//! Looks through one migration's SQL.

use squawk_linter::{Linter, Version};
use squawk_syntax::SourceFile;
use squawk_syntax::ast::{AstNode, Stmt};

use super::extra;
use super::ignore::Ignore;
use super::name::Name;
use super::rule::{OF_SQUAWK, Rule, UNUSED_IGNORE, Weight, of};
use super::statement::{Made, made, subjects};
use crate::sql::line_at;

/// The oldest PostgreSQL that migrations are to be fit for.
const POSTGRESQL: &str = "15";

/// Something that was found, before anybody has looked at how many rows there are.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) line: usize,
    pub(super) rule: &'static Rule,
    /// What it is about, as it is called in the database now.
    pub(super) subjects: Vec<Name>,
    /// Whether a migration before this one, which is yet to be applied too, makes all that it is about.
    pub(super) is_new: bool,
    /// Whether the same migration makes the thing again after it was dropped or renamed.
    pub(super) is_remade: bool,
}

/// Looks through a script, and adds what it makes to what was made before by migrations that are yet to be applied. A passage that
/// is not understood is left out, and the statements around it are looked at all the same.
pub(super) fn look(script: &str, transactional: bool, before: &mut Made) -> Vec<Found> {
    let parse = SourceFile::parse(script);
    let ignores = Ignore::read(script, &parse.syntax_node());
    let statements: Vec<Stmt> = parse.tree().stmts().collect();
    let mut linter = Linter::from(OF_SQUAWK.iter().map(|(rule, _)| *rule));
    linter.settings.assume_in_transaction = transactional;
    linter.settings.pg_version = POSTGRESQL.parse().unwrap_or_else(|_| Version::default());
    let of_squawk = linter.lint(&parse, script);
    let mut broken: Vec<(usize, &'static Rule)> = of_squawk
        .iter()
        .filter_map(|violation| Some((usize::from(violation.text_range.start()), of(violation.code)?)))
        .chain(statements.iter().filter_map(extra::broken))
        .filter(|(at, rule)| !ignores.iter().any(|ignore| ignore.silences(rule.name, line_at(script, *at))))
        .collect();
    broken.sort_by_key(|(at, _)| *at);

    let mut found = Vec::new();
    let mut own = Made::default();
    for (index, statement) in statements.iter().enumerate() {
        let range = statement.syntax().text_range();
        let range = usize::from(range.start())..usize::from(range.end());
        let here = most_telling(broken.iter().filter(|(at, _)| range.contains(at)).copied().collect());
        let all = subjects(statement);
        // What the same migration makes, nobody uses yet.
        let others: Vec<Name> = all.iter().filter(|subject| !own.makes(subject)).cloned().collect();
        let harmless = !all.is_empty() && others.is_empty();
        let remade = |name: &Name| transactional && statements[index + 1..].iter().filter_map(made).any(|made| made.is(name));
        for (at, rule) in here.into_iter().filter(|(_, rule)| !harmless || rule.weight == Weight::Always) {
            found.push(Found {
                line: line_at(script, at),
                rule,
                is_new: !others.is_empty() && others.iter().all(|subject| before.makes(subject)),
                is_remade: rule.weight == Weight::Use && !others.is_empty() && others.iter().all(remade),
                subjects: others.iter().map(|subject| before.in_database(&own.in_database(subject))).collect(),
            });
        }
        own.learn(statement);
    }
    let mistaken = ignores.iter().filter(|ignore| ignore.is_mistaken()).map(|ignore| Found {
        line: ignore.line,
        rule: &UNUSED_IGNORE,
        subjects: Vec::new(),
        is_new: false,
        is_remade: false,
    });
    found.extend(mistaken);
    found.sort_by_key(|found| found.line);
    found.dedup_by(|one, other| (one.line, one.rule, &one.subjects) == (other.line, other.rule, &other.subjects));
    before.add(own);
    found
}

/// One clause may break several rules that say nearly the same: the one that says most is kept.
fn most_telling(mut here: Vec<(usize, &'static Rule)>) -> Vec<(usize, &'static Rule)> {
    for (more, less) in [
        ("adding-foreign-key-constraint", "constraint-missing-not-valid"),
        ("disallowed-unique-constraint", "constraint-missing-not-valid"),
        ("adding-serial-primary-key-field", "constraint-missing-not-valid"),
        ("adding-field-with-default", "ban-alter-generated-expression"),
    ] {
        if here.iter().any(|(_, rule)| rule.name == more) {
            here.retain(|(_, rule)| rule.name != less);
        }
    }
    here.dedup();
    here
}
