//! What is known of transformations at one moment: one question to PRIMARY and one to DATA, whatever is made of the answers.

use model::run::{Operation, Run};
use model::transformation::{Check, TransformationState, Transformations};
use model::{Error, RunId};

use super::{ALL, Standing};
use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;

/// The answers.
pub(super) struct Known {
    pub(super) standing: Standing,
    /// The latest run of each transformation.
    pub(super) latest: Vec<Run>,
    /// The latest run of each export.
    pub(super) exported: Vec<Run>,
    /// What was found in the latest runs.
    checks: Vec<(RunId, Vec<Check>)>,
}

impl Known {
    /// The latest run of a transformation.
    pub(super) fn latest_of(&self, name: &str) -> Option<&Run> {
        self.latest.iter().find(|run| run.subject.as_deref() == Some(name))
    }

    /// Every transformation as it stands.
    pub(super) fn states(&self) -> Vec<TransformationState> {
        ALL.iter()
            .map(|transformation| {
                let latest = self.latest_of(transformation.name);
                let checks = latest.and_then(|run| self.checks.iter().find(|(id, _)| *id == run.id)).map(|(_, checks)| checks.clone());
                let targets: Vec<&str> = transformation.targets.iter().map(|derived| derived.target.relation).collect();
                TransformationState {
                    name: transformation.name.to_owned(),
                    purpose: transformation.purpose.to_owned(),
                    sources: self.standing.relations_named(&transformation.sources()),
                    targets: self.standing.relations_named(&targets),
                    freshness: self.standing.freshness(transformation),
                    stale_by: self.standing.causes(transformation),
                    latest: latest.cloned(),
                    checks: checks.unwrap_or_default(),
                }
            })
            .collect()
    }
}

impl Authorized<permit::TransformationsRead> {
    pub(super) async fn known(&self) -> Result<Known, Error> {
        let fault = || unavailable("listing transformations");
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let latest = transaction.latest_run_of_each(Operation::Transformation).await.map_err(fault())?;
        let exported = transaction.latest_run_of_each(Operation::Export).await.map_err(fault())?;
        let runs: Vec<RunId> = latest.iter().map(|run| run.id.clone()).collect();
        let checks = transaction.checks_of(&runs).await.map_err(fault())?;
        let revision = transaction.zone_days_revision().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let standing = self.platform.standing(revision).await.map_err(fault())?;
        Ok(Known { standing, latest, exported, checks })
    }

    /// The lineage and every transformation, as they stand at one moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn lineage_and_transformations(&self) -> Result<Transformations, Error> {
        let known = self.known().await?;
        Ok(Transformations { lineage: known.lineage(), list: known.states() })
    }
}
