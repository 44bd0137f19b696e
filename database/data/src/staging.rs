//! Staging: a run's rows are copied to where nobody sees them, get their key, are compared with what is shown, and wait there for
//! the moment in which they take its place.

use model::RunId;
use model::integration::{KindContract, Replacement};
use model::run::Published;
use sqlx::AssertSqlSafe;

use crate::publications::{Copying, PublishError, swap};
use crate::{DataPool, DataTransaction};

/// Rows that are being staged, or have been.
#[derive(Debug, Clone)]
pub struct Staging {
    /// Of what kind.
    pub contract: &'static KindContract,
    /// The number that will be their publication's.
    pub number: i64,
    /// Rows staged; 0 until they are.
    pub rows: u64,
    /// Their edition, where it is known.
    pub release: Option<String>,
    /// The relation's change with which they were compared.
    pub compared: i64,
    /// The publication that they correct, whose rows came along; none where they stand for themselves.
    pub base: Option<i64>,
}

impl Staging {
    /// The table that holds the rows.
    pub(crate) fn table(&self) -> String {
        match self.contract.replacement {
            Replacement::Table => format!("{}_{}", self.contract.relation, self.number),
            Replacement::Origins => format!("{}_rows", self.contract.relation),
        }
    }

    /// The rows as something to select from: a table, or a part of one.
    pub(crate) fn rows_sql(&self) -> String {
        match self.contract.replacement {
            Replacement::Table => self.table(),
            Replacement::Origins => format!("(SELECT * FROM {} WHERE version = {})", self.table(), self.number),
        }
    }

    /// The columns of a COPY, in order: the contract's, and the numbers that [`Staging::numbers`] tells.
    fn copied_columns(&self) -> String {
        let mut columns: Vec<&str> = self.contract.columns.iter().map(|column| column.name).collect();
        columns.push("publication");
        if self.contract.replacement == Replacement::Origins {
            columns.push("version");
        }
        columns.join(", ")
    }

    /// How many times [`Staging::number`] follows the contract's values in each copied row, as `bigint`.
    pub fn numbers(&self) -> u16 {
        match self.contract.replacement {
            Replacement::Table => 1,
            Replacement::Origins => 2,
        }
    }
}

/// The key's columns, separated by commas.
pub(crate) fn key_columns(contract: &KindContract) -> String {
    contract.key().iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

impl DataTransaction {
    /// Makes room for a run's rows. A kind whose tables no migration has made gets them now.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn stage(&mut self, contract: &'static KindContract, run_id: &RunId) -> Result<Staging, sqlx::Error> {
        self.make_relation(contract).await?;
        let number = self.next_number().await?;
        let staging = Staging { contract, number, rows: 0, release: None, compared: 0, base: None };
        if contract.replacement == Replacement::Table {
            let (table, layout) = (staging.table(), format!("{}_layout", contract.relation));
            // The key is made after the rows are in, which is quicker.
            let create = format!("CREATE TABLE {table} (LIKE {layout} INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING COMMENTS)");
            self.0.run_script(&create).await?;
        }
        sqlx::query!(
            "INSERT INTO workspace.stagings (number, relation, run_id) VALUES ($1, $2, $3)",
            number,
            contract.relation,
            run_id.as_str()
        )
        .execute(&mut self.0)
        .await?;
        Ok(staging)
    }

    /// Makes a kind's tables and its view where there are none: what the migrations of the kinds that queries name do.
    async fn make_relation(&mut self, contract: &KindContract) -> Result<(), sqlx::Error> {
        let relation = contract.relation;
        let exists = sqlx::query_scalar!(r#"SELECT to_regclass($1) IS NOT NULL AS "exists!""#, relation).fetch_one(&mut self.0).await?;
        if exists {
            return Ok(());
        }
        self.take_turn(relation).await?;
        let columns: String = contract
            .columns
            .iter()
            .map(|column| {
                let collation = if column.kind.sql() == "text" { " COLLATE \"C\"" } else { "" };
                let null = if column.nullable { "" } else { " NOT NULL" };
                format!("{} {}{collation}{null}, ", column.name, column.kind.sql())
            })
            .collect();
        let script = match contract.replacement {
            Replacement::Table => format!(
                "CREATE TABLE IF NOT EXISTS {relation}_layout ({columns}publication bigint NOT NULL);
                 CREATE OR REPLACE VIEW {relation} AS SELECT * FROM {relation}_layout;"
            ),
            Replacement::Origins => {
                let names: String = contract.columns.iter().map(|column| format!("r.{}, ", column.name)).collect();
                format!(
                    "CREATE TABLE IF NOT EXISTS {relation}_rows
                         ({columns}publication bigint NOT NULL, version bigint NOT NULL, PRIMARY KEY (version, {key}));
                     CREATE OR REPLACE VIEW {relation} AS SELECT {names}r.publication FROM {relation}_rows r
                         JOIN workspace.origin_versions v ON v.publication = r.version AND v.origin = r.origin WHERE v.live;",
                    key = key_columns(contract)
                )
            }
        };
        self.0.run_script(&script).await
    }

    /// Begins to copy rows in binary format: the contract's values, then [`Staging::numbers`] times the number.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn copy_staged(&mut self, staging: &Staging) -> Result<Copying<'_>, sqlx::Error> {
        let statement = format!("COPY {} ({}) FROM STDIN WITH (FORMAT binary)", staging.table(), staging.copied_columns());
        self.0.copy_in(&statement).await.map(Copying)
    }

    /// Gives staged rows their key and adds the rows of what they correct, if anything.
    ///
    /// `corrects` is the run whose version they are merged into: its rows come along, except those that the staged ones replace.
    /// Answers the rows that there are then, and `None` where that version is not shown any more.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn complete_staging(
        &mut self,
        staging: &mut Staging,
        copied: u64,
        corrects: Option<&RunId>,
    ) -> Result<Option<u64>, sqlx::Error> {
        let (table, key) = (staging.table(), key_columns(staging.contract));
        if staging.contract.replacement == Replacement::Table {
            self.0.run_script(&format!("ALTER TABLE {table} ADD PRIMARY KEY ({key})")).await?;
        }
        let mut rows = copied;
        if let Some(base) = corrects {
            match self.add_corrected(staging, base).await? {
                Some(added) => rows += added,
                None => return Ok(None),
            }
        }
        staging.rows = rows;
        sqlx::query!(
            "UPDATE workspace.stagings SET rows = $2, release = $3, base = $4 WHERE number = $1",
            staging.number,
            i64::try_from(rows).unwrap_or(i64::MAX),
            staging.release,
            staging.base,
        )
        .execute(&mut self.0)
        .await?;
        Ok(Some(rows))
    }

    /// Whether something that a run published is shown.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn is_shown(&mut self, contract: &KindContract, run_id: &RunId) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM workspace.publications p
                              WHERE p.run_id = $1 AND p.relation = $2
                                AND (CASE WHEN $3 THEN EXISTS (SELECT 1 FROM workspace.live l WHERE l.publication = p.number)
                                     ELSE EXISTS (SELECT 1 FROM workspace.origin_versions v WHERE v.publication = p.number AND v.live) END))
               AS "shown!""#,
            run_id.as_str(),
            contract.relation,
            contract.replacement == Replacement::Table,
        )
        .fetch_one(&mut self.0)
        .await
    }

    /// Adds the rows of the version that a run made, which keep the publication that brought them. Answers `None` where it is not
    /// shown any more.
    async fn add_corrected(&mut self, staging: &mut Staging, base: &RunId) -> Result<Option<u64>, sqlx::Error> {
        let contract = staging.contract;
        let number = sqlx::query_scalar!(
            "SELECT number FROM workspace.publications WHERE run_id = $1 AND relation = $2 AND undone_at IS NULL",
            base.as_str(),
            contract.relation
        )
        .fetch_optional(&mut self.0)
        .await?;
        let Some(number) = number else { return Ok(None) };
        staging.base = Some(number);
        if !self.corrects_what_is_shown(staging).await? {
            return Ok(None);
        }
        let columns: String = contract.columns.iter().map(|column| format!("{}, ", column.name)).collect();
        let (table, key) = (staging.table(), key_columns(contract));
        let merge = match contract.replacement {
            Replacement::Table => format!(
                "INSERT INTO {table} ({columns}publication) SELECT {columns}publication FROM {}_{number} ON CONFLICT ({key}) DO NOTHING",
                contract.relation
            ),
            Replacement::Origins => format!(
                "INSERT INTO {table} ({columns}publication, version)
                 SELECT {columns}publication, {own} FROM {table}
                 WHERE version = {number} AND origin IN (SELECT DISTINCT origin FROM {table} WHERE version = {own})
                 ON CONFLICT (version, {key}) DO NOTHING",
                own = staging.number
            ),
        };
        let added = sqlx::query(AssertSqlSafe(merge)).execute(&mut self.0).await?;
        Ok(Some(added.rows_affected()))
    }

    /// Whether the version that the staged rows correct is shown still, for every origin of theirs; so where they correct none.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn corrects_what_is_shown(&mut self, staging: &Staging) -> Result<bool, sqlx::Error> {
        let Some(base) = staging.base else { return Ok(true) };
        let shown = match staging.contract.replacement {
            Replacement::Table => "SELECT EXISTS (SELECT 1 FROM workspace.live WHERE relation = $1 AND publication = $2)".to_owned(),
            Replacement::Origins => format!(
                "SELECT NOT EXISTS (SELECT 1 FROM (SELECT DISTINCT origin FROM {} s) t LEFT JOIN workspace.origin_versions v
                     ON v.relation = $1 AND v.origin = t.origin AND v.publication = $2 AND v.live WHERE v.publication IS NULL)",
                staging.rows_sql()
            ),
        };
        sqlx::query_scalar(AssertSqlSafe(shown)).bind(staging.contract.relation).bind(base).fetch_one(&mut self.0).await
    }

    /// What a run has staged, if anything.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn staged_by(&mut self, run_id: &RunId) -> Result<Option<Staging>, sqlx::Error> {
        let row = sqlx::query!(
            "SELECT number, relation, rows, release, compared, base FROM workspace.stagings WHERE run_id = $1",
            run_id.as_str()
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(row.and_then(|row| {
            let contract = KindContract::of_relation(&row.relation)?;
            let rows = u64::try_from(row.rows).unwrap_or_default();
            Some(Staging { contract, number: row.number, rows, release: row.release, compared: row.compared, base: row.base })
        }))
    }

    /// Puts staged rows in the place of what is shown. The caller claims the run's outcome and commits, at once.
    ///
    /// # Errors
    /// [`PublishError::Busy`] where somebody reads the relation and does not end; otherwise when DATA does not answer.
    pub async fn publish_staging(&mut self, staging: &Staging, run_id: &RunId) -> Result<Published, PublishError> {
        let relation = staging.contract.relation;
        self.take_turn(relation).await?;
        if staging.contract.replacement == Replacement::Table {
            swap(self, &[(relation, staging.table())]).await?;
        }
        self.record_publication(staging.number, relation, run_id, staging.rows, staging.release.as_deref()).await?;
        if let Some(base) = staging.base {
            self.record_correction(staging.number, base).await?;
        }
        if staging.contract.replacement == Replacement::Origins {
            let versions = format!(
                "INSERT INTO workspace.origin_versions (publication, relation, origin, rows, live)
                 SELECT $1, $2, origin, count(*), false FROM {} s GROUP BY origin",
                staging.rows_sql()
            );
            sqlx::query(AssertSqlSafe(versions)).bind(staging.number).bind(relation).execute(&mut self.0).await?;
            sqlx::query!(
                "UPDATE workspace.origin_versions v SET live = false
                 FROM workspace.origin_versions n
                 WHERE n.publication = $1 AND v.relation = $2 AND v.origin = n.origin AND v.live",
                staging.number,
                relation
            )
            .execute(&mut self.0)
            .await?;
            sqlx::query!("UPDATE workspace.origin_versions SET live = true WHERE publication = $1", staging.number)
                .execute(&mut self.0)
                .await?;
        }
        sqlx::query!("DELETE FROM workspace.stagings WHERE number = $1", staging.number).execute(&mut self.0).await?;
        Ok(Published { relation: relation.to_owned(), rows: staging.rows })
    }

    async fn delete_staged_rows(&mut self, staging: &Staging) -> Result<(), sqlx::Error> {
        let delete = format!("DELETE FROM {} WHERE version = {}", staging.table(), staging.number);
        sqlx::query(AssertSqlSafe(delete)).execute(&mut self.0).await.map(drop)
    }
}

impl DataPool {
    /// Removes what a run has staged, if anything.
    ///
    /// # Errors
    /// When DATA does not answer; the rows stay then, unseen, until this is called again.
    pub async fn discard_staging(&self, run_id: &RunId) -> Result<(), sqlx::Error> {
        let mut transaction = self.begin().await?;
        let Some(staging) = transaction.staged_by(run_id).await? else { return transaction.commit().await };
        match staging.contract.replacement {
            Replacement::Table => transaction.0.run_script(&format!("DROP TABLE IF EXISTS {}", staging.table())).await?,
            Replacement::Origins => transaction.delete_staged_rows(&staging).await?,
        }
        sqlx::query!("DELETE FROM workspace.stagings WHERE number = $1", staging.number).execute(&mut transaction.0).await?;
        transaction.commit().await
    }

    /// The runs that have rows staged.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn staging_runs(&self) -> Result<Vec<RunId>, sqlx::Error> {
        let mut transaction = self.begin_read_only().await?;
        let runs = sqlx::query_scalar!(r#"SELECT run_id AS "run_id: RunId" FROM workspace.stagings"#).fetch_all(&mut transaction.0).await?;
        transaction.commit().await?;
        Ok(runs)
    }
}
