//! The files of imports.

use model::RunId;
use model::integration::Release;
use model::run::{FILES_SHOWN, ImportedFile, RunFile};

use super::{count, stored};
use crate::PrimaryTransaction;

/// A file that came with an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The file.
    pub file: RunFile,
    /// The archive that it came in.
    pub archive: Option<String>,
    /// Whether the original is in the store.
    pub kept: bool,
}

/// A file of a run, to be worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its place among the run's files, from 1.
    pub ordinal: i32,
    /// The file.
    pub file: RunFile,
    /// The archive that it came in.
    pub archive: Option<String>,
    /// Whether the original is still in the store.
    pub kept: bool,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileOutcome {
    /// Its place among the run's files, from 1.
    pub ordinal: i32,
    /// Its edition.
    pub release: Option<String>,
    /// Rows read.
    pub rows_read: u64,
    /// Rows rejected.
    pub rows_rejected: u64,
    /// The origins whose rows it holds.
    pub origins: Vec<String>,
    /// Why it was left out.
    pub failure: Option<String>,
}

/// A file with certain bytes in a run that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameBytes {
    /// The hash.
    pub sha256: String,
    /// The run.
    pub run_id: RunId,
    /// The origins whose rows it holds.
    pub origins: Vec<String>,
}

impl PrimaryTransaction {
    pub(super) async fn add_files(&mut self, id: &RunId, files: &[NewFile]) -> Result<(), sqlx::Error> {
        if files.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = files.iter().map(|file| file.file.name.clone()).collect();
        let archives: Vec<Option<String>> = files.iter().map(|file| file.archive.clone()).collect();
        let bytes: Vec<i64> = files.iter().map(|file| stored(file.file.bytes)).collect();
        let hashes: Vec<String> = files.iter().map(|file| file.file.sha256.clone()).collect();
        let kept: Vec<bool> = files.iter().map(|file| file.kept).collect();
        sqlx::query!(
            "INSERT INTO config.run_files (run_id, ordinal, name, archive, bytes, sha256, removed_at)
             SELECT $1, f.ordinal, f.name, f.archive, f.bytes, f.sha256, CASE WHEN NOT f.kept THEN now() END
             FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::boolean[]) WITH ORDINALITY
                  AS f (name, archive, bytes, sha256, kept, ordinal)",
            id.as_str(),
            &names,
            &archives as _,
            &bytes,
            &hashes,
            &kept,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    pub(super) async fn record_files(&mut self, id: &RunId, files: &[FileOutcome]) -> Result<(), sqlx::Error> {
        if files.is_empty() {
            return Ok(());
        }
        let ordinals: Vec<i32> = files.iter().map(|file| file.ordinal).collect();
        let releases: Vec<Option<String>> = files.iter().map(|file| file.release.clone()).collect();
        let read: Vec<i64> = files.iter().map(|file| stored(file.rows_read)).collect();
        let rejected: Vec<i64> = files.iter().map(|file| stored(file.rows_rejected)).collect();
        // An array of arrays must be rectangular in PostgreSQL: codes, which have no blanks, go as one text.
        let origins: Vec<String> = files.iter().map(|file| file.origins.join(" ")).collect();
        let failures: Vec<Option<String>> = files.iter().map(|file| file.failure.clone()).collect();
        sqlx::query!(
            "UPDATE config.run_files f
             SET release = o.release, rows_read = o.rows_read, rows_rejected = o.rows_rejected, failure = o.failure,
                 origins = CASE WHEN o.origins = '' THEN '{}' ELSE string_to_array(o.origins, ' ') END
             FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
                  AS o (ordinal, release, rows_read, rows_rejected, origins, failure)
             WHERE f.run_id = $1 AND f.ordinal = o.ordinal",
            id.as_str(),
            &ordinals,
            &releases as _,
            &read,
            &rejected,
            &origins,
            &failures as _,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// A run's files, in order.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn stored_files(&mut self, id: &RunId) -> Result<Vec<StoredFile>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT ordinal, name, archive, bytes, sha256, removed_at IS NULL AS "kept!" FROM config.run_files
               WHERE run_id = $1 ORDER BY ordinal"#,
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredFile {
                ordinal: row.ordinal,
                file: RunFile { name: row.name, bytes: count(row.bytes), sha256: row.sha256 },
                archive: row.archive,
                kept: row.kept,
            })
            .collect())
    }

    /// The files that a run's page shows: those that were left out first.
    pub(super) async fn shown_files(&mut self, id: &RunId) -> Result<Vec<ImportedFile>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT ordinal, name, archive, bytes, sha256, release, rows_read, rows_rejected, failure, removed_at IS NULL AS "kept!"
               FROM config.run_files WHERE run_id = $1 ORDER BY failure IS NULL, ordinal LIMIT $2"#,
            id.as_str(),
            i64::try_from(FILES_SHOWN).unwrap_or(i64::MAX),
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ImportedFile {
                ordinal: u32::try_from(row.ordinal).unwrap_or_default(),
                file: RunFile { name: row.name, bytes: count(row.bytes), sha256: row.sha256 },
                archive: row.archive,
                release: row.release.map(Release::new),
                rows_read: count(row.rows_read),
                rows_rejected: count(row.rows_rejected),
                failure: row.failure,
                kept: row.kept,
            })
            .collect())
    }

    /// Files with one of these hashes in runs of this kind that succeeded and are not undone.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn with_same_bytes(&mut self, kind: &str, hashes: &[String]) -> Result<Vec<SameBytes>, sqlx::Error> {
        sqlx::query_as!(
            SameBytes,
            r#"SELECT f.sha256, f.run_id AS "run_id: RunId", f.origins FROM config.run_files f
               JOIN config.integration_runs r ON r.id = f.run_id
               WHERE f.sha256 = ANY($2) AND r.operation = 'import' AND r.subject = $1 AND r.state = 'succeeded' AND f.failure IS NULL
               ORDER BY r.finished_at DESC"#,
            kind,
            hashes
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// A run and those that corrected what it, or its corrections, rejected: of each that succeeded, the latest first, the run
    /// itself last.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn with_corrections(&mut self, id: &RunId) -> Result<Vec<RunId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"WITH RECURSIVE chain AS (
                   SELECT id, started_at FROM config.integration_runs WHERE id = $1
                   UNION
                   SELECT r.id, r.started_at FROM config.integration_runs r JOIN chain c ON r.corrects = c.id WHERE r.state = 'succeeded'
               )
               SELECT id AS "id!: RunId" FROM chain ORDER BY started_at DESC, id DESC"#,
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// The runs whose rejected rows a run, or what it corrects in turn, corrects: the nearest first.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn corrected_runs(&mut self, id: &RunId) -> Result<Vec<RunId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"WITH RECURSIVE chain AS (
                   SELECT corrects AS id, 1 AS depth FROM config.integration_runs WHERE id = $1 AND corrects IS NOT NULL
                   UNION
                   SELECT r.corrects, c.depth + 1 FROM config.integration_runs r JOIN chain c ON r.id = c.id WHERE r.corrects IS NOT NULL
               )
               SELECT id AS "id!: RunId" FROM chain ORDER BY depth"#,
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await
    }
}
