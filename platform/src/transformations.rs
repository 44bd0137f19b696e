//! Transformations: reference tables from the workspace, built apart, checked, compared with what they replace, and then published.
//!
//! A transformation is a file here with a [`Transformation`], and a line in [`ALL`].

mod build;
mod delivery_matrix;
mod known;
mod lineage;
mod plan;
mod standing;
mod unasked;
mod zip3;
mod zone_days;

use database_data::Target;
use database_primary::{Claimed, RunRecord};
use futures::future::BoxFuture;
use model::list::Page;
use model::run::{Operation, Run, RunDetail, RunQuery};
use model::transformation::{Requested, TransformationState, Wanted};
use model::{Error, RunId};

use crate::authorization::{Authorized, permit};
use crate::runs::{Failure, Work, refused};
use build::Building;

pub(crate) use delivery_matrix::{MATRIX_SOURCES, Meaning, zone_of};
pub(crate) use standing::{Standing, made_by};
pub use zone_days::{ZONE_DAYS, ZoneDaysChange};

/// Every transformation, each after those whose tables it reads.
const ALL: &[&Transformation] = &[&zone_days::TRANSFORMATION, &zip3::TRANSFORMATION, &delivery_matrix::TRANSFORMATION];

/// What a transformation is.
pub(crate) struct Transformation {
    /// Its name in commands and addresses.
    name: &'static str,
    /// What it does, as a sentence for people.
    purpose: &'static str,
    /// What it publishes.
    targets: &'static [Derived],
    /// Fills the targets and says what was checked of them.
    build: for<'a> fn(&'a mut Building) -> BoxFuture<'a, Result<(), Failure>>,
}

/// A relation that a transformation publishes.
#[derive(Debug)]
pub(crate) struct Derived {
    target: Target,
    /// What it is made from, when that is there.
    sources: &'static [&'static str],
    /// Of these, those of which one has to have rows.
    needs: &'static [&'static str],
}

impl Transformation {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// What it reads: each relation once.
    fn sources(&self) -> Vec<&'static str> {
        let mut sources: Vec<&'static str> = Vec::new();
        for source in self.targets.iter().flat_map(|derived| derived.sources) {
            if !sources.contains(source) {
                sources.push(source);
            }
        }
        sources
    }

    fn publishes(&self, relation: &str) -> bool {
        self.targets.iter().any(|derived| derived.target.relation == relation)
    }
}

/// Every transformation's name, each after those whose tables it reads.
pub fn transformation_names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|transformation| transformation.name)
}

/// Every relation that transformations publish.
pub(crate) fn derived_relations() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|transformation| transformation.targets).map(|derived| derived.target.relation)
}

fn named(name: &str) -> Result<&'static Transformation, Error> {
    ALL.iter().copied().find(|transformation| transformation.name == name).ok_or_else(|| {
        let known: Vec<&str> = transformation_names().collect();
        Error::not_found(format!("transformation {}; there are: {}", name.escape_default(), known.join(", ")))
    })
}

/// Works on a claimed transformation.
pub(crate) async fn work(work: Work, claimed: Claimed) -> Result<RunRecord, Failure> {
    if let Some(lacking) = claimed.lacks {
        return Err(refused(format!("{lacking} was to be brought up to date before it and was not. Nothing was changed.")));
    }
    let name = claimed.subject.unwrap_or_default();
    let Some(transformation) = ALL.iter().find(|transformation| transformation.name == name) else {
        return Err(refused(format!("This version of the platform has no transformation {name}.")));
    };
    build::execute(transformation, work).await
}

impl Authorized<permit::TransformationsRead> {
    /// Every transformation with what it reads, what it has published, whether that is up to date, and its latest run.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn transformations(&self) -> Result<Vec<TransformationState>, Error> {
        Ok(self.known().await?.states())
    }

    /// One page of the transformations' runs that the query asks for; its `operation` is taken for transformations.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn runs(&self, query: &RunQuery) -> Result<Page<Run>, Error> {
        self.platform.runs_of(Operation::Transformation, query).await
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
    /// Queues transformations, in order. What is queued or at work already is answered as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of this name.
    pub async fn request(&self, wanted: &Wanted) -> Result<Requested, Error> {
        self.platform.request_transformations(&self.actor, wanted).await
    }

    /// The same, and waits for their ends, whichever these are.
    ///
    /// # Errors
    /// As [`Authorized::request`].
    pub async fn request_and_wait(&self, wanted: &Wanted) -> Result<Vec<RunDetail>, Error> {
        let requested = self.request(wanted).await?;
        // Side by side where one does not come after the other: the queue knows.
        futures::future::try_join_all(requested.runs.iter().map(|(_, id)| self.platform.work_off(id))).await?;
        let mut details = Vec::with_capacity(requested.runs.len());
        for (_, id) in &requested.runs {
            details.push(self.platform.load_run(id, Operation::Transformation).await?);
        }
        Ok(details)
    }

    /// Ends a run of a transformation that has not ended; nothing is changed then. One that is just being published may be quicker.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such run; [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn cancel(&self, id: &RunId) -> Result<(), Error> {
        self.platform.cancel_run(&self.actor, id, Operation::Transformation).await
    }
}
