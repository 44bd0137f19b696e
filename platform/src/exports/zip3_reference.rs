//! `zip3-reference.json`: `{"006":{"lat":18.4,"lng":-66.1,"city":"...","state":"PR","population":123},...}`.
//!
//! Keys in order, no white space, coordinates rounded to 7 decimals, half away from zero, without trailing
//! zeros. Consumers read exactly this, so the text is written here and not by a serializer's defaults.

use database_connection::DatabaseError;
use database_data::{DataTransaction, Zip3Demographics};

use super::{Export, Written};

pub(super) const EXPORT: Export = Export {
    name: "zip3-reference.json",
    purpose: "Centroid, city, state and population of every ZIP3.",
    sources: &["reference.zip3_demographics"],
    media_type: "application/json",
    write: |transaction| Box::pin(read(transaction)),
};

async fn read(transaction: &mut DataTransaction) -> Result<Written, DatabaseError> {
    let rows = transaction.zip3_demographics().await?;
    Ok(Written { bytes: write(&rows), rows: rows.len() as u64 })
}

/// The file for rows that come in order.
fn write(rows: &[Zip3Demographics]) -> Vec<u8> {
    let entries: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                r#""{}":{{"lat":{},"lng":{},"city":{},"state":{},"population":{}}}"#,
                row.zip3,
                coordinate(row.lat),
                coordinate(row.lng),
                serde_json::Value::from(row.city.as_str()),
                serde_json::Value::from(row.state_id.as_str()),
                row.population
            )
        })
        .collect();
    format!("{{{}}}", entries.join(",")).into_bytes()
}

/// Degrees with at most 7 decimals. Rounded as a whole number of ten-millionths, which is exact.
fn coordinate(degrees: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "degrees are at most 180")]
    let units = (degrees * 1e7).round() as i64;
    let sign = if units < 0 { "-" } else { "" };
    let (whole, fraction) = (units.unsigned_abs() / 10_000_000, units.unsigned_abs() % 10_000_000);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{fraction:07}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_rounded_half_away_from_zero_without_trailing_zeros() {
        for (degrees, text) in [
            (18.4, "18.4"),
            (-66.1, "-66.1"),
            (18.0, "18"),
            (0.0, "0"),
            (-0.0, "0"),
            (-0.000_000_01, "0"),
            (0.000_000_05, "0.0000001"),
            (-0.000_000_05, "-0.0000001"),
            (18.123_456_78, "18.1234568"),
            (-179.999_999_96, "-180"),
            (0.5, "0.5"),
        ] {
            assert_eq!(coordinate(degrees), text, "{degrees}");
        }
    }

    #[test]
    fn the_file_has_exactly_the_consumers_shape() {
        let row = Zip3Demographics {
            zip3: "006".parse().expect("a ZIP3"),
            population: 123,
            zips: 2,
            state_id: "PR".to_owned(),
            city: "San \"Añasco\"".to_owned(),
            lat: 18.4,
            lng: -66.1,
        };
        let other = Zip3Demographics { zip3: "010".parse().expect("a ZIP3"), ..row.clone() };
        assert_eq!(
            String::from_utf8(write(&[row, other])).expect("UTF-8"),
            r#"{"006":{"lat":18.4,"lng":-66.1,"city":"San \"Añasco\"","state":"PR","population":123},"010":{"lat":18.4,"lng":-66.1,"city":"San \"Añasco\"","state":"PR","population":123}}"#
        );
    }
}
