//! What the hashes of rows and seals are made of. Every field is written with its length, and what is not there differs from what is empty, so
//! that no two different rows are written alike. Times count microseconds, as PostgreSQL keeps them, and JSON is the text that PostgreSQL
//! writes, so that a copy of the database in another place has the same hashes.

use chrono::{DateTime, Utc};
use database_primary::{AuditRow, Seal};
use sha2::{Digest, Sha256};

/// What stands before the first seal.
pub(super) const NOTHING: [u8; 32] = [0; 32];

/// Writes fields one after another into a hash.
struct Fields(Sha256);

impl Fields {
    fn of(kind: &str) -> Self {
        Self(Sha256::new()).bytes(kind.as_bytes())
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn number(mut self, number: i64) -> Self {
        self.0.update(number.to_be_bytes());
        self
    }

    fn moment(self, moment: DateTime<Utc>) -> Self {
        self.number(moment.timestamp_micros())
    }

    fn optional(mut self, text: Option<&str>) -> Self {
        match text {
            None => {
                self.0.update([0]);
                self
            }
            Some(text) => {
                self.0.update([1]);
                self.bytes(text.as_bytes())
            }
        }
    }

    fn end(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

/// The hash of a row.
pub(super) fn row_hash(row: &AuditRow) -> Vec<u8> {
    Fields::of("audit row 1")
        .number(row.id)
        .moment(row.at)
        .optional(row.user_id.as_deref())
        .bytes(row.actor.as_bytes())
        .optional(row.on_behalf_of.as_deref())
        .bytes(row.action.as_bytes())
        .bytes(row.resource.as_bytes())
        .optional(row.resource_id.as_deref())
        .optional(row.before.as_deref())
        .optional(row.after.as_deref())
        .optional(row.address.as_deref())
        .optional(row.request_id.as_deref())
        .end()
}

/// The hash of the list of a seal's rows, which are added by their numbers.
pub(super) struct RowsHash(Fields);

impl RowsHash {
    pub(super) fn new() -> Self {
        Self(Fields::of("audit rows 1"))
    }

    pub(super) fn add(self, id: i64, hash: &[u8]) -> Self {
        Self(self.0.number(id).bytes(hash))
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0.end()
    }
}

/// The hash of a seal. What is only known later, that its rows were removed, is no part of it.
pub(super) fn seal_hash(seal: &Seal) -> Vec<u8> {
    Fields::of("audit seal 1")
        .number(seal.number)
        .bytes(&seal.previous)
        .bytes(&seal.rows_hash)
        .number(seal.rows)
        .moment(seal.first_at)
        .moment(seal.last_at)
        .moment(seal.complete_to)
        .moment(seal.sealed_at)
        .end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> AuditRow {
        AuditRow {
            id: 7,
            at: DateTime::UNIX_EPOCH,
            user_id: None,
            actor: "ana".to_owned(),
            on_behalf_of: None,
            action: "edit".to_owned(),
            resource: "user".to_owned(),
            resource_id: Some("u1".to_owned()),
            before: None,
            after: Some("{}".to_owned()),
            address: None,
            request_id: None,
        }
    }

    #[test]
    fn every_field_moves_the_hash_and_none_flows_into_the_next() {
        let changed: [fn(&mut AuditRow); 13] = [
            |row| row.id = 8,
            |row| row.at = DateTime::from_timestamp_micros(1).expect("a time"),
            |row| row.user_id = Some(String::new()),
            |row| row.actor = "anae".to_owned(),
            |row| (row.actor, row.action) = ("anae".to_owned(), "dit".to_owned()),
            |row| row.on_behalf_of = Some("ana".to_owned()),
            |row| row.action = "edi".to_owned(),
            |row| row.resource = "tuser".to_owned(),
            |row| row.resource_id = None,
            |row| (row.before, row.after) = (Some("{}".to_owned()), None),
            |row| row.after = Some("{ }".to_owned()),
            |row| row.address = Some("::1".to_owned()),
            |row| row.request_id = Some("::1".to_owned()),
        ];
        let mut hashes: Vec<Vec<u8>> = changed
            .iter()
            .map(|change| {
                let mut row = row();
                change(&mut row);
                row_hash(&row)
            })
            .chain([row_hash(&row())])
            .collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 14);
    }

    #[test]
    fn a_hash_stays_what_it_is() {
        // Hashes that installations keep: what makes these differ makes every sealed row look edited.
        assert_eq!(hex::encode(row_hash(&row())), "1ba929fdc04db04def32b9596b203c908c8771bbad185c2d92d851abb79de0c9");
        assert_eq!(hex::encode(RowsHash::new().add(7, &[1; 32]).end()), "4aac0ba4c079567e4f70c1b1c223490d3f835ff77961950c343160281b705255");
    }
}
