//! Indexes that are built while the table is in use: what an interrupted build leaves behind.

use database_connection::Transaction;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::{AstNode, Stmt};

use crate::sql::Statement;
use crate::{Migrator, ToolError};

/// An index that a statement builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConcurrentIndex {
    /// The index's name, as it is written: quoted where it has to be.
    pub(crate) name: String,
    /// The table, as it is written; its schema is the index's too.
    pub(crate) table: String,
}

/// What there is of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndexState {
    /// Nothing.
    Absent,
    /// Another connection builds it.
    InTheMaking,
    /// Left over from a build that failed.
    Invalid,
    /// Complete.
    Valid,
}

/// Whether this builds an index concurrently and leaves the name to the server.
pub(crate) fn is_nameless(statement: &Statement) -> bool {
    let place = statement.words.iter().position(|word| word == "CONCURRENTLY");
    matches!(statement.word(1), "INDEX" | "UNIQUE") && place.is_some_and(|place| statement.word(place + 1) == "ON")
}

/// The index that this statement builds concurrently, if it does.
pub(crate) fn index_of(statement: &str) -> Option<ConcurrentIndex> {
    let file = SourceFile::parse(statement).tree();
    let Stmt::CreateIndex(create) = file.stmts().next()? else { return None };
    create.concurrently_token()?;
    let name = create.index()?.syntax().text().to_string();
    let table = create.table_relation_name()?.syntax().text().to_string();
    Some(ConcurrentIndex { name: name.trim().to_owned(), table: table.trim().trim_start_matches("ONLY").trim().to_owned() })
}

impl ConcurrentIndex {
    /// The index with its schema, as SQL: it stands where its table does.
    fn qualified(&self) -> String {
        match self.table.rsplit_once('.') {
            Some((schema, _)) => format!("{}.{}", schema.trim(), self.name),
            None => self.name.clone(),
        }
    }

    /// The statement that removes it.
    pub(crate) fn drop_statement(&self) -> String {
        format!("DROP INDEX CONCURRENTLY IF EXISTS {}", self.qualified())
    }
}

impl Migrator {
    /// What there is of the index.
    pub(crate) async fn index_state(&self, transaction: &mut Transaction, index: &ConcurrentIndex) -> Result<IndexState, ToolError> {
        let row: Option<(bool, bool)> = sqlx::query_as(
            "SELECT indisvalid, EXISTS (SELECT FROM pg_stat_progress_create_index AS progress WHERE progress.index_relid = indexrelid)
             FROM pg_index WHERE indexrelid = to_regclass($1)",
        )
        .bind(index.qualified())
        .fetch_optional(transaction)
        .await
        .map_err(self.doing("looking at an index"))?;
        Ok(match row {
            None => IndexState::Absent,
            Some((_, true)) => IndexState::InTheMaking,
            Some((true, false)) => IndexState::Valid,
            Some((false, false)) => IndexState::Invalid,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ConcurrentIndex, index_of};

    #[test]
    fn knows_the_index_that_a_statement_builds() {
        let index = |name: &str, table: &str| Some(ConcurrentIndex { name: name.to_owned(), table: table.to_owned() });
        for (sql, expected) in [
            ("CREATE INDEX CONCURRENTLY a ON b (c);", index("a", "b")),
            ("create unique index concurrently if not exists \"A b\" on config.\"T\" using btree (c)", index("\"A b\"", "config.\"T\"")),
            ("CREATE INDEX a ON b (c)", None),
            ("CREATE TABLE a ()", None),
        ] {
            assert_eq!(index_of(sql), expected, "{sql}");
        }
        assert_eq!(
            index_of("CREATE INDEX CONCURRENTLY a ON config.b (c)").map(|index| index.drop_statement()).as_deref(),
            Some("DROP INDEX CONCURRENTLY IF EXISTS config.a")
        );
    }
}
