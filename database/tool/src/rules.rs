//! Looks through a migration's SQL for statements that would end its transaction or outlive it.

use crate::MigrationFileError;
use crate::sql::{Statement, first_error, statements};

const ENDS: &str = "a migration is one transaction that the tool begins and ends; take the statement out";
const APART: &str = "its statements are run one by one, each for itself; take the statement out";
const STAYS: &str = "it would stay on the connection after the migration, for whoever uses that next; write SET LOCAL";
const SESSION: &str = "it belongs to a session, which a migration behind PgBouncer does not have; take it out";
const READS: &str = "rows cannot follow it here; write INSERT";
const ALONE: &str = "it cannot run inside a transaction; put it into a migration whose first line is -- no-transaction";
const NAMELESS: &str = "an index that is left half built is found by its name; give it one";

/// Refuses a script with a statement that a migration may not have.
pub(crate) fn check(file: &str, sql: &str, transactional: bool) -> Result<(), MigrationFileError> {
    if !transactional && let Some((line, why)) = first_error(sql) {
        return Err(MigrationFileError::NotUnderstood { file: file.to_owned(), line, why });
    }
    for statement in statements(sql) {
        let why = objection(&statement).or_else(|| if transactional { alone(&statement) } else { apart(&statement) });
        if let Some(why) = why {
            return Err(MigrationFileError::Statement { file: file.to_owned(), statement: statement.name(), line: statement.line, why });
        }
    }
    Ok(())
}

fn objection(statement: &Statement) -> Option<&'static str> {
    let word = |index| statement.word(index);
    match (word(0), word(1)) {
        ("ROLLBACK", "TO") => None,
        ("ROLLBACK", _) if word(2) == "TO" => None,
        ("BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT", _) | ("PREPARE", "TRANSACTION") => Some(ENDS),
        ("SET", "LOCAL" | "CONSTRAINTS" | "TRANSACTION") => None,
        ("SET" | "RESET", _) => Some(STAYS),
        ("LISTEN" | "UNLISTEN" | "DISCARD" | "PREPARE" | "DEALLOCATE", _) => Some(SESSION),
        ("COPY", _) if statement.words.iter().any(|word| word == "STDIN") => Some(READS),
        _ => None,
    }
}

/// What has to stand outside transactions.
fn alone(statement: &Statement) -> Option<&'static str> {
    let concurrently = || statement.words.iter().any(|word| word == "CONCURRENTLY");
    match (statement.word(0), statement.word(1)) {
        ("CREATE" | "DROP", "INDEX" | "UNIQUE") if concurrently() => Some(ALONE),
        ("REINDEX", _) if concurrently() => Some(ALONE),
        ("VACUUM", _) | ("CREATE" | "DROP", "DATABASE" | "TABLESPACE") | ("ALTER", "SYSTEM") => Some(ALONE),
        _ => None,
    }
}

/// What makes no sense where each statement is its own transaction.
fn apart(statement: &Statement) -> Option<&'static str> {
    match (statement.word(0), statement.word(1)) {
        ("SET" | "SAVEPOINT" | "RELEASE" | "ROLLBACK" | "LOCK", _) => Some(APART),
        ("CREATE", _) if crate::concurrent::is_nameless(statement) => Some(NAMELESS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn lets_ordinary_scripts_pass() {
        for sql in [
            "",
            "-- COMMIT;\n/* ROLLBACK; /* BEGIN; */ COMMIT; */ CREATE TABLE a (b text DEFAULT 'x; COMMIT; ''y''; END;');",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN; COMMIT; RETURN 1; END; $f$; SELECT 1",
            "DO $$ BEGIN PERFORM 1; END $$;",
            "CREATE FUNCTION g(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE a WHEN 1 THEN 2 END; SELECT 1; END;",
            "SET LOCAL work_mem = '1MB'; SET CONSTRAINTS ALL DEFERRED; SAVEPOINT a; ROLLBACK TO a; ROLLBACK TRANSACTION TO SAVEPOINT a",
            "INSERT INTO \"commit;\" VALUES (E'it\\'s; COMMIT;', $1$2); UPDATE a SET b = 1",
            "CREATE TABLE \u{e4}rger\u{2713} (a$b int); SELECT '\u{2713}' /* \u{2713} */;",
        ] {
            assert_eq!(check("f", sql, true), Ok(()), "{sql}");
        }
        let apart = "-- no-transaction\nCREATE INDEX CONCURRENTLY a ON b (c); VACUUM b; DROP INDEX CONCURRENTLY d;";
        assert_eq!(check("f", apart, false), Ok(()));
    }

    #[test]
    fn finds_statements_that_end_or_outlive_the_migration() {
        for (sql, statement, line) in [
            ("CREATE TABLE a ();\n\ncommit;\nSELECT 1", "COMMIT", 3),
            ("BEGIN; SELECT 1; END", "BEGIN", 1),
            ("DO $$ BEGIN END $$; END;", "END", 1),
            ("START TRANSACTION READ ONLY", "START TRANSACTION", 1),
            ("-- a\n/* b\n */ rollback", "ROLLBACK", 3),
            ("SET search_path = config;", "SET SEARCH_PATH", 1),
            ("SELECT 'it''s'; RESET ALL", "RESET ALL", 1),
            ("SELECT 'a\\'; COMMIT; SELECT '", "COMMIT", 1),
            ("COPY a FROM STDIN;\n1\n", "COPY A", 1),
            ("LISTEN news", "LISTEN NEWS", 1),
            ("CREATE TABLE a ();\nCREATE UNIQUE INDEX CONCURRENTLY b ON a (c)", "CREATE UNIQUE", 2),
            ("VACUUM a", "VACUUM A", 1),
        ] {
            let error = check("0001_a.up.sql", sql, true).expect_err(sql).to_string();
            assert!(error.starts_with(&format!("the migration file 0001_a.up.sql has `{statement}` in line {line}: ")), "{sql}: {error}");
        }
    }

    #[test]
    fn finds_what_cannot_stand_alone() {
        for (sql, sentence) in [
            ("-- no-transaction\nSET LOCAL lock_timeout = 1", "`SET LOCAL` in line 2"),
            ("-- no-transaction\nCREATE INDEX CONCURRENTLY ON a (b)", "`CREATE INDEX` in line 2: an index"),
            ("-- no-transaction\nSELECT 1;\nnot really", "something in line 3"),
        ] {
            let error = check("0001_a.up.sql", sql, false).expect_err(sql).to_string();
            assert!(error.starts_with("the migration file 0001_a.up.sql has ") && error.contains(sentence), "{sql}: {error}");
        }
    }
}
