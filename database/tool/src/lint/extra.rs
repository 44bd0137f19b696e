//! What squawk does not look for.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{AlterTableAction, AstNode, Stmt};

use super::rule::{REFRESHING_VIEW, REWRITING_TABLE, Rule};

/// The rule that a statement breaks, and the byte where it does.
pub(super) fn broken(statement: &Stmt) -> Option<(usize, &'static Rule)> {
    let (rule, node) = match statement {
        Stmt::AlterTable(table) => (&REWRITING_TABLE, table.actions().find_map(|action| rewritten(&action))?),
        Stmt::Cluster(cluster) => (&REWRITING_TABLE, cluster.syntax().clone()),
        Stmt::Vacuum(vacuum) if vacuum.is_full() => (&REWRITING_TABLE, vacuum.syntax().clone()),
        Stmt::Refresh(refresh) if refresh.concurrently_token().is_none() => (&REFRESHING_VIEW, refresh.syntax().clone()),
        _ => return None,
    };
    let first = node.children_with_tokens().find(|element| !element.kind().is_trivia());
    let range = first.map_or(node.text_range(), |element| element.text_range());
    Some((usize::from(range.start()), rule))
}

fn rewritten(action: &AlterTableAction) -> Option<SyntaxNode> {
    match action {
        AlterTableAction::SetLogged(node) => Some(node.syntax().clone()),
        AlterTableAction::SetUnlogged(node) => Some(node.syntax().clone()),
        AlterTableAction::SetTablespace(node) => Some(node.syntax().clone()),
        AlterTableAction::SetAccessMethod(node) => Some(node.syntax().clone()),
        _ => None,
    }
}
