//! The history of runs, all of it: for files.

use std::collections::HashSet;

use async_stream::try_stream;
use futures::stream::BoxStream;
use model::Error;
use model::run::{Run, RunQuery};

use crate::authorization::{Authorized, permit};

impl Authorized<permit::ImportsRead> {
    /// Every import and undoing that a query asks for, whatever its page. They are read a page at a time, so that nobody who takes them
    /// slowly holds a connection to PRIMARY; one that begins meanwhile may be left out, and none comes twice.
    pub fn all_runs(self, query: RunQuery) -> BoxStream<'static, Result<Run, Error>> {
        Box::pin(try_stream! {
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
        })
    }
}
