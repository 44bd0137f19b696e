//! Looks through a migration's SQL for statements that would end its transaction or outlive it.

use crate::MigrationFileError;

const ENDS: &str = "a migration is one transaction that the tool begins and ends; take the statement out";
const STAYS: &str = "it would stay on the connection after the migration, for whoever uses that next; write SET LOCAL";
const SESSION: &str = "it belongs to a session, which a migration behind PgBouncer does not have; take it out";
const READS: &str = "rows cannot follow it here; write INSERT";

/// Refuses a script with a statement that a migration may not have.
pub(crate) fn check(file: &str, sql: &str) -> Result<(), MigrationFileError> {
    for statement in statements(sql) {
        if let Some(why) = objection(&statement.words) {
            let words = statement.words.iter().take(2).cloned().collect::<Vec<_>>().join(" ");
            return Err(MigrationFileError::Statement { file: file.to_owned(), statement: words, line: statement.line, why });
        }
    }
    Ok(())
}

fn objection(words: &[String]) -> Option<&'static str> {
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    match (word(0), word(1)) {
        ("ROLLBACK", "TO") => None,
        ("ROLLBACK", _) if word(2) == "TO" => None,
        ("BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT", _) | ("PREPARE", "TRANSACTION") => Some(ENDS),
        ("SET", "LOCAL" | "CONSTRAINTS" | "TRANSACTION") => None,
        ("SET" | "RESET", _) => Some(STAYS),
        ("LISTEN" | "UNLISTEN" | "DISCARD" | "PREPARE" | "DEALLOCATE", _) => Some(SESSION),
        ("COPY", _) if words.iter().any(|word| word == "STDIN") => Some(READS),
        _ => None,
    }
}

/// A statement's unquoted words in capitals, and the line of the first.
struct Statement {
    words: Vec<String>,
    line: usize,
}

/// Splits a script as PostgreSQL's own lexer does, as far as this matters: quotes, dollar quotes, comments (which nest), and
/// bodies of functions between `BEGIN ATOMIC` and `END`.
fn statements(sql: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut line_of_first = 1;
    let mut body_depth = 0_usize;
    let mut rest = sql;
    while let Some(character) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if character == '\'' {
            // In E'...' a backslash takes the next character's meaning away.
            let escapes = words.last().is_some_and(|word| word == "E") && sql[..sql.len() - rest.len()].ends_with(['e', 'E']);
            quoted(rest, '\'', escapes)
        } else if character == '"' {
            quoted(rest, '"', false)
        } else if character == '$' {
            dollar_quoted(rest)
        } else if character.is_alphabetic() || character == '_' {
            let length = rest.find(|next: char| !(next.is_alphanumeric() || next == '_' || next == '$')).unwrap_or(rest.len());
            if words.is_empty() {
                line_of_first = 1 + sql[..sql.len() - rest.len()].matches('\n').count();
            }
            let word = rest[..length].to_uppercase();
            match word.as_str() {
                "ATOMIC" if words.last().is_some_and(|last| last == "BEGIN") => body_depth = 1,
                "CASE" if body_depth > 0 => body_depth += 1,
                "END" if body_depth > 0 => body_depth -= 1,
                _ => {}
            }
            words.push(word);
            length
        } else {
            if character == ';' && body_depth == 0 && !words.is_empty() {
                found.push(Statement { words: std::mem::take(&mut words), line: line_of_first });
            }
            character.len_utf8()
        };
        rest = &rest[length..];
    }
    if !words.is_empty() {
        found.push(Statement { words, line: line_of_first });
    }
    found
}

/// The length of the quoted text at the start, the quotes included. Two quotes in a row close it and open the next, which
/// comes to the same.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote {
            return index + 1;
        }
    }
    text.len()
}

/// The length of `$tag$...$tag$` at the start, or of the dollar alone.
fn dollar_quoted(text: &str) -> usize {
    let tag_end = text[1..].find(|next: char| !(next.is_alphanumeric() || next == '_')).map(|index| index + 1);
    match tag_end {
        Some(end) if text[end..].starts_with('$') && !text[1..].starts_with(|first: char| first.is_ascii_digit()) => {
            let tag = &text[..=end];
            text[tag.len()..].find(tag).map_or(text.len(), |index| 2 * tag.len() + index)
        }
        _ => 1,
    }
}

/// The length of the comment at the start, with those inside it.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut index = 0;
    while index < text.len() {
        if text[index..].starts_with("/*") {
            depth += 1;
            index += 2;
        } else if text[index..].starts_with("*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += text[index..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
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
            assert_eq!(check("f", sql), Ok(()), "{sql}");
        }
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
        ] {
            let error = check("0001_a.up.sql", sql).expect_err(sql).to_string();
            assert!(error.starts_with(&format!("the migration file 0001_a.up.sql has `{statement}` in line {line}: ")), "{sql}: {error}");
        }
    }
}
