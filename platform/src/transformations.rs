//! Transformations: reference tables from the workspace.

mod zip3;

use database_primary::RunRecord;
use model::run::{Operation, RunDetail};
use model::transformation::{TRANSFORMATIONS, TransformationContract, TransformationState};
use model::{Error, RunId};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::{Begun, Failure, Work, refused};

fn contract(name: &str) -> Result<&'static TransformationContract, Error> {
    TRANSFORMATIONS.iter().find(|contract| contract.name == name).ok_or_else(|| {
        let known: Vec<&str> = TRANSFORMATIONS.iter().map(|contract| contract.name).collect();
        Error::not_found(format!("transformation {name}; there are: {}", known.join(", ")))
    })
}

async fn work_on(name: &'static str, work: Work) -> Result<RunRecord, Failure> {
    match name {
        "zip3" => zip3::run(work).await,
        other => Err(refused(format!("There is no transformation {other}."))),
    }
}

impl Authorized<permit::TransformationsRead> {
    /// Every transformation with what it reads, what it has published and its latest run.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn transformations(&self) -> Result<Vec<TransformationState>, Error> {
        let fault = || unavailable("listing transformations");
        let relations = self.platform.relations().await.map_err(fault())?;
        let mut transaction = self.platform.primary().begin_read_only().await.map_err(fault())?;
        let latest = transaction.latest_run_of_each(Operation::Transformation).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let named = |names: &[&str]| relations.iter().filter(|relation| names.contains(&relation.name.as_str())).cloned().collect();
        Ok(TRANSFORMATIONS
            .iter()
            .map(|contract| TransformationState {
                name: contract.name.to_owned(),
                purpose: contract.purpose.to_owned(),
                sources: named(contract.sources),
                targets: named(contract.targets),
                latest: latest.iter().find(|run| run.subject.as_deref() == Some(contract.name)).cloned(),
            })
            .collect())
    }

    /// A run of a transformation.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such run.
    pub async fn run(&self, id: &RunId) -> Result<RunDetail, Error> {
        self.platform.load_run(id, Operation::Transformation).await
    }
}

impl Authorized<permit::TransformationsRun> {
    /// Starts a transformation in the background.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of this name.
    pub async fn start_transformation(&self, name: &str) -> Result<RunId, Error> {
        let name = contract(name)?.name;
        let id = self.platform.begin_run(&self.actor, Operation::Transformation, Some(name)).await?;
        self.platform.spawn_run(self.begun(&id), move |work| work_on(name, work));
        Ok(id)
    }

    /// Runs a transformation and waits for its end, whichever it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of this name.
    pub async fn transform(&self, name: &str) -> Result<RunDetail, Error> {
        let name = contract(name)?.name;
        let id = self.platform.begin_run(&self.actor, Operation::Transformation, Some(name)).await?;
        self.platform.execute_run(self.begun(&id), |work| work_on(name, work)).await;
        self.platform.load_run(&id, Operation::Transformation).await
    }

    fn begun(&self, id: &RunId) -> Begun {
        Begun { actor: self.actor.clone(), id: id.clone(), operation: Operation::Transformation, undoes: None, resumable: false }
    }
}
