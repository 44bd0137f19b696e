//! Hearing what a database tells by `NOTIFY`: over a line of its own, past any pooler.

use sqlx::Error;
use sqlx::postgres::{PgListener, PgPoolOptions};

use crate::url::DatabaseUrl;

/// A line to a database on which notifications are heard. It makes what others tell known sooner, and nothing may depend on it: a
/// line can be dead for long before anybody notices.
#[derive(Debug, Clone)]
pub struct Listener {
    url: DatabaseUrl,
    channel: &'static str,
}

impl Listener {
    /// A line to this database, for this channel. Nothing is connected yet.
    pub fn new(url: &DatabaseUrl, channel: &'static str) -> Self {
        Self { url: url.clone(), channel }
    }

    /// Connects and calls `heard` for each notification, and once at the beginning, until the line breaks. Answers why it did.
    pub async fn listen(&self, heard: impl Fn()) -> Error {
        self.until_broken(&heard).await.err().unwrap_or(Error::PoolClosed)
    }

    async fn until_broken(&self, heard: &impl Fn()) -> Result<(), Error> {
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(self.url.connect_options_named("handled listener"));
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(self.channel).await?;
        heard();
        // Nothing means that the line broke and a new one is there: what was told in between is lost, so it is looked once.
        loop {
            listener.try_recv().await?;
            heard();
        }
    }
}
