//! Seeds: rows that a database is to begin with, from scripts and from tables of text, safe to sow again.

mod file;
mod rows;

use std::collections::BTreeMap;

use database_connection::{Pool, Transaction};
use serde::Serialize;
use serde_json::json;

use crate::{Database, DatabaseKind, ToolError};

use file::Content;
pub use file::Seed;

/// What one seed did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sown {
    /// The file.
    pub file: String,
    /// How many rows there are more than before, in all tables.
    pub rows: i64,
}

/// What a run of the seeds did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seeded {
    /// The seeds that were run, in order.
    pub sown: Vec<Sown>,
    /// Those that do not belong in production, where this is production.
    pub left_out: Vec<String>,
}

impl Database {
    /// The seeds, in the order of their names.
    ///
    /// # Errors
    /// A file cannot be read, is not named as it should be, or holds a statement that a seed may not have.
    pub fn seeds(&self) -> Result<Vec<Seed>, ToolError> {
        self.declaration.seeds.as_ref().map_or_else(|| Ok(Vec::new()), |files| file::read(self.name(), files))
    }

    /// Runs the seeds in one transaction. `production` says that the place of work is production; the database's own mark says it as well,
    /// and only seeds that say that they belong there are run then.
    ///
    /// No seed may add rows when it is run again: scripts are run twice, and refused where the second time leaves more rows in a table
    /// than the first; rows of a text table are skipped where their key is there already.
    ///
    /// # Errors
    /// A seed fails or would add rows each time (nothing of any stays), none belongs in production and this is, migrations are pending,
    /// somebody else is at work, or the database cannot be reached.
    pub async fn seed(&self, pool: &Pool, production: bool) -> Result<Seeded, ToolError> {
        let seeds = self.seeds()?;
        if seeds.is_empty() {
            return Ok(Seeded::default());
        }
        let pending = self.migrator.plan(pool, None).await?.len();
        if pending > 0 {
            let why = format!("{pending} of its migrations are pending; run `handled db migrate {}` before the seeds", self.name());
            return Err(self.refused(why));
        }
        self.migrator.prepare(pool).await?;
        let migrator = &self.migrator;
        migrator
            .in_lease(pool, "seed", async |lease| {
                migrator
                    .with_patience(|| async {
                        let mut transaction = migrator.begin_turn(pool).await?;
                        migrator.still_ours(lease)?;
                        let marked =
                            migrator.marker_in(&mut transaction).await?.is_some_and(|marker| marker.kind == DatabaseKind::Production);
                        let (chosen, left_out) = self.fitting(&seeds, production || marked)?;
                        let sown = self.sow_all(&mut transaction, &chosen).await?;
                        let files: Vec<&str> = chosen.iter().map(|seed| seed.file.as_str()).collect();
                        migrator.log(&mut transaction, &migrator.operator.name, "seed", &json!({ "files": files })).await?;
                        transaction.commit().await.map_err(migrator.doing("committing the seeds"))?;
                        Ok(Seeded { sown, left_out })
                    })
                    .await
            })
            .await
    }

    /// Those that belong here, and the names of the others.
    fn fitting<'a>(&self, seeds: &'a [Seed], production: bool) -> Result<(Vec<&'a Seed>, Vec<String>), ToolError> {
        let (chosen, others): (Vec<&Seed>, Vec<&Seed>) = seeds.iter().partition(|seed| seed.production || !production);
        if chosen.is_empty() {
            let why = "this is production, and none of its seeds says that it belongs there; a script says so by its first line, -- production, \
                       a table by a name that ends in .production.csv";
            return Err(self.refused(why.to_owned()));
        }
        Ok((chosen, others.iter().map(|seed| seed.file.clone()).collect()))
    }

    async fn sow_all(&self, transaction: &mut Transaction, seeds: &[&Seed]) -> Result<Vec<Sown>, ToolError> {
        let mut sown = Vec::with_capacity(seeds.len());
        for seed in seeds {
            let before = self.rows_added(transaction).await?;
            self.sow(transaction, seed).await?;
            let after = self.rows_added(transaction).await?;
            sown.push(Sown { file: seed.file.clone(), rows: after.values().sum::<i64>() - before.values().sum::<i64>() });
        }
        for seed in seeds.iter().filter(|seed| matches!(seed.content, Content::Script(_))) {
            let before = self.rows_added(transaction).await?;
            self.sow(transaction, seed).await?;
            let after = self.rows_added(transaction).await?;
            if let Some((table, _)) = after.iter().find(|(table, rows)| **rows > before.get(*table).copied().unwrap_or(0)) {
                let why = format!(
                    "the seed {} adds rows to {table} each time it is run; write INSERT ... ON CONFLICT DO NOTHING with a key, or WHERE NOT EXISTS; \
                     nothing was sown",
                    seed.file
                );
                return Err(self.refused(why));
            }
        }
        Ok(sown)
    }

    async fn sow(&self, transaction: &mut Transaction, seed: &Seed) -> Result<(), ToolError> {
        match &seed.content {
            Content::Script(sql) => {
                self.migrator.become_owner(transaction).await?;
                transaction.run_script(sql).await.map_err(|source| ToolError::failed(self.name(), seed.file.clone(), sql, source))?;
                self.become_oneself(transaction).await
            }
            Content::Table(table) => self.sow_table(transaction, &seed.file, table).await,
        }
    }

    /// Ends acting as the objects' owner.
    pub(crate) async fn become_oneself(&self, transaction: &mut Transaction) -> Result<(), ToolError> {
        transaction.run_script("SET LOCAL ROLE NONE").await.map_err(self.migrator.doing("ending to act as the objects' owner"))
    }

    /// How many rows this transaction has added to each table so far.
    async fn rows_added(&self, transaction: &mut Transaction) -> Result<BTreeMap<String, i64>, ToolError> {
        let sql = "SELECT schemaname::text || '.' || relname::text, n_tup_ins - n_tup_del FROM pg_stat_xact_user_tables
                   WHERE (n_tup_ins > 0 OR n_tup_del > 0) AND schemaname !~ '^pg_'";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(transaction).await.map_err(self.migrator.doing("counting rows"))?;
        Ok(rows.into_iter().collect())
    }

    fn refused(&self, why: String) -> ToolError {
        ToolError::Refused { database: self.name().to_owned(), why }
    }
}
