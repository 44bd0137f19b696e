//! Rows of tables as people look at them: searched, filtered, sorted, a page at a time or all.

use futures::TryStreamExt;
use futures::stream::BoxStream;
use model::RunId;
use model::integration::{Column, ColumnType};
use model::list::PAGE_SIZE;
use model::table::{BroughtBy, RowsQuery, TableContract};
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};

use crate::DataTransaction;

/// The last page of a table that is not searched through: what comes before it has to be passed over each time.
const LAST_PAGE: u32 = 1_000;

/// A row: a text for each column of the contract, and the run that brought it, if one has.
pub type BrowsedRow = (Vec<Option<String>>, Option<RunId>);

/// A query whose columns have been checked against the contract.
#[derive(Debug, Clone)]
pub struct RowsWanted {
    /// Of which table.
    pub contract: TableContract,
    /// Text with which some column begins.
    pub search: String,
    /// Columns, by their place in the contract, and the values that they must have.
    pub filters: Vec<(usize, String)>,
    /// The column to sort by, and whether descending; the key where none.
    pub sort: Option<(usize, bool)>,
}

/// Why a query is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAnswered {
    /// The table has no column of this name.
    NoColumn(String),
    /// The table has too many rows for this search or filter.
    TooManyToSearch,
    /// The table has too many rows for this order.
    TooManyToSort,
    /// The table has too many rows for this page.
    TooFarOn,
}

impl RowsWanted {
    /// Checks a query's columns.
    ///
    /// # Errors
    /// The name of a column that the table does not have; an order that a table of so many rows is not put into.
    pub fn new(contract: TableContract, query: &RowsQuery) -> Result<Self, NotAnswered> {
        let place = |name: &str| {
            let place = contract.columns.iter().position(|column| column.name == name);
            place.ok_or_else(|| NotAnswered::NoColumn(name.to_owned()))
        };
        let sort = match query.sort.strip_prefix('-') {
            _ if query.sort.is_empty() => None,
            Some(name) => Some((place(name)?, true)),
            None => Some((place(&query.sort)?, false)),
        };
        let filters = query.filters.iter().map(|(name, value)| Ok((place(name)?, value.clone()))).collect::<Result<_, _>>()?;
        let wanted = Self { contract, search: query.search.trim().to_owned(), filters, sort };
        // The key's first column is the order in which the rows lie.
        if !wanted.is_narrow() && wanted.sort.is_some_and(|(place, _)| place > 0) {
            return Err(NotAnswered::TooManyToSort);
        }
        Ok(wanted)
    }

    /// Checks that a page of it can be shown.
    ///
    /// # Errors
    /// That a table of so many rows is not searched through, or not shown so far on.
    pub fn check_page(&self, page: u32) -> Result<(), NotAnswered> {
        match (self.is_narrow(), self.is_whole()) {
            (true, _) => Ok(()),
            (false, false) => Err(NotAnswered::TooManyToSearch),
            (false, true) if page > LAST_PAGE => Err(NotAnswered::TooFarOn),
            (false, true) => Ok(()),
        }
    }

    /// Whether the rows are few enough to be counted and put in any order.
    fn is_narrow(&self) -> bool {
        let narrows = |(place, value): &(usize, String)| !value.is_empty() && self.contract.narrowed_by.contains(&self.column(*place).name);
        self.contract.narrowed_by.is_empty() || self.filters.iter().any(narrows)
    }

    /// Whether all of the table's rows are wanted.
    pub fn is_whole(&self) -> bool {
        self.filters.is_empty() && self.search.is_empty()
    }

    fn column(&self, place: usize) -> &'static Column {
        &self.contract.columns[place]
    }

    fn push_where(&self, builder: &mut QueryBuilder<Postgres>) {
        builder.push(" WHERE true");
        for (place, value) in &self.filters {
            let column = self.column(*place);
            builder.push(format!(" AND r.{}", column.name));
            if value.is_empty() {
                builder.push(" IS NULL");
            } else if column.kind.is_numeric() {
                // As text: what is no number matches nothing, and is no error.
                builder.push("::text = ").push_bind(value.clone());
            } else if *place < self.contract.key_columns || is_code(column.kind) {
                // Codes have capital letters; an index serves a comparison of them.
                builder.push(" = ").push_bind(value.to_uppercase());
            } else {
                builder.push("::text ILIKE ").push_bind(escaped(value));
            }
        }
        if !self.search.is_empty() {
            let beginning = format!("{}%", escaped(&self.search));
            builder.push(" AND (false");
            for column in self.contract.columns.iter().filter(|column| !column.kind.is_numeric()) {
                builder.push(format!(" OR r.{} ", column.name));
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
            let column = self.column(place);
            // A key is never empty, and its own order is the one that an index has.
            let nulls = if column.nullable { " NULLS LAST" } else { "" };
            builder.push(format!("r.{}{}{nulls}, ", column.name, if descending { " DESC" } else { "" }));
        }
        builder.push(self.contract.key().iter().map(|column| format!("r.{}", column.name)).collect::<Vec<_>>().join(", "));
    }

    fn rows(&self) -> QueryBuilder<Postgres> {
        let relation = self.contract.relation;
        let columns: String = self.contract.columns.iter().map(|column| format!("r.{}::text, ", column.name)).collect();
        let run = match self.contract.brought_by {
            BroughtBy::Row => "(SELECT p.run_id FROM workspace.publications p WHERE p.number = r.publication)".to_owned(),
            BroughtBy::Table => format!(
                "(SELECT p.run_id FROM workspace.live l JOIN workspace.publications p ON p.number = l.publication WHERE l.relation = '{relation}')"
            ),
            BroughtBy::Nobody => "NULL::text".to_owned(),
        };
        let mut builder = QueryBuilder::new(format!("SELECT {columns}{run} FROM {relation} r"));
        self.push_where(&mut builder);
        self.push_order(&mut builder);
        builder
    }

    fn count(&self) -> QueryBuilder<Postgres> {
        let relation = self.contract.relation;
        if !self.is_narrow() && self.is_whole() {
            return QueryBuilder::new(format!(
                "SELECT coalesce((SELECT p.rows FROM workspace.live l JOIN workspace.publications p ON p.number = l.publication
                                  WHERE l.relation = '{relation}'), 0)"
            ));
        }
        let mut count = QueryBuilder::new(format!("SELECT count(*) FROM {relation} r"));
        self.push_where(&mut count);
        count
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
    Ok((cells, run.map(RunId::new)))
}

impl DataTransaction {
    /// A page of the rows that are wanted, and how many there are on all pages. Of a table of too many rows,
    /// [`RowsWanted::check_page`] comes before.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn browse(&mut self, wanted: &RowsWanted, page: u32) -> Result<(Vec<BrowsedRow>, u64), sqlx::Error> {
        let total: i64 = wanted.count().build_query_scalar().fetch_one(&mut self.0).await?;
        let mut builder = wanted.rows();
        builder.push(" LIMIT ").push_bind(i64::from(PAGE_SIZE));
        builder.push(" OFFSET ").push_bind(i64::from(page.max(1) - 1) * i64::from(PAGE_SIZE));
        let rows = builder.build().fetch_all(&mut self.0).await?;
        let columns = wanted.contract.columns.len();
        Ok((rows.iter().map(|row| browsed(row, columns)).collect::<Result<_, _>>()?, u64::try_from(total).unwrap_or_default()))
    }

    /// How many rows a table has, counted.
    ///
    /// # Errors
    /// When DATA does not answer.
    pub async fn count_rows(&mut self, contract: &TableContract) -> Result<u64, sqlx::Error> {
        let mut count = QueryBuilder::new(format!("SELECT count(*) FROM {}", contract.relation));
        let rows: i64 = count.build_query_scalar().fetch_one(&mut self.0).await?;
        Ok(u64::try_from(rows).unwrap_or_default())
    }

    /// All rows that are wanted, as a stream: the transaction goes with it.
    pub fn browse_all(self, wanted: RowsWanted) -> BoxStream<'static, Result<BrowsedRow, sqlx::Error>> {
        if wanted.contract.relation == "reference.delivery_matrix" && wanted.is_whole() && wanted.sort.is_none() {
            return self.matrix_values();
        }
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
