//! Publishing: rows go into a shadow table that nobody sees, and a view with a stable name is pointed at it.
//!
//! Views that people built on the stable name go on working, readers never see an empty or half-filled
//! table, and everything up to the ledger's row is one transaction: a process that dies leaves nothing.

use std::time::Duration;

use database_connection::is_lock_timeout;
use model::RunId;
use model::run::Published;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnection, PgCopyIn};

use crate::{BinaryRows, DataPool, DataTransaction};

/// How long a swap waits behind readers before it lets those behind it pass, milliseconds.
const LOCK_TIMEOUT: u32 = 100;
/// How often a swap is tried. With the pauses between, a reader may hold on for about five minutes.
const ATTEMPTS: u32 = 300;
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Why rows could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Somebody reads the relation in a transaction that does not end.
    #[error("{relation} is being read by a transaction that does not end, so it could not be replaced")]
    Busy {
        /// The relation.
        relation: String,
    },
    /// DATA refused or did not answer.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A relation that a transformation fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its stable name, with its schema; its tables have it with a number.
    pub relation: &'static str,
    /// The view that is pointed at its table: the relation itself, unless that shows the table's rows in another form.
    pub view: &'static str,
    /// Its columns, in the order in which they are copied; the key first.
    pub columns: &'static [&'static str],
    /// How many of the first columns together tell rows apart.
    pub key_columns: usize,
}

impl Target {
    /// A relation that is its table's own view.
    pub const fn new(relation: &'static str, columns: &'static [&'static str], key_columns: usize) -> Self {
        Self { relation, view: relation, columns, key_columns }
    }

    /// The columns that together tell rows apart.
    pub fn key(&self) -> &'static [&'static str] {
        &self.columns[..self.key_columns]
    }
}

/// A table that is being filled to take a relation's place.
#[derive(Debug)]
pub struct Shadow {
    pub(crate) target: Target,
    pub(crate) table: String,
    number: i64,
}

/// A COPY in progress.
pub struct Copying<'a>(pub(crate) PgCopyIn<&'a mut PgConnection>);

impl Copying<'_> {
    /// Sends encoded rows.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), sqlx::Error> {
        self.0.send(bytes).await.map(drop)
    }

    /// Ends the COPY and answers how many rows it brought.
    ///
    /// # Errors
    /// When DATA refuses a row or does not answer.
    pub async fn finish(self) -> Result<u64, sqlx::Error> {
        self.0.finish().await
    }
}

impl DataTransaction {
    /// Waits until no other transaction is about to publish this relation, and keeps others from it until this one ends. What
    /// a publication is made from is to be read after this: then the later publication is never made from older rows.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn take_turn(&mut self, relation: &str) -> Result<(), sqlx::Error> {
        sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('publish ' || $1, 0))", relation).execute(&mut self.0).await.map(drop)
    }

    /// Makes an empty shadow of a relation that has a `_layout`, when it is this transaction's turn.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn create_shadow(&mut self, target: Target) -> Result<Shadow, sqlx::Error> {
        let relation = target.relation;
        self.take_turn(relation).await?;
        let number = self.next_number().await?;
        let table = format!("{relation}_{number}");
        // The key is made after the rows are in, which is quicker.
        let create = format!(
            "CREATE TABLE {table} (LIKE {relation}_layout INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING COMMENTS INCLUDING STORAGE)"
        );
        sqlx::query(AssertSqlSafe(create)).execute(&mut self.0).await?;
        Ok(Shadow { target, table, number })
    }

    /// Begins to copy rows in binary format into a shadow, in the order of the target's columns.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn copy_into(&mut self, shadow: &Shadow) -> Result<Copying<'_>, sqlx::Error> {
        let statement = format!("COPY {} ({}) FROM STDIN WITH (FORMAT binary)", shadow.table, shadow.target.columns.join(", "));
        self.0.copy_in(&statement).await.map(Copying)
    }

    /// Reads what a query selects, in binary format: several times quicker than row by row where there are many.
    ///
    /// # Errors
    /// When DATA does not answer or refuses the query.
    pub(crate) async fn copy_out(&mut self, query: &str) -> Result<BinaryRows<'_>, sqlx::Error> {
        self.0.copy_out(&format!("COPY ({query}) TO STDOUT WITH (FORMAT binary)")).await.map(BinaryRows::new)
    }

    /// A key that more than one row of a filled shadow has, if there is one: the first, as people read it.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn repeated_key(&mut self, shadow: &Shadow) -> Result<Option<String>, sqlx::Error> {
        let key = shadow.target.key().join(", ");
        let texts: Vec<String> = shadow.target.key().iter().map(|column| format!("{column}::text")).collect();
        let query = format!(
            "SELECT concat_ws(' ', {}) FROM {} GROUP BY {key} HAVING count(*) > 1 ORDER BY {key} LIMIT 1",
            texts.join(", "),
            shadow.table
        );
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_optional(&mut self.0).await
    }

    /// Gives a filled shadow its key and the planner its statistics.
    ///
    /// # Errors
    /// When two rows share the key, or DATA does not answer.
    pub async fn index_shadow(&mut self, shadow: &Shadow) -> Result<(), sqlx::Error> {
        let (table, key) = (&shadow.table, shadow.target.key().join(", "));
        self.0.run_script(&format!("ALTER TABLE {table} ADD PRIMARY KEY ({key}); ANALYZE {table};")).await
    }

    /// Points the views of all these relations at their shadows and writes the ledger's rows, with the edition that they are of,
    /// where there are editions. Visible once the transaction commits, which must follow at once: nobody can read the relations until
    /// it does.
    ///
    /// # Errors
    /// As [`swap`].
    pub async fn publish(
        &mut self,
        run_id: &RunId,
        filled: &[(Shadow, u64)],
        release: Option<&str>,
    ) -> Result<Vec<Published>, PublishError> {
        let views: Vec<(&str, String)> = filled.iter().map(|(shadow, _)| (shadow.target.view, shadow.table.clone())).collect();
        swap(self, &views).await?;
        let mut published = Vec::new();
        for (Shadow { target: Target { relation, .. }, number, .. }, rows) in filled {
            self.record_publication(*number, relation, run_id, *rows, release).await?;
            published.push(Published { relation: (*relation).to_owned(), rows: *rows });
        }
        Ok(published)
    }

    /// What a run published: the truth about whether it happened.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn published_by(&mut self, run_id: &RunId) -> Result<Vec<Published>, sqlx::Error> {
        let rows = sqlx::query!("SELECT relation, rows FROM workspace.publications WHERE run_id = $1 ORDER BY number", run_id.as_str())
            .fetch_all(&mut self.0)
            .await?;
        Ok(rows.into_iter().map(|row| Published { relation: row.relation, rows: u64::try_from(row.rows).unwrap_or_default() }).collect())
    }

    /// Records a publication, and that its relation shows it.
    pub(crate) async fn record_publication(
        &mut self,
        number: i64,
        relation: &str,
        run_id: &RunId,
        rows: u64,
        release: Option<&str>,
    ) -> Result<(), sqlx::Error> {
        let change = self.next_number().await?;
        sqlx::query!(
            "INSERT INTO workspace.publications (number, relation, run_id, rows, release, change)
             OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6)",
            number,
            relation,
            run_id.as_str(),
            i64::try_from(rows).unwrap_or(i64::MAX),
            release,
            change,
        )
        .execute(&mut self.0)
        .await?;
        self.show(relation, Some(number), change, run_id).await
    }

    pub(crate) async fn next_number(&mut self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar!(r#"SELECT nextval(pg_get_serial_sequence('workspace.publications', 'number')) AS "number!""#)
            .fetch_one(&mut self.0)
            .await
    }
}

/// Points views at tables, all of them or none.
///
/// A swap needs the views for itself. Waiting for one of them behind a long reader (a dump, say) would make every later reader
/// wait too, so it gives up quickly, lets go of all of them, and tries again.
///
/// # Errors
/// [`PublishError::Busy`] after [`ATTEMPTS`]; otherwise when DATA does not answer.
pub(crate) async fn swap(transaction: &mut DataTransaction, views: &[(&str, String)]) -> Result<(), PublishError> {
    let statements: String = views.iter().map(|(view, table)| format!("CREATE OR REPLACE VIEW {view} AS SELECT * FROM {table};")).collect();
    let script = format!(
        "SAVEPOINT swap; SET LOCAL lock_timeout = {LOCK_TIMEOUT}; {statements} SET LOCAL lock_timeout TO DEFAULT; RELEASE SAVEPOINT swap;"
    );
    let mut attempt = 1;
    while let Err(error) = transaction.0.run_script(&script).await {
        if !is_lock_timeout(&error) {
            return Err(error.into());
        }
        let relation = views.iter().map(|(view, _)| *view).collect::<Vec<_>>().join(" or ");
        if attempt == ATTEMPTS {
            return Err(PublishError::Busy { relation });
        }
        transaction.0.run_script("ROLLBACK TO SAVEPOINT swap; RELEASE SAVEPOINT swap;").await?;
        tracing::info!(relation, attempt, "a reader holds what is to be replaced; the swap is tried again");
        tokio::time::sleep(PAUSE).await;
        attempt += 1;
    }
    Ok(())
}

impl DataPool {
    /// Drops the tables of a relation that are neither shown nor staged nor among the `kept` latest of its replaced versions. One that
    /// is still being read, or that somebody built on directly, stays until next time, with a line in the log.
    pub(crate) async fn drop_replaced(&self, relation: &str, kept: i64) -> Result<(), sqlx::Error> {
        let mut transaction = self.begin().await?;
        let tables = sqlx::query_scalar!(
            r#"SELECT t.name AS "table!"
               FROM (SELECT schemaname || '.' || tablename AS name, schemaname || '.' || regexp_replace(tablename, '_[0-9]+$', '') AS relation,
                            substring(tablename FROM '_([0-9]+)$')::bigint AS number
                     FROM pg_catalog.pg_tables WHERE tablename ~ '_[0-9]+$' AND schemaname IN ('workspace', 'reference')) t
               WHERE t.relation = $1
                 AND NOT EXISTS (SELECT 1 FROM workspace.stagings s WHERE s.number = t.number)
                 AND NOT EXISTS (SELECT 1 FROM workspace.live l WHERE l.publication = t.number)
                 AND t.number NOT IN (SELECT p.number FROM workspace.publications p
                                      WHERE p.relation = $1 AND p.undone_at IS NULL
                                        AND p.number IS DISTINCT FROM (SELECT l.publication FROM workspace.live l WHERE l.relation = $1)
                                      ORDER BY p.change DESC LIMIT $2)"#,
            relation,
            kept
        )
        .fetch_all(&mut transaction.0)
        .await?;
        for table in tables {
            let drop =
                format!("SAVEPOINT one; SET LOCAL lock_timeout = {LOCK_TIMEOUT}; DROP TABLE IF EXISTS {table}; RELEASE SAVEPOINT one;");
            if let Err(error) = transaction.0.run_script(&drop).await {
                if error.as_database_error().is_none() {
                    return Err(error);
                }
                tracing::warn!(table, %error, "a replaced table stays for now");
                transaction.0.run_script("ROLLBACK TO SAVEPOINT one;").await?;
            }
        }
        transaction.commit().await
    }
}
