//! The ledger of runs: what decides, across a crash and two databases, whether a run happened.

use model::RunId;

use crate::{DataPool, DataTransaction};

/// What the ledger says of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its transaction committed: what it published is there.
    Published,
    /// It was given up: what it did not publish until then it never will.
    Abandoned,
}

impl DataTransaction {
    /// Claims the run's outcome for this transaction, which is about to commit what it published. Answers
    /// `false` when the run was abandoned meanwhile: the transaction must not commit.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn claim_published(&mut self, run_id: &RunId) -> Result<bool, sqlx::Error> {
        self.claim(run_id, "published").await
    }

    async fn claim(&mut self, run_id: &RunId, outcome: &str) -> Result<bool, sqlx::Error> {
        let inserted = sqlx::query!(
            "INSERT INTO workspace.run_ledger (run_id, outcome) VALUES ($1, $2) ON CONFLICT (run_id) DO NOTHING",
            run_id.as_str(),
            outcome
        )
        .execute(&mut self.0)
        .await?;
        Ok(inserted.rows_affected() == 1)
    }
}

impl DataPool {
    /// What the ledger says of a run by now; none while it is undecided.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn outcome(&self, run_id: &RunId) -> Result<Option<Outcome>, sqlx::Error> {
        let mut transaction = self.begin_read_only().await?;
        let outcome = sqlx::query_scalar!("SELECT outcome FROM workspace.run_ledger WHERE run_id = $1", run_id.as_str())
            .fetch_optional(&mut transaction.0)
            .await?;
        transaction.commit().await?;
        Ok(outcome.map(|outcome| if outcome == "published" { Outcome::Published } else { Outcome::Abandoned }))
    }

    /// Decides a run whose process is gone: abandons it, unless it has published. Afterwards the answer never changes.
    ///
    /// # Errors
    /// When DATA does not answer; nothing is decided then.
    pub async fn settle(&self, run_id: &RunId) -> Result<Outcome, sqlx::Error> {
        let mut transaction = self.begin().await?;
        // Waits for a publishing transaction that has claimed the outcome and is about to commit.
        transaction.claim(run_id, "abandoned").await?;
        let outcome = sqlx::query_scalar!("SELECT outcome FROM workspace.run_ledger WHERE run_id = $1", run_id.as_str())
            .fetch_one(&mut transaction.0)
            .await?;
        transaction.commit().await?;
        Ok(if outcome == "published" { Outcome::Published } else { Outcome::Abandoned })
    }
}
