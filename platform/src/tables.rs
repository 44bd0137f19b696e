//! Browsing the workspace's tables.

use database_data::RowsWanted;
use futures::StreamExt;
use futures::stream::BoxStream;
use model::health::Relation;
use model::integration::KindContract;
use model::list::Page;
use model::table::{RowsQuery, TableRow, TableRows};
use model::{Error, RunId};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;
use crate::runs::is_storable;

/// A row as text, a value for each column of the contract, with the run that brought it.
pub type ExportedRow = (Vec<Option<String>>, RunId);

/// All rows of a view of a table.
pub struct TableExport {
    /// Of which table.
    pub contract: &'static KindContract,
    /// The rows.
    pub rows: BoxStream<'static, Result<ExportedRow, Error>>,
}

impl std::fmt::Debug for TableExport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableExport").field("contract", &self.contract.name).finish_non_exhaustive()
    }
}

fn wanted(query: &RowsQuery) -> Result<RowsWanted, Error> {
    let contract =
        KindContract::of_relation(&query.table).ok_or_else(|| Error::not_found(format!("table {}", query.table.escape_default())))?;
    let texts = query.filters.values().chain([&query.search]);
    if texts.into_iter().any(|text| !is_storable(text)) {
        return Err(Error::invalid("search", "The text holds a character that no row can hold."));
    }
    RowsWanted::new(contract, query)
        .map_err(|name| Error::invalid("sort", format!("{} has no column {}.", contract.relation, name.escape_default())))
}

impl Authorized<permit::ImportsRead> {
    /// Every table of the workspace: its rows, since when, and of which run.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when DATA does not answer.
    pub async fn tables(&self) -> Result<Vec<Relation>, Error> {
        let relations = self.platform.relations().await.map_err(unavailable("listing tables"))?;
        Ok(relations.into_iter().filter(|relation| KindContract::of_relation(&relation.name).is_some()).collect())
    }

    /// A page of a table's rows.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a table that is none, [`Error::Invalid`] for a column that it does not have.
    pub async fn rows(&self, query: &RowsQuery) -> Result<TableRows, Error> {
        let fault = || unavailable("reading a table");
        let wanted = wanted(query)?;
        let page = query.page.max(1);
        let mut transaction = self.platform.data().begin_read_only().await.map_err(fault())?;
        let (rows, total) = transaction.browse(&wanted, page).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        let mut runs: Vec<RunId> = Vec::new();
        let rows = rows
            .into_iter()
            .map(|(cells, run)| {
                let place = runs.iter().position(|known| *known == run).unwrap_or_else(|| {
                    runs.push(run);
                    runs.len() - 1
                });
                TableRow { cells, run: u32::try_from(place).unwrap_or_default() }
            })
            .collect();
        Ok(TableRows { page: Page { rows, total, page }, runs })
    }

    /// All rows of the view, whatever its page.
    ///
    /// # Errors
    /// As [`Authorized::rows`].
    pub async fn all_rows(&self, query: &RowsQuery) -> Result<TableExport, Error> {
        let wanted = wanted(query)?;
        let contract = wanted.contract;
        let transaction = self.platform.data().begin_read_only().await.map_err(unavailable("reading a table"))?;
        let rows = transaction.browse_all(wanted).map(|row| row.map_err(unavailable("reading a table"))).boxed();
        Ok(TableExport { contract, rows })
    }
}
