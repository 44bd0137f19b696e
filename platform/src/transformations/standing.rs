//! How every relation stands: what it shows, whether that is what its sources say now, and if not, by which runs.
//!
//! Stale follows from the numbers of changes, each made by a run, and from no clock.

use database_connection::DatabaseError;
use database_data::Live;
use model::health::Relation;
use model::integration::{CONTRACTS, Release};
use model::transformation::{Cause, Freshness};

use super::zone_days::{self, ZONE_DAYS};
use super::{ALL, Derived, Transformation, derived_relations};
use crate::Platform;

/// Every relation that can be published, in the order in which files become answers.
pub(crate) struct Standing {
    pub(crate) relations: Vec<Relation>,
}

/// The transformation that fills a relation.
pub(crate) fn made_by(relation: &str) -> Option<&'static Transformation> {
    ALL.iter().copied().find(|transformation| transformation.publishes(relation))
}

impl Standing {
    /// What DATA shows, with the revision of what people have set in PRIMARY.
    pub(crate) fn new(live: &[Live], revision: i64) -> Self {
        let imported = CONTRACTS.iter().map(|contract| contract.relation);
        let mut relations: Vec<Relation> = Vec::new();
        for name in imported.chain(derived_relations()) {
            let shown = live.iter().find(|live| live.relation == name);
            let transformation = made_by(name);
            let mut stale_by: Vec<Cause> = Vec::new();
            if let (Some(shown), Some(transformation)) = (shown.filter(|shown| shown.run_id.is_some()), transformation) {
                if name == zone_days::RELATION && shown.release.as_deref() != Some(revision.to_string().as_str()) {
                    stale_by.push(Cause { relation: ZONE_DAYS.to_owned(), run_id: None });
                }
                for source in &shown.stale_by {
                    let run_id = live.iter().find(|live| live.relation == *source).and_then(|live| live.changed_by.clone());
                    stale_by.push(Cause { relation: source.clone(), run_id });
                }
                // What rests on something stale is stale by the same; sources come before what is made from them.
                let sources =
                    transformation.targets.iter().filter(|derived| derived.target.relation == name).flat_map(|derived| derived.sources);
                for source in sources {
                    let further = relations.iter().filter(|relation| relation.name == *source).flat_map(|relation| &relation.stale_by);
                    let new: Vec<Cause> = further.filter(|cause| !stale_by.contains(cause)).cloned().collect();
                    stale_by.extend(new);
                }
            }
            relations.push(Relation {
                name: name.to_owned(),
                rows: shown.map_or(0, |live| live.rows),
                published_at: shown.and_then(|live| live.published_at),
                // A revision is the platform's own number, and no edition of anything.
                release: shown.filter(|_| name != zone_days::RELATION).and_then(|live| live.release.clone()).map(Release::new),
                run_id: shown.and_then(|live| live.run_id.clone()),
                made_by: transformation.map(|transformation| transformation.name.to_owned()),
                stale_by,
            });
        }
        Self { relations }
    }

    /// The relation of this name.
    pub(crate) fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The relations of these names.
    pub(crate) fn relations_named(&self, names: &[&str]) -> Vec<Relation> {
        names.iter().filter_map(|name| self.relation(name)).cloned().collect()
    }

    fn has_rows(&self, relation: &str) -> bool {
        self.relation(relation).is_some_and(|relation| relation.rows > 0)
    }

    fn is_published(&self, derived: &Derived) -> bool {
        self.relation(derived.target.relation).is_some_and(|relation| relation.run_id.is_some())
    }

    /// Whether there is something to make this of.
    fn can_be_made(&self, derived: &Derived) -> bool {
        derived.needs.is_empty() || derived.needs.iter().any(|source| self.has_rows(source))
    }

    /// Whether what a transformation publishes is what its sources say now.
    pub(super) fn freshness(&self, transformation: &Transformation) -> Freshness {
        let targets = transformation.targets;
        if !self.causes(transformation).is_empty() {
            Freshness::Stale
        } else if targets.iter().any(|derived| !self.is_published(derived) && self.can_be_made(derived)) {
            Freshness::New
        } else if targets.iter().any(|derived| self.is_published(derived)) {
            Freshness::Current
        } else {
            Freshness::Waiting
        }
    }

    /// What has changed since a transformation ran: each cause once.
    pub(super) fn causes(&self, transformation: &Transformation) -> Vec<Cause> {
        let mut causes: Vec<Cause> = Vec::new();
        for relation in transformation.targets.iter().filter_map(|derived| self.relation(derived.target.relation)) {
            for cause in &relation.stale_by {
                if !causes.contains(cause) {
                    causes.push(cause.clone());
                }
            }
        }
        causes
    }
}

impl Platform {
    /// How every relation stands, where what people have set is of this revision.
    pub(crate) async fn standing(&self, revision: i64) -> Result<Standing, DatabaseError> {
        let mut transaction = self.data().begin_read_only().await?;
        let live = transaction.live().await?;
        transaction.commit().await?;
        Ok(Standing::new(&live, revision))
    }

    /// The same, where PRIMARY has not been asked for the revision yet.
    pub(crate) async fn standing_now(&self) -> Result<Standing, DatabaseError> {
        let mut transaction = self.primary().begin_read_only().await?;
        let revision = transaction.zone_days_revision().await?;
        transaction.commit().await?;
        self.standing(revision).await
    }
}
