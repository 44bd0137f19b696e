//! The history of runs, all of it: for files.

use std::collections::HashSet;

use async_stream::try_stream;
use futures::stream::BoxStream;
use model::Error;
use model::run::{Run, RunQuery};
use serde_json::json;

use crate::authorization::{Authorized, permit};

impl Authorized<permit::ImportsRead> {
    /// Every import and undoing that a query asks for, whatever its page. They are read a page at a time, so that nobody who takes them
    /// slowly holds a connection to PRIMARY; one that begins meanwhile may be left out, and none comes twice. That somebody takes them is
    /// recorded.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when PRIMARY does not answer.
    pub async fn all_runs(self, query: RunQuery) -> Result<BoxStream<'static, Result<Run, Error>>, Error> {
        let what = json!({"subject": query.subject, "state": query.state});
        self.platform.record_download(&self.actor, "runs", None, Some(what)).await?;
        Ok(Box::pin(try_stream! {
            let mut seen = HashSet::new();
            let mut query = RunQuery { page: 1, ..query };
            loop {
                let page = self.runs(&query).await?;
                let is_last = query.page >= page.pages();
                for run in page.rows {
                    if seen.insert(run.id.clone()) {
                        yield run;
                    }
                }
                if is_last {
                    break;
                }
                query.page += 1;
            }
        }))
    }
}
