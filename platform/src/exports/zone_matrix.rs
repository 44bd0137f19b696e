//! `zone-matrix.json` and the same of one carrier:
//! `{"origins":["005",...],"destinations":["005",...],"matrix":[[1,4,...],...]}`.
//!
//! A cell is the least business days in transit by ground, of the row's origin to the column's destination; 99 where no service is
//! known to take any. Origins and destinations are those that the delivery matrix has for these services, in the codes' order. No white
//! space: the same matrix gives the same bytes.

use std::collections::BTreeMap;

use database_connection::DatabaseError;
use database_data::{AREAS, DataTransaction, MatrixRow};
use model::matrix::{SERVICES, UPS, USPS};

use super::{Export, Written};

const SOURCE: &str = "reference.delivery_matrix";

/// Where there is no service.
const NONE: u8 = 99;

pub(super) const EXPORT: Export = Export {
    name: "zone-matrix.json",
    purpose: "The least days by ground from every ZIP3 to every other, over all carriers.",
    sources: &[SOURCE],
    media_type: "application/json",
    write: |transaction| Box::pin(write(transaction, None)),
};

pub(super) const UPS_EXPORT: Export = Export {
    name: "zone-matrix-ups.json",
    purpose: "The days by UPS Ground from every ZIP3 to every other.",
    write: |transaction| Box::pin(write(transaction, Some(UPS))),
    ..EXPORT
};

pub(super) const USPS_EXPORT: Export = Export {
    name: "zone-matrix-usps.json",
    purpose: "The least days by USPS's ground services from every ZIP3 to every other.",
    write: |transaction| Box::pin(write(transaction, Some(USPS))),
    ..EXPORT
};

async fn write(transaction: &mut DataTransaction, carrier: Option<&str>) -> Result<Written, DatabaseError> {
    let services: Vec<&str> = SERVICES
        .iter()
        .filter(|service| service.ground && carrier.is_none_or(|carrier| service.carrier == carrier))
        .map(|service| service.code)
        .collect();
    let mut least = Least::default();
    for row in transaction.matrix_rows(None, &services).await? {
        least.take(&row);
    }
    Ok(least.write())
}

/// The least days by origin, and the destinations that anything goes to.
struct Least {
    origins: BTreeMap<String, [u8; AREAS]>,
    destinations: [bool; AREAS],
}

impl Default for Least {
    fn default() -> Self {
        Self { origins: BTreeMap::new(), destinations: [false; AREAS] }
    }
}

impl Least {
    fn take(&mut self, row: &MatrixRow) {
        let mut is_served = false;
        let mut least = self.origins.get(&row.origin).copied().unwrap_or([NONE; AREAS]);
        for (area, least) in least.iter_mut().enumerate() {
            let value = row.value(area);
            // An area without days has a service all the same where it has a zone.
            if !value.exists() {
                continue;
            }
            is_served = true;
            self.destinations[area] = true;
            if value.days > 0 {
                *least = value.days.min(*least);
            }
        }
        if is_served {
            self.origins.insert(row.origin.clone(), least);
        }
    }

    fn write(&self) -> Written {
        let destinations: Vec<usize> = (0..AREAS).filter(|area| self.destinations[*area]).collect();
        let mut bytes = Vec::with_capacity(64 + self.origins.len() * (8 + 3 * destinations.len()) + 6 * destinations.len());
        bytes.extend_from_slice(b"{\"origins\":[");
        separated(&mut bytes, self.origins.keys(), |bytes, origin| bytes.extend_from_slice(format!("\"{origin}\"").as_bytes()));
        bytes.extend_from_slice(b"],\"destinations\":[");
        separated(&mut bytes, &destinations, |bytes, area| bytes.extend_from_slice(format!("\"{area:03}\"").as_bytes()));
        bytes.extend_from_slice(b"],\"matrix\":[");
        separated(&mut bytes, self.origins.values(), |bytes, least| {
            bytes.push(b'[');
            separated(bytes, &destinations, |bytes, area| digits(bytes, least[*area]));
            bytes.push(b']');
        });
        bytes.extend_from_slice(b"]}");
        Written { bytes, rows: self.origins.len() as u64 }
    }
}

fn separated<T>(bytes: &mut Vec<u8>, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Vec<u8>, T)) {
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        write(bytes, item);
    }
}

/// A number below a hundred: almost a million of them are in a file, and formatting takes longer.
fn digits(bytes: &mut Vec<u8>, number: u8) {
    if number >= 10 {
        bytes.push(b'0' + number / 10);
    }
    bytes.push(b'0' + number % 10);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(origin: &str, days: &[(usize, u8)], zones: &[(usize, u16)]) -> MatrixRow {
        let mut bytes = vec![0; AREAS];
        days.iter().for_each(|(area, days)| bytes[*area] = *days);
        let mut zone_bytes = vec![0; 2 * AREAS];
        zones.iter().for_each(|(area, zone)| zone_bytes[2 * area..2 * area + 2].copy_from_slice(&zone.to_be_bytes()));
        MatrixRow {
            origin: origin.to_owned(),
            carrier: "UPS".to_owned(),
            service: "GND".to_owned(),
            days: bytes.into(),
            zones: (!zones.is_empty()).then(|| zone_bytes.into()),
            measured: None,
        }
    }

    #[test]
    fn the_file_has_exactly_the_consumers_shape() {
        let mut least = Least::default();
        least.take(&row("010", &[(5, 3), (100, 12)], &[(967, 44)]));
        least.take(&row("010", &[(5, 2), (100, 14)], &[]));
        least.take(&row("005", &[(5, 1)], &[]));
        least.take(&row("999", &[], &[]));
        let written = least.write();
        assert_eq!(
            (String::from_utf8(written.bytes).expect("text").as_str(), written.rows),
            (r#"{"origins":["005","010"],"destinations":["005","100","967"],"matrix":[[1,99,99],[2,12,99]]}"#, 2)
        );
    }
}
