//! Rows of the workspace's tables as people look at them: searched, filtered, sorted, a page at a time or all.

use futures::TryStreamExt;
use futures::stream::BoxStream;
use model::RunId;
use model::integration::{ColumnType, KindContract};
use model::list::PAGE_SIZE;
use model::table::RowsQuery;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};

use crate::DataTransaction;

/// A row: a text for each column of the contract, and the run that brought it.
pub type BrowsedRow = (Vec<Option<String>>, RunId);

/// A query whose columns have been checked against the contract.
#[derive(Debug, Clone)]
pub struct RowsWanted {
    /// Of which table.
    pub contract: &'static KindContract,
    /// Text with which some column begins.
    pub search: String,
    /// Columns, by their place in the contract, and the values that they must have.
    pub filters: Vec<(usize, String)>,
    /// The column to sort by, and whether descending; the key where none.
    pub sort: Option<(usize, bool)>,
}

impl RowsWanted {
    /// Checks a query's columns. The error is the name that is no column.
    ///
    /// # Errors
    /// The name of a column that the table does not have.
    pub fn new(contract: &'static KindContract, query: &RowsQuery) -> Result<Self, String> {
        let place = |name: &str| contract.columns.iter().position(|column| column.name == name).ok_or_else(|| name.to_owned());
        let sort = match query.sort.strip_prefix('-') {
            _ if query.sort.is_empty() => None,
            Some(name) => Some((place(name)?, true)),
            None => Some((place(&query.sort)?, false)),
        };
        let filters = query.filters.iter().map(|(name, value)| Ok((place(name)?, value.clone()))).collect::<Result<_, String>>()?;
        Ok(Self { contract, search: query.search.trim().to_owned(), filters, sort })
    }

    fn push_where(&self, builder: &mut QueryBuilder<Postgres>) {
        builder.push(" WHERE true");
        for (place, value) in &self.filters {
            let column = self.contract.columns[*place];
            builder.push(format!(" AND {}", column.name));
            match (value.is_empty(), column.kind.is_numeric()) {
                (true, _) => {
                    builder.push(" IS NULL");
                }
                (false, true) => {
                    // As text: what is no number matches nothing, and is no error.
                    builder.push("::text = ").push_bind(value.clone());
                }
                (false, false) => {
                    builder.push("::text ILIKE ").push_bind(escaped(value));
                }
            }
        }
        if !self.search.is_empty() {
            let beginning = format!("{}%", escaped(&self.search));
            builder.push(" AND (false");
            for column in self.contract.columns.iter().filter(|column| !column.kind.is_numeric()) {
                builder.push(format!(" OR {} ", column.name));
                // A code's beginning is compared byte by byte, which an index could serve.
                builder.push(if is_code(column.kind) { "LIKE " } else { "ILIKE " }).push_bind(beginning.clone());
            }
            builder.push(")");
        }
    }

    fn push_order(&self, builder: &mut QueryBuilder<Postgres>) {
        // Named with its table: alone, the name would mean the text that is selected, and 9 would come after 10.
        builder.push(" ORDER BY ");
        if let Some((place, descending)) = self.sort {
            builder.push(format!("r.{}{} NULLS LAST, ", self.contract.columns[place].name, if descending { " DESC" } else { "" }));
        }
        builder.push(self.contract.key().iter().map(|column| format!("r.{}", column.name)).collect::<Vec<_>>().join(", "));
    }

    fn rows(&self) -> QueryBuilder<Postgres> {
        let columns: String = self.contract.columns.iter().map(|column| format!("{}::text, ", column.name)).collect();
        let mut builder = QueryBuilder::new(format!(
            "SELECT {columns}(SELECT p.run_id FROM workspace.publications p WHERE p.number = r.publication) FROM {} r",
            self.contract.relation
        ));
        self.push_where(&mut builder);
        self.push_order(&mut builder);
        builder
    }
}

const fn is_code(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Zip5 | ColumnType::Zip3 | ColumnType::Zip3OrZip5 | ColumnType::Zone | ColumnType::StateCode)
}

/// The text as a pattern that matches nothing but itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn browsed(row: &PgRow, columns: usize) -> Result<BrowsedRow, sqlx::Error> {
    let cells = (0..columns).map(|index| row.try_get(index)).collect::<Result<_, _>>()?;
    let run: Option<String> = row.try_get(columns)?;
    Ok((cells, RunId::new(run.unwrap_or_default())))
}

impl DataTransaction {
    /// A page of the rows that are wanted, and how many there are on all pages.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn browse(&mut self, wanted: &RowsWanted, page: u32) -> Result<(Vec<BrowsedRow>, u64), sqlx::Error> {
        let mut count = QueryBuilder::new(format!("SELECT count(*) FROM {}", wanted.contract.relation));
        wanted.push_where(&mut count);
        let total: i64 = count.build_query_scalar().fetch_one(&mut self.0).await?;
        let mut builder = wanted.rows();
        builder.push(" LIMIT ").push_bind(i64::from(PAGE_SIZE));
        builder.push(" OFFSET ").push_bind(i64::from(page.max(1) - 1) * i64::from(PAGE_SIZE));
        let rows = builder.build().fetch_all(&mut self.0).await?;
        let columns = wanted.contract.columns.len();
        Ok((rows.iter().map(|row| browsed(row, columns)).collect::<Result<_, _>>()?, u64::try_from(total).unwrap_or_default()))
    }

    /// All rows that are wanted, as a stream: the transaction goes with it.
    pub fn browse_all(self, wanted: RowsWanted) -> BoxStream<'static, Result<BrowsedRow, sqlx::Error>> {
        Box::pin(async_stream::try_stream! {
            let mut transaction = self;
            let columns = wanted.contract.columns.len();
            let mut builder = wanted.rows();
            {
                let mut rows = builder.build().fetch(&mut transaction.0);
                while let Some(row) = rows.try_next().await? {
                    yield browsed(&row, columns)?;
                }
            }
            transaction.commit().await?;
        })
    }
}
