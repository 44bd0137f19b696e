//! As JSON lines: an object a row, its columns in order, numbers as numbers and what is empty as null.

use axum::body::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use model::Error;

use super::{BATCH, List, ListColumn, Row};
use crate::fault::fault;

/// The file, in pieces.
pub fn jsonl(list: List) -> BoxStream<'static, Result<Bytes, Error>> {
    let List { columns, rows, .. } = list;
    let batches = rows.try_ready_chunks(BATCH);
    batches
        .map(move |batch| {
            let rows = batch.map_err(|broken| broken.1)?;
            let mut text = String::new();
            rows.iter().try_for_each(|row| write(&mut text, &columns, row)).map_err(|error| fault("writing JSON lines", &error))?;
            Ok(Bytes::from(text))
        })
        .boxed()
}

fn write(text: &mut String, columns: &[ListColumn], row: &Row) -> Result<(), serde_json::Error> {
    for (place, (column, cell)) in columns.iter().zip(row).enumerate() {
        text.push(if place == 0 { '{' } else { ',' });
        // Names of columns are plain words.
        text.push('"');
        text.push_str(column.name);
        text.push_str("\":");
        match cell.as_deref() {
            None => text.push_str("null"),
            // As the database writes it, which is a number to JSON but for those that are none.
            Some(number) if column.values.are_numbers() && number.parse::<f64>().is_ok_and(f64::is_finite) => text.push_str(number),
            Some(other) => text.push_str(&serde_json::to_string(other)?),
        }
    }
    text.push_str("}\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table_export::tests::{broken, list};

    #[tokio::test]
    async fn a_row_is_an_object_with_its_columns_in_order() {
        let rows = vec![vec!["00601", "18.18", "-66.75", "=1+\"1\"", "PR", "", "5"], vec!["10001", "NaN"]];
        let pieces: Vec<Bytes> = jsonl(list(rows)).try_collect().await.expect("written");
        let text = String::from_utf8(pieces.concat()).expect("UTF-8");
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        assert!(
            text.starts_with(r#"{"zip":"00601","lat":18.18,"lng":-66.75,"city":"=1+\"1\"","state_id":"PR","state_name":null,"#),
            "{text}"
        );
        assert_eq!(
            (lines.len(), &lines[0]["population"], &lines[1]["lat"], &lines[1]["run"]),
            (2, &5.into(), &"NaN".into(), &"0199".into())
        );
        assert!(jsonl(broken()).try_collect::<Vec<_>>().await.is_err());
    }
}
