//! Which kinds of files somebody may import. Whoever may import any of them holds [`permit::ImportsRun`]; what is done with a file or
//! a run of a kind needs that kind's permission.

use model::run::Run;
use model::{Error, FileKind, Permission};

use crate::authorization::{Authorized, permit};

impl Authorized<permit::ImportsRun> {
    /// Whether the actor may import files of this kind: asked of a kind that is named by hand before its files come.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where not, which is recorded.
    pub fn allow(&self, kind: FileKind) -> Result<(), Error> {
        let permission = Permission::to_import(kind);
        if self.may(permission) {
            return Ok(());
        }
        self.platform.record_denial(&self.actor, permission);
        Err(Error::Forbidden { permission })
    }

    /// The kinds whose files the actor may import.
    pub(super) fn allowed_kinds(&self) -> Vec<FileKind> {
        FileKind::ALL.iter().copied().filter(|kind| self.may(Permission::to_import(*kind))).collect()
    }

    /// Every kind there is: for what concerns them all.
    pub(super) fn allow_all(&self) -> Result<(), Error> {
        FileKind::ALL.iter().try_for_each(|kind| self.allow(*kind))
    }

    /// What is done with a run needs what importing its files needs. Files that were not recognised are of no kind, and nothing was
    /// made of them; a kind that this version does not know may be any.
    pub(super) fn allow_run(&self, run: &Run) -> Result<(), Error> {
        match run.subject.as_deref().map(str::parse::<FileKind>) {
            None => Ok(()),
            Some(Ok(kind)) => self.allow(kind),
            Some(Err(_)) => self.allow_all(),
        }
    }
}

/// Why a file of a kind that its sender may not import is left out.
pub(super) fn not_allowed(kind: FileKind) -> String {
    let (permission, title) = (Permission::to_import(kind), kind.contract().title);
    format!("You need the permission {permission} to import {title}. An administrator can give it to you.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_the_permission_and_the_kind() {
        assert_eq!(
            not_allowed(FileKind::UpsZones),
            "You need the permission imports:ups to import UPS zones. An administrator can give it to you."
        );
    }
}
