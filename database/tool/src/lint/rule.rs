//! The rules that count, how much, and what to do instead.
//!
//! Left out of squawk's: what is taste (which integer, `text` or `varchar`), what the tool does itself (lock timeouts) or refuses
//! (statements that end the transaction), and what a migration that expands has to do (dropping NOT NULL).

use squawk_linter::Rule as Squawk;

use super::Severity::{self, Error, Note, Warning};

/// On what it depends how bad a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// On the rows: it takes as long as they are many, and somebody waits for it.
    Rows,
    /// On whether there is a row at all: it fails, or loses it.
    AnyRow,
    /// On who uses it, which nobody can count.
    Use,
    /// On nothing: it is wrong anywhere.
    Always,
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// What people call it.
    pub(super) name: &'static str,
    /// How bad it is on a table that is in use.
    pub(super) severity: Severity,
    /// On what that depends.
    pub(super) weight: Weight,
    /// What happens and what to do instead.
    pub(super) sentence: &'static str,
}

const fn rule(name: &'static str, severity: Severity, weight: Weight, sentence: &'static str) -> Rule {
    Rule { name, severity, weight, sentence }
}

/// squawk's rules that count.
pub(super) const OF_SQUAWK: [(Squawk, Rule); 39] = [
    (
        Squawk::AddingFieldWithDefault,
        rule(
            "adding-field-with-default",
            Error,
            Weight::Rows,
            "the table is rewritten while nobody can read or write it; add the column without this default, fill it in batches, then set the default",
        ),
    ),
    (
        Squawk::AddingRequiredField,
        rule(
            "adding-required-field",
            Error,
            Weight::AnyRow,
            "a column that is NOT NULL without a default cannot be added to a table with rows; add it with a constant default, or without NOT NULL and fill it first",
        ),
    ),
    (
        Squawk::AddingNotNullableField,
        rule(
            "adding-not-nullable-field",
            Error,
            Weight::Rows,
            "every row is looked at while nobody can read or write the table; add CHECK (column IS NOT NULL) NOT VALID, validate it in a later migration, and set NOT NULL then",
        ),
    ),
    (
        Squawk::AddingSerialPrimaryKeyField,
        rule(
            "adding-serial-primary-key-field",
            Error,
            Weight::Rows,
            "the key's index is built while nobody can read or write the table; build a unique index CONCURRENTLY first and add the key USING INDEX",
        ),
    ),
    (
        Squawk::DisallowedUniqueConstraint,
        rule(
            "disallowed-unique-constraint",
            Error,
            Weight::Rows,
            "the constraint's index is built while nobody can read or write the table; build a unique index CONCURRENTLY first and add the constraint USING INDEX",
        ),
    ),
    (
        Squawk::ChangingColumnType,
        rule(
            "changing-column-type",
            Error,
            Weight::Rows,
            "the table may be rewritten while nobody can read or write it, and programs that run expect the old type; add a column of the new type, fill it in batches, and drop the old one later",
        ),
    ),
    (
        Squawk::ConstraintMissingNotValid,
        rule(
            "constraint-missing-not-valid",
            Warning,
            Weight::Rows,
            "every row is checked while nobody can write the table; add the constraint NOT VALID and validate it in a later migration",
        ),
    ),
    (
        Squawk::AddingForeignKeyConstraint,
        rule(
            "adding-foreign-key-constraint",
            Warning,
            Weight::Rows,
            "every row is checked while nobody can write either table; add the constraint NOT VALID and validate it in a later migration",
        ),
    ),
    (
        Squawk::RequireConcurrentIndexCreation,
        rule(
            "require-concurrent-index-creation",
            Warning,
            Weight::Rows,
            "nobody can write the table while the index is built; use CREATE INDEX CONCURRENTLY in a migration whose first line is -- no-transaction",
        ),
    ),
    (
        Squawk::RequireConcurrentIndexDeletion,
        rule(
            "require-concurrent-index-deletion",
            Warning,
            Weight::Rows,
            "the table is locked for everybody until the readers before have ended; use DROP INDEX CONCURRENTLY in a migration whose first line is -- no-transaction",
        ),
    ),
    (
        Squawk::RequireConcurrentReindex,
        rule(
            "require-concurrent-reindex",
            Error,
            Weight::Rows,
            "nobody can write the table while its index is built anew, nor read by it; use REINDEX CONCURRENTLY in a migration whose first line is -- no-transaction",
        ),
    ),
    (
        Squawk::RequireConcurrentPartitionDetach,
        rule(
            "require-concurrent-partition-detach",
            Warning,
            Weight::Rows,
            "the table is locked for everybody; use DETACH PARTITION CONCURRENTLY in a migration whose first line is -- no-transaction",
        ),
    ),
    (
        Squawk::BanAlterGeneratedExpression,
        rule(
            "ban-alter-generated-expression",
            Error,
            Weight::Rows,
            "the table is rewritten while nobody can read or write it; add a column with the new expression and drop the old one later",
        ),
    ),
    (
        Squawk::BanAlterDomainWithAddConstraint,
        rule(
            "ban-alter-domain-with-add-constraint",
            Warning,
            Weight::Use,
            "every table with a column of the domain is looked at while nobody can write it; add the constraint NOT VALID and validate it in a later migration",
        ),
    ),
    (
        Squawk::BanDropColumn,
        rule(
            "ban-drop-column",
            Error,
            Weight::AnyRow,
            "what the column holds is lost, and programs that run may still ask for it; drop it when no program that runs knows it any more",
        ),
    ),
    (
        Squawk::BanDropTable,
        rule(
            "ban-drop-table",
            Error,
            Weight::AnyRow,
            "its rows are lost, and programs that run may still ask for it; drop it when no program that runs knows it any more",
        ),
    ),
    (
        Squawk::BanDropSchema,
        rule(
            "ban-drop-schema",
            Error,
            Weight::Use,
            "whatever is in the schema is lost; drop what is in it in migrations of their own first",
        ),
    ),
    (
        Squawk::BanDropDatabase,
        rule("ban-drop-database", Error, Weight::Always, "a migration may not drop a database; there is a command for it"),
    ),
    (
        Squawk::BanTruncateCascade,
        rule(
            "ban-truncate-cascade",
            Error,
            Weight::AnyRow,
            "tables that refer to it are emptied as well, today's and later ones; name the tables that are meant",
        ),
    ),
    (
        Squawk::RenamingColumn,
        rule(
            "renaming-column",
            Warning,
            Weight::Use,
            "programs that run ask for the old name; add a column, write both, and drop the old one later",
        ),
    ),
    (
        Squawk::RenamingTable,
        rule(
            "renaming-table",
            Warning,
            Weight::Use,
            "programs that run ask for the old name; leave a view of the old name in the same migration, and drop that later",
        ),
    ),
    (
        Squawk::RenamingObject,
        rule(
            "renaming-object",
            Warning,
            Weight::Use,
            "programs that run may ask for the old name; make the new one beside it, and drop the old one later",
        ),
    ),
    (
        Squawk::BanSetSchema,
        rule(
            "ban-set-schema",
            Warning,
            Weight::Use,
            "programs that run ask for it in the old schema; leave a view there in the same migration, and drop that later",
        ),
    ),
    (
        Squawk::BanDropView,
        rule("ban-drop-view", Warning, Weight::Use, "programs that run may ask for the view; drop it when none does any more"),
    ),
    (
        Squawk::BanDropFunction,
        rule("ban-drop-function", Warning, Weight::Use, "programs that run may call it; drop it when none does any more"),
    ),
    (
        Squawk::BanDropType,
        rule("ban-drop-type", Warning, Weight::Use, "programs that run may use the type; drop it when none does any more"),
    ),
    (
        Squawk::BanDropDomain,
        rule("ban-drop-domain", Warning, Weight::Use, "programs that run may use the domain; drop it when none does any more"),
    ),
    (
        Squawk::BanDropSequence,
        rule("ban-drop-sequence", Warning, Weight::Use, "programs that run may take numbers from it; drop it when none does any more"),
    ),
    (
        Squawk::BanDropExtension,
        rule(
            "ban-drop-extension",
            Warning,
            Weight::Use,
            "whatever uses the extension fails or goes with it; drop it when nothing does any more",
        ),
    ),
    (
        Squawk::BanDropTrigger,
        rule(
            "ban-drop-trigger",
            Warning,
            Weight::Use,
            "what the trigger kept true is not kept true any more; drop it when nothing relies on it",
        ),
    ),
    (
        Squawk::BanDisableTrigger,
        rule(
            "ban-disable-trigger",
            Warning,
            Weight::Use,
            "what the trigger kept true is not kept true any more, for everybody; do what has to be done without disabling it",
        ),
    ),
    (
        Squawk::BanDropDefault,
        rule(
            "ban-drop-default",
            Warning,
            Weight::Use,
            "programs that run may rely on the default when they insert; drop it when all of them name the column",
        ),
    ),
    (
        Squawk::BanDropGeneratedExpression,
        rule(
            "ban-drop-generated-expression",
            Warning,
            Weight::Use,
            "programs that run expect the column to be filled; drop the expression when all of them fill it",
        ),
    ),
    (
        Squawk::BanAlterIdentity,
        rule("ban-alter-identity", Note, Weight::Use, "programs that run may insert otherwise than the column now allows"),
    ),
    (
        Squawk::BanDropConstraint,
        rule("ban-drop-constraint", Note, Weight::Use, "programs that run may rely on what the constraint promised"),
    ),
    (
        Squawk::BanConcurrentIndexCreationInTransaction,
        rule(
            "ban-concurrent-index-creation-in-transaction",
            Error,
            Weight::Always,
            "it cannot run inside a transaction; put it into a migration whose first line is -- no-transaction",
        ),
    ),
    (
        Squawk::TransactionNesting,
        rule("transaction-nesting", Error, Weight::Always, "the tool begins and ends the transaction; take the statement out"),
    ),
    (
        Squawk::IdentifierTooLong,
        rule(
            "identifier-too-long",
            Error,
            Weight::Always,
            "names have 63 bytes at most, and PostgreSQL cuts longer ones without an error; shorten it",
        ),
    ),
    (
        Squawk::BanDuplicateColumnAssignments,
        rule("ban-duplicate-column-assignments", Error, Weight::Always, "a column is set twice in one statement, which fails; set it once"),
    ),
];

/// What squawk does not look for: the table is written anew.
pub(super) const REWRITING_TABLE: Rule = rule(
    "rewriting-table",
    Error,
    Weight::Rows,
    "the table is rewritten while nobody can read or write it; make a new table and fill it in batches, or do it while nobody works",
);

/// What squawk does not look for: readers of a materialized view wait.
pub(super) const REFRESHING_VIEW: Rule = rule(
    "refreshing-view",
    Warning,
    Weight::Rows,
    "nobody can read the view until it is filled; give it a unique index and use REFRESH MATERIALIZED VIEW CONCURRENTLY",
);

/// A comment that silences nothing.
pub(super) const UNUSED_IGNORE: Rule =
    rule("unused-ignore", Note, Weight::Always, "the comment names a rule that does not exist, so it does nothing; correct the name");

/// The name of what the parser does not understand.
pub(super) const NOT_UNDERSTOOD: &str = "not-understood";
/// The name of what migrating would refuse.
pub(super) const REFUSED: &str = "refused";

/// The rule of squawk's that counts under this name.
pub(super) fn of(squawk: Squawk) -> Option<&'static Rule> {
    OF_SQUAWK.iter().find(|(theirs, _)| *theirs == squawk).map(|(_, rule)| rule)
}

/// Whether a comment may name this rule.
pub(super) fn is_known(name: &str) -> bool {
    [REWRITING_TABLE, REFRESHING_VIEW].iter().any(|rule| rule.name == name) || Squawk::try_from(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{OF_SQUAWK, is_known, of};

    #[test]
    fn rules_are_called_what_comments_call_them() {
        for (squawk, rule) in &OF_SQUAWK {
            assert_eq!(squawk.to_string(), rule.name);
            assert!(is_known(rule.name) && of(*squawk) == Some(rule));
        }
        assert!(is_known("rewriting-table") && !is_known("rewriting-tables"));
    }
}
