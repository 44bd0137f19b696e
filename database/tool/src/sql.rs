//! Reading SQL as PostgreSQL does: statements, words, and what is only a comment. The parser is squawk's.

use std::ops::Range;

use squawk_lexer::TokenKind;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::AstNode;

/// One statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Where it stands in the script, in bytes, its semicolon included.
    pub(crate) range: Range<usize>,
    /// The line of its first word, counted from 1.
    pub(crate) line: usize,
    /// Its words outside quotes, in capitals.
    pub(crate) words: Vec<String>,
}

impl Statement {
    /// The word at this place, or nothing.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    /// Its text.
    pub(crate) fn text<'a>(&self, script: &'a str) -> &'a str {
        &script[self.range.clone()]
    }

    /// Its first two words.
    pub(crate) fn name(&self) -> String {
        self.words.iter().take(2).cloned().collect::<Vec<_>>().join(" ")
    }
}

/// The statements of a script, in order. A passage that is no SQL is left out: see [`first_error`].
pub(crate) fn statements(script: &str) -> Vec<Statement> {
    let file = SourceFile::parse(script).tree();
    file.stmts()
        .filter_map(|statement| {
            let range = statement.syntax().text_range();
            let range = usize::from(range.start())..usize::from(range.end());
            let words = words(&script[range.clone()]);
            let line = line_at(script, range.start);
            (!words.is_empty()).then_some(Statement { range, line, words })
        })
        .collect()
}

/// What of the script the parser does not understand first: the line, counted from 1, and why.
pub(crate) fn first_error(script: &str) -> Option<(usize, String)> {
    let error = SourceFile::parse(script).errors().into_iter().next()?;
    Some((line_at(script, usize::from(error.range().start())), error.message().to_owned()))
}

/// Whether two scripts mean the same to PostgreSQL: they differ in comments, blanks and line ends alone.
pub(crate) fn same_tokens(one: &str, other: &str) -> bool {
    tokens(one).eq(tokens(other))
}

/// The line of this byte, counted from 1.
pub(crate) fn line_at(script: &str, offset: usize) -> usize {
    1 + script[..offset].matches('\n').count()
}

/// The tokens that are neither comment nor blank. Words that are not quoted mean the same in capitals.
fn tokens(script: &str) -> impl Iterator<Item = String> {
    lexed(script).map(|(kind, text)| if kind == TokenKind::Ident { text.to_lowercase() } else { text.to_owned() })
}

fn words(statement: &str) -> Vec<String> {
    lexed(statement).filter(|(kind, _)| *kind == TokenKind::Ident).map(|(_, text)| text.to_uppercase()).collect()
}

fn lexed(script: &str) -> impl Iterator<Item = (TokenKind, &str)> {
    let mut offset = 0;
    squawk_lexer::tokenize(script).filter_map(move |token| {
        let start = offset;
        offset += token.len as usize;
        let meaning =
            !matches!(token.kind, TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::Eof);
        meaning.then(|| (token.kind, &script[start..offset]))
    })
}

#[cfg(test)]
mod tests {
    use super::{first_error, same_tokens, statements};

    #[test]
    fn tells_a_comment_from_a_change() {
        let sql = "CREATE TABLE a (b text DEFAULT 'x'); -- why";
        for same in ["create table a(b text default 'x');", "/* /* new */ */\n\nCREATE TABLE A (b TEXT\r\n\tDEFAULT 'x') ;\n"] {
            assert!(same_tokens(sql, same), "{same}");
        }
        for other in [
            "CREATE TABLE a (b text DEFAULT 'X');",
            "CREATE TABLE \"A\" (b text DEFAULT 'x');",
            "CREATE TABLE a (b text DEFAULT 'x ');",
            "CREATE TABLE a (b text DEFAULT 'x')",
            "CREATE TABLE a (b text DEFAULT '-- why');",
            "",
        ] {
            assert!(!same_tokens(sql, other), "{other}");
        }
        // Inside dollar quotes everything is text, comments too: PostgreSQL keeps them.
        assert!(!same_tokens("DO $$ BEGIN -- a\n END $$", "DO $$ BEGIN -- b\n END $$"));
    }

    #[test]
    fn splits_a_script_at_its_statements() {
        let script =
            "-- no-transaction\nCREATE INDEX CONCURRENTLY a ON b (c);\n\n/* ; */ SELECT ';' AS \"x;y\";\nDO $$ BEGIN; END $$;\nSELECT 1";
        let found = statements(script);
        assert_eq!(
            found.iter().map(|statement| (statement.line, statement.text(script))).collect::<Vec<_>>(),
            [(2, "CREATE INDEX CONCURRENTLY a ON b (c);"), (4, "SELECT ';' AS \"x;y\";"), (5, "DO $$ BEGIN; END $$;"), (6, "SELECT 1")]
        );
        assert_eq!(found[0].words, ["CREATE", "INDEX", "CONCURRENTLY", "A", "ON", "B", "C"]);
        assert_eq!(first_error(script), None);
        assert_eq!(first_error("SELECT 1;\nnonsense here;").map(|(line, _)| line), Some(2));
    }
}
