//! What a statement is about, and what it makes.

use squawk_syntax::ast::{AstNode, Stmt};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::name::Name;

/// What statements so far have made and renamed, and what is therefore not in the database under these names.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    made: Vec<Name>,
    /// The new name, and the one in the database.
    renamed: Vec<(Name, Name)>,
}

impl Made {
    /// Whether one of the statements made it.
    pub(super) fn makes(&self, name: &Name) -> bool {
        self.made.iter().any(|made| made.is(name))
    }

    /// What the database calls this now.
    pub(super) fn in_database(&self, name: &Name) -> Name {
        let old = self.renamed.iter().rev().find(|(new, _)| new.is(name)).map(|(_, old)| old);
        old.map_or_else(|| name.clone(), |old| Name { schema: old.schema.clone().or_else(|| name.schema.clone()), name: old.name.clone() })
    }

    /// Takes in what another statement does.
    pub(super) fn learn(&mut self, statement: &Stmt) {
        self.made.extend(made(statement));
        match renamed(statement) {
            Some((old, new)) if self.makes(&old) => self.made.push(new),
            Some((old, new)) => self.renamed.push((new, self.in_database(&old))),
            None => {}
        }
    }

    /// Takes in what a later script does.
    pub(super) fn add(&mut self, later: Self) {
        for (new, old) in later.renamed {
            if self.makes(&old) {
                self.made.push(new);
            } else {
                let old = self.in_database(&old);
                self.renamed.push((new, old));
            }
        }
        self.made.extend(later.made);
    }
}

/// What a statement makes, where it has a name.
pub(super) fn made(statement: &Stmt) -> Option<Name> {
    let node = statement.syntax();
    if !format!("{:?}", node.kind()).starts_with("CREATE_") {
        return None;
    }
    Some(name_of(&node.descendants().find(|node| node.kind() == SyntaxKind::PATH)?))
}

/// What a statement is about, as it is written: what it drops, or the table that it changes or reads.
pub(super) fn subjects(statement: &Stmt) -> Vec<Name> {
    let paths = statement.syntax().descendants().filter(is_subject).map(|node| name_of(&node));
    match statement {
        Stmt::DropTable(_)
        | Stmt::DropIndex(_)
        | Stmt::DropView(_)
        | Stmt::DropMaterializedView(_)
        | Stmt::DropFunction(_)
        | Stmt::DropType(_)
        | Stmt::DropSequence(_)
        | Stmt::DropDomain(_)
        | Stmt::Truncate(_) => paths.collect(),
        _ => paths.take(1).collect(),
    }
}

/// The table that a statement renames, from and to.
fn renamed(statement: &Stmt) -> Option<(Name, Name)> {
    let Stmt::AlterTable(table) = statement else { return None };
    let rename = table.syntax().descendants().find(|node| node.kind() == SyntaxKind::TABLE_RENAME_TO)?;
    let new = name_of(&rename.descendants().find(|node| node.kind() == SyntaxKind::PATH)?);
    let old = subjects(statement).into_iter().next()?;
    let schema = new.schema.or_else(|| old.schema.clone());
    Some((old, Name { schema, name: new.name }))
}

/// Whether this is the path of a thing, and neither a part of another path nor a type.
fn is_subject(node: &SyntaxNode) -> bool {
    let parent = node.parent().map(|parent| parent.kind());
    node.kind() == SyntaxKind::PATH_REF && !matches!(parent, Some(SyntaxKind::PATH_REF | SyntaxKind::PATH | SyntaxKind::PATH_TYPE))
}

fn name_of(path: &SyntaxNode) -> Name {
    Name::read(&path.text().to_string())
}
