//! What is queued, at work or waiting for somebody, of every kind of work that somebody may see.

use model::run::{Operation, Run};
use model::{Error, Permission};

use crate::authorization::{Authorized, Permit};
use crate::failure::unavailable;

/// How many are listed at most.
const LISTED: u32 = 20;

impl<P: Permit> Authorized<P> {
    /// Imports, undoings and transformations that have not ended, each kind as far as the actor may see it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn unfinished(&self) -> Result<Vec<Run>, Error> {
        let fault = || unavailable("listing what is at work");
        let seen = [
            (Permission::ImportsRead, Operation::Import),
            (Permission::ImportsRead, Operation::Undo),
            (Permission::TransformationsRead, Operation::Transformation),
        ];
        let operations: Vec<Operation> =
            seen.into_iter().filter(|(permission, _)| self.may(*permission)).map(|(_, operation)| operation).collect();
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let runs = transaction.unfinished_runs(&operations, LISTED).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(runs)
    }
}
