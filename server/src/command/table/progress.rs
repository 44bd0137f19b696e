//! How far the file of a table is, as a line.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::{StreamExt, TryStreamExt};

use crate::command::output::{counted, grouped};
use crate::table_export::List;

/// What has been read and written by now.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many rows there are, where that is known beforehand.
    all: Option<u64>,
    rows: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    /// Counts the rows of a list as they are read.
    pub fn counting(list: List) -> (List, Arc<Self>) {
        let progress = Arc::new(Self { all: list.rows_known, ..Self::default() });
        let counted = progress.clone();
        let rows = list.rows.inspect_ok(move |_| _ = counted.rows.fetch_add(1, Ordering::Relaxed)).boxed();
        (List { rows, ..list }, progress)
    }

    /// Counts bytes that were written.
    pub fn wrote(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// `delivery_matrix: 1,133,000 rows, 10 %, 80,123,456 bytes`. A workbook has no bytes before all its rows are there.
    pub fn text(&self, name: &str) -> String {
        let (rows, bytes) = (self.rows.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed));
        let percent = self.all.and_then(|all| (rows.min(all) * 100).checked_div(all)).map(|percent| format!(", {percent} %"));
        let bytes = (bytes > 0).then(|| format!(", {} bytes", grouped(bytes)));
        format!("{name}: {}{}{}", counted(rows, "row", "rows"), percent.unwrap_or_default(), bytes.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table_export::tests::list;

    #[tokio::test]
    async fn rows_are_counted_as_they_are_read_and_told_of_how_many_where_that_is_known() {
        let (counted, progress) = Progress::counting(list(vec![vec!["00601"], vec!["00602"]]));
        assert_eq!(progress.text("us_zips"), "us_zips: 0 rows");
        assert_eq!(counted.rows.count().await, 2);
        progress.wrote(1_200);
        assert_eq!(progress.text("us_zips"), "us_zips: 2 rows, 1,200 bytes");
        let (counted, progress) = Progress::counting(List { rows_known: Some(3), ..list(vec![vec!["00601"]]) });
        assert_eq!((counted.rows.count().await, progress.text("us_zips")), (1, "us_zips: 1 row, 33 %".to_owned()));
    }
}
