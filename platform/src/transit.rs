//! Transit: from where to where in how many days, by every service of every carrier, and where each figure comes from.
//!
//! Areas are answered by the published matrix. What is known of the very ZIPs comes before it, from the imported rows themselves: the zones
//! of Hawaii and Alaska's ZIPs, and measured days between two ZIPs.

mod figures;
mod found;
mod places;

use std::collections::HashMap;

use database_data::{Brought, Live};
use model::transformation::Freshness;
use model::transit::{MadeBy, MatrixState, Provenance, Transit, TransitQuery};
use model::{Error, RunId};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::transformations::{MATRIX_SOURCES, Standing};
use found::Found;

/// What areas are answered by.
const MATRIX: &str = "reference.delivery_matrix";

/// What PRIMARY knows of runs: who asked for them, and the file, by the run and the origin that was asked for.
#[derive(Debug, Default)]
struct Names(HashMap<(RunId, Option<String>), (String, Option<String>)>);

impl Names {
    fn by(&self, run_id: &RunId) -> Option<String> {
        self.0.get(&(run_id.clone(), None)).map(|(actor, _)| actor.clone())
    }

    fn provenance(&self, relation: &str, brought: &Brought) -> Provenance {
        let known = self.0.get(&(brought.run_id.clone(), brought.origin.clone()));
        Provenance {
            relation: relation.to_owned(),
            file: known.and_then(|(_, file)| file.clone()),
            run_id: brought.run_id.clone(),
            at: brought.published_at,
            by: known.map(|(actor, _)| actor.clone()),
        }
    }
}

/// What the matrix's run and these are called, and how every relation stands: PRIMARY's part, in one transaction.
async fn ask_primary(platform: &crate::Platform, live: &[Live], brought: Vec<&Brought>) -> Result<(Names, Standing), Error> {
    let fault = || unavailable("looking up who imported what transit times are from");
    let mut wanted: Vec<(RunId, Option<String>)> =
        brought.into_iter().map(|brought| (brought.run_id.clone(), brought.origin.clone())).collect();
    wanted.extend(shown(live).and_then(|matrix| matrix.run_id.clone()).map(|run| (run, None)));
    wanted.sort_unstable();
    wanted.dedup();
    let mut transaction = platform.primary().begin_read_only().await.map_err(fault())?;
    let (known, revision) = transaction.brought_by(&wanted).await.map_err(fault())?;
    transaction.commit().await.map_err(fault())?;
    let names = known.into_iter().map(|known| ((known.run_id, known.origin), (known.actor, known.file))).collect();
    Ok((Names(names), Standing::new(live, revision)))
}

fn shown(live: &[Live]) -> Option<&Live> {
    live.iter().find(|live| live.relation == MATRIX)
}

fn has_rows(standing: &Standing, relation: &str) -> bool {
    standing.relation(relation).is_some_and(|relation| relation.rows > 0)
}

fn matrix_state(names: &Names, standing: &Standing) -> MatrixState {
    let matrix = standing.relation(MATRIX);
    let made = matrix.and_then(|matrix| Some((matrix.run_id.clone()?, matrix.published_at?)));
    let stale_by = matrix.map(|matrix| matrix.stale_by.clone()).unwrap_or_default();
    let freshness = match &made {
        Some(_) if stale_by.is_empty() => Freshness::Current,
        Some(_) => Freshness::Stale,
        None if MATRIX_SOURCES.iter().any(|source| has_rows(standing, source)) => Freshness::New,
        None => Freshness::Waiting,
    };
    let made = made.map(|(run_id, at)| MadeBy { by: names.by(&run_id), run_id, at });
    MatrixState { freshness, stale_by, made }
}

impl Authorized<permit::TransitRead> {
    /// Every service of every carrier from one ZIP or ZIP3 to another, with where each figure comes from.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is neither a ZIP nor a ZIP3; [`Error::Unavailable`] when a database does not answer.
    pub async fn transit(&self, query: &TransitQuery) -> Result<Transit, Error> {
        let (from, to) = query.codes()?;
        let found = Found::read(self.platform.data(), &from, &to).await.map_err(unavailable("looking a transit time up"))?;
        let (names, standing) = ask_primary(&self.platform, &found.live, found.brought()).await?;
        let matrix = matrix_state(&names, &standing);
        let zips_known = has_rows(&standing, "workspace.us_zips");
        Ok(Transit {
            miles: places::miles(&found.places, &from, &to),
            notes: [&from, &to].into_iter().filter_map(|code| places::note(&found.places, code, zips_known)).collect(),
            carriers: figures::carriers(&found, &names, &standing, &from, &to),
            from: places::spot(&found.places, from),
            to: places::spot(&found.places, to),
            matrix,
        })
    }

    /// How the matrix stands from which areas are answered.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn transit_matrix(&self) -> Result<MatrixState, Error> {
        let fault = || unavailable("looking at the delivery matrix");
        let mut transaction = self.platform.data().begin_read_only().await.map_err(fault())?;
        let live = transaction.live().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let (names, standing) = ask_primary(&self.platform, &live, Vec::new()).await?;
        Ok(matrix_state(&names, &standing))
    }
}
