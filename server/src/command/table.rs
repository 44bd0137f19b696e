//! `handled table export`: a table as a file.

mod progress;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use futures::TryStreamExt;
use model::table::{RowsQuery, TableContract};
use platform::permit;
use tokio_util::sync::CancellationToken;

use self::progress::Progress;
use super::output::{grouped, print};
use super::watched::watched;
use super::whole_file::WholeFile;
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::table_export::{Format, Written};

/// Bytes that are copied at a time.
const CHUNK: usize = 256 * 1024;

/// Tables: those that imports fill and those that are derived.
#[derive(Debug, Subcommand)]
pub enum Table {
    /// Write a table, or the rows of it that are searched for, to a file: CSV, XLSX, JSON lines or Parquet, after its ending.
    #[command(after_help = "Examples:\n  handled table export us_zips -o us_zips.csv\n  \
                            handled table export us_zips -o puerto-rico.xlsx --filter state_id=PR --sort -population\n  \
                            handled table export delivery_matrix --format parquet -o matrix")]
    Export(Export),
}

/// Which rows, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// The table, with or without its schema: us_zips, delivery_matrix.
    #[arg(value_name = "TABLE", value_parser = contract)]
    table: TableContract,
    /// The file. Its name's ending says the format, where --format does not.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// csv, xlsx, jsonl or parquet.
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// Rows in which some column begins with this.
    #[arg(long, default_value = "", hide_default_value = true)]
    search: String,
    /// The column to sort by, - before it for descending; the key otherwise.
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    sort: String,
    /// Rows in which this column has this value; may be given several times.
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = filter)]
    filter: Vec<(String, String)>,
}

fn contract(text: &str) -> Result<TableContract, String> {
    let known = || TableContract::all().map(|contract| contract.table()).collect::<Vec<_>>().join(", ");
    TableContract::of(text).ok_or_else(|| format!("there are: {}", known()))
}

fn format(text: &str) -> Result<Format, String> {
    Format::named(text).ok_or_else(|| format!("there are: {}", Format::ALL.map(Format::ending).join(", ")))
}

fn filter(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or_else(|| "it takes COLUMN=VALUE".to_owned())?;
    Ok((column.trim().to_owned(), value.to_owned()))
}

impl Table {
    /// Runs the command.
    ///
    /// # Errors
    /// A column is unknown, the databases cannot be had, or the file cannot be written.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self::Export(export) = self;
        let output = export.output.display();
        let name = export.output.to_string_lossy();
        let format = export.format.or_else(|| Format::of_file(&name).map(|(_, format)| format)).ok_or_else(|| {
            let endings = Format::endings();
            Failure::Said(format!("{output} does not end in {endings}, and the ending says what is written; or say it with --format."))
        })?;
        let query = RowsQuery {
            table: export.table.table().to_owned(),
            search: export.search.clone(),
            sort: export.sort.clone(),
            filters: export.filter.iter().cloned().collect::<BTreeMap<_, _>>(),
            page: 0,
        };
        let bytes = with_platform(settings, "handled table", stop, async |platform, caller| {
            let rows = platform.authorize::<permit::ImportsRead>(caller).await?.all_rows(&query).await?;
            let (list, progress) = Progress::counting(rows.into());
            let writing = async { write(format.write(list).await?, WholeFile::begin(&export.output)?, &progress).await };
            watched(writing, async || Some(progress.text(export.table.table()))).await
        })
        .await?;
        print(&format!("{}: {} bytes in {output}\n", export.table.relation, grouped(bytes)))
    }
}

async fn write(written: Written, mut file: WholeFile, progress: &Progress) -> Result<u64, Failure> {
    match written {
        Written::Pieces(mut pieces) => {
            while let Some(piece) = pieces.try_next().await? {
                file.write(&piece)?;
                progress.wrote(piece.len());
            }
        }
        Written::File(mut whole) => {
            let mut chunk = vec![0; CHUNK];
            loop {
                let read = whole.read(&mut chunk).map_err(|source| Failure::Machine { doing: "Reading the workbook", source })?;
                if read == 0 {
                    break;
                }
                file.write(&chunk[..read])?;
                progress.wrote(read);
            }
        }
    }
    file.finish()
}
