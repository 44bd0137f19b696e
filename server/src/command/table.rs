//! `handled table export`: a table of the workspace as a file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use futures::TryStreamExt;
use model::integration::{CONTRACTS, KindContract};
use model::table::RowsQuery;
use platform::{TableExport, permit};
use tokio_util::sync::CancellationToken;

use super::output::{grouped, print};
use super::whole_file::WholeFile;
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::table_export::{Format, csv, xlsx};

/// Bytes that are copied at a time.
const CHUNK: usize = 256 * 1024;

/// Tables of the workspace.
#[derive(Debug, Subcommand)]
pub enum Table {
    /// Write a table, or the rows of it that are searched for, to a file: CSV or, after its ending, XLSX.
    #[command(after_help = "Examples:\n  handled table export us_zips -o us_zips.csv\n  \
                            handled table export us_zips -o puerto-rico.xlsx --filter state_id=PR --sort -population")]
    Export(Export),
}

/// Which rows, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// The table: us_zips, gaz_zcta, usps_3d, ups_zones or ups_ground.
    #[arg(value_name = "TABLE", value_parser = contract)]
    table: &'static KindContract,
    /// The file; its name ends in .csv or .xlsx.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
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

fn contract(text: &str) -> Result<&'static KindContract, String> {
    let known = || CONTRACTS.iter().map(|contract| contract.table()).collect::<Vec<_>>().join(", ");
    KindContract::of_relation(text).ok_or_else(|| format!("there are: {}", known()))
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
        let (_, format) = Format::of_file(&name)
            .ok_or_else(|| Failure::Said(format!("{output} ends neither in .csv nor in .xlsx, and the ending says what is written.")))?;
        let query = RowsQuery {
            table: export.table.table().to_owned(),
            search: export.search.clone(),
            sort: export.sort.clone(),
            filters: export.filter.iter().cloned().collect::<BTreeMap<_, _>>(),
            page: 0,
        };
        let bytes = with_platform(settings, "handled table", stop, async |platform, caller| {
            let rows = platform.authorize::<permit::ImportsRead>(caller).await?.all_rows(&query).await?;
            let file = WholeFile::begin(&export.output)?;
            match format {
                Format::Csv => write_csv(rows, file).await,
                Format::Xlsx => write_xlsx(rows, file).await,
            }
        })
        .await?;
        print(&format!("{}: {} bytes in {output}\n", export.table.relation, grouped(bytes)))
    }
}

async fn write_csv(rows: TableExport, mut file: WholeFile) -> Result<u64, Failure> {
    let mut pieces = csv(rows);
    while let Some(piece) = pieces.try_next().await? {
        file.write(&piece)?;
    }
    file.finish()
}

async fn write_xlsx(rows: TableExport, mut file: WholeFile) -> Result<u64, Failure> {
    let mut workbook = xlsx(rows).await?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = workbook.read(&mut chunk).map_err(|source| Failure::Machine { doing: "Reading the workbook", source })?;
        if read == 0 {
            return file.finish();
        }
        file.write(&chunk[..read])?;
    }
}
