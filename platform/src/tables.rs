//! Browsing tables, those that imports fill and those that are derived, and taking them as files.

use database_data::{NotAnswered, RowsWanted};
use futures::StreamExt;
use futures::stream::BoxStream;
use model::health::Relation;
use model::list::Page;
use model::table::{RowsQuery, TableContract, TableRow, TableRows};
use model::{Error, RunId};
use serde_json::json;

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::is_storable;

/// A row as text, a value for each column of the contract, with the run that brought it, if one has.
pub type ExportedRow = (Vec<Option<String>>, Option<RunId>);

/// All rows of a view of a table.
pub struct TableExport {
    /// Of which table.
    pub contract: TableContract,
    /// How many rows the table has; none where only some of them are wanted.
    pub rows_of_all: Option<u64>,
    /// The rows.
    pub rows: BoxStream<'static, Result<ExportedRow, Error>>,
}

impl std::fmt::Debug for TableExport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableExport").field("relation", &self.contract.relation).finish_non_exhaustive()
    }
}

/// Why a query is not answered, for people.
fn refused(contract: &TableContract, why: NotAnswered) -> Error {
    let relation = contract.relation;
    let narrowing = contract.narrowed_by.join(" or ");
    match why {
        NotAnswered::NoColumn(name) => Error::invalid("sort", format!("{relation} has no column {}.", name.escape_default())),
        NotAnswered::TooManyToSearch => {
            Error::invalid("filter", format!("{relation} has too many rows to be searched through: filter by {narrowing} first."))
        }
        NotAnswered::TooManyToSort => {
            let first = contract.columns.first().map_or("", |column| column.name);
            let sentence =
                format!("{relation} has too many rows to be put in this order: filter by {narrowing} first, or sort by {first}.");
            Error::invalid("sort", sentence)
        }
        NotAnswered::TooFarOn => Error::invalid(
            "page",
            format!("{relation} has too many rows to be shown so far on: filter by {narrowing}, or take it as a file."),
        ),
    }
}

fn wanted(query: &RowsQuery) -> Result<RowsWanted, Error> {
    let contract = TableContract::of(&query.table).ok_or_else(|| Error::not_found(format!("table {}", query.table.escape_default())))?;
    let texts = query.filters.values().chain([&query.search]);
    if texts.into_iter().any(|text| !is_storable(text)) {
        return Err(Error::invalid("search", "The text holds a character that no row can hold."));
    }
    RowsWanted::new(contract, query).map_err(|why| refused(&contract, why))
}

impl Authorized<permit::ImportsRead> {
    /// Every table that can be browsed: its rows, since when, and of which run. Those that imports fill come first.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn tables(&self) -> Result<Vec<Relation>, Error> {
        let fault = || unavailable("listing tables");
        let standing = self.platform.standing_now().await.map_err(fault())?;
        let mut transaction = self.platform.data().begin_read_only().await.map_err(fault())?;
        let mut tables = Vec::new();
        for contract in TableContract::all() {
            match standing.relation(contract.relation) {
                Some(relation) => tables.push(relation.clone()),
                // No run has published its rows, so nobody has counted them.
                None => {
                    let rows = transaction.count_rows(&contract).await.map_err(fault())?;
                    tables.push(Relation::seeded(contract.relation, rows));
                }
            }
        }
        transaction.commit().await.map_err(fault())?;
        Ok(tables)
    }

    /// A page of a table's rows.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a table that is none, [`Error::Invalid`] for a column that it does not have, and for what a table of millions
    /// of rows is not asked.
    pub async fn rows(&self, query: &RowsQuery) -> Result<TableRows, Error> {
        let fault = || unavailable("reading a table");
        let wanted = wanted(query)?;
        let page = query.page.max(1);
        wanted.check_page(page).map_err(|why| refused(&wanted.contract, why))?;
        let mut transaction = self.platform.data().begin_read_only().await.map_err(fault())?;
        let (rows, total) = transaction.browse(&wanted, page).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let mut runs: Vec<RunId> = Vec::new();
        let rows = rows
            .into_iter()
            .map(|(cells, run)| {
                let place = run.map(|run| {
                    runs.iter().position(|known| *known == run).unwrap_or_else(|| {
                        runs.push(run);
                        runs.len() - 1
                    })
                });
                TableRow { cells, run: place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX) }
            })
            .collect();
        Ok(TableRows { page: Page { rows, total, page }, runs })
    }

    /// The table of a query that can be answered: what a file of its rows would be like, without taking it.
    ///
    /// # Errors
    /// As [`Authorized::rows`].
    pub fn describe_rows(&self, query: &RowsQuery) -> Result<TableContract, Error> {
        wanted(query).map(|wanted| wanted.contract)
    }

    /// All rows of the view, whatever its page. That somebody takes them is recorded.
    ///
    /// # Errors
    /// As [`Authorized::rows`].
    pub async fn all_rows(&self, query: &RowsQuery) -> Result<TableExport, Error> {
        let fault = || unavailable("reading a table");
        let wanted = wanted(query)?;
        let contract = wanted.contract;
        let what = json!({"search": query.search, "filters": query.filters});
        self.platform.record_download(&self.actor, "table", Some(contract.relation), Some(what)).await?;
        let mut transaction = self.platform.data().begin_read_only().await.map_err(fault())?;
        let rows_of_all = match wanted.is_whole() {
            true => {
                transaction.live().await.map_err(fault())?.into_iter().find(|live| live.relation == contract.relation).map(|live| live.rows)
            }
            false => None,
        };
        let rows = transaction.browse_all(wanted).map(|row| row.map_err(unavailable("reading a table"))).boxed();
        Ok(TableExport { contract, rows_of_all, rows })
    }
}
