//! `docs/imports.md`, made from the contracts that recognise, check and copy files, so that it cannot say anything else than they do.
//!
//! `HANDLED_WRITE_DOCS=1` writes the file anew.

use std::fmt::Write;
use std::path::Path;

use files::UnpackLimits;
use model::format::grouped;
use model::integration::{CONTRACTS, Column, KindContract, Layout, Replacement};
use server::http::UploadLimits;

/// What holds for every kind. What is in braces is filled in.
const RULES: &str = "# Files that can be imported

Made by a test from the definitions that the program itself works with (`make docs`). Drop files on the page *Imports*, in any mix, or
name them, or their folder, to `handled import`: each is recognised by its content and name, and the files of a kind are imported together.

## What holds for all of them

- **What a file is** is decided by its content; its name tells the release and, of charts, helps with the origin. What cannot be imported
  is refused with the reason, before anything is written: a web page that was saved instead of the file, a pointer of Git LFS, a
  password-protected or damaged workbook, a picture.
- **Encodings**: UTF-8 with or without a byte order mark, UTF-16, Windows-1252. Delimiters (comma, semicolon, tab, pipe) and quotes are
  found out. Lines end in LF or CRLF; blanks around values do not matter; quoted values may span lines.
- **Workbooks**: XLSX and XLS under either name, and HTML tables that are called `.xls`. The first sheet that holds a table counts.
- **Archives**: `.zip` and `.gz` are unpacked, up to {archive files} files and {archive bytes} GiB, and at most {ratio} times the archive's size. An
  archive in an archive is refused.
- **At once**: up to {files} files of together {bytes} GiB in one upload.
- **Columns** are found by their names, whatever their order and letter case. Columns that are not known are ignored, and said to be.
- **Codes are text.** Leading zeros that a spreadsheet has taken (`601` for `00601`) are put back only when somebody agrees: the page asks,
  the command wants `--repair-leading-zeros`. Each is counted.
- **Rejected rows**: a row that breaks a rule below is left out and listed with line, column, rule and value. Too many of them, and the file
  is refused; how many is said with each kind. The list is a CSV file: corrected and imported, its rows are merged into the version that its
  run made, and the two runs are linked.
- **Preview**: an import can wait until somebody has seen what it would add, remove and change; `handled import --dry-run` shows the same and
  changes nothing.
- **The same bytes** as those that are live are refused, unless that is wanted (`--same-bytes`); an **older release** over a newer one is
  asked about (`--older-release`).
- **Nothing by halves**: readers see the old rows until the new ones are complete. A run that fails or is cancelled changes nothing.
- **Undo**: the last {versions} replaced versions are kept, and undoing a run brings back what was before it. What was derived from it is marked as
  stale.
- **Originals** are kept for 90 days (`ORIGINALS_KEPT_DAYS`), and as long as their rows are live or can be undone. `handled rebuild` makes all
  tables anew from them.
";

fn kind(text: &mut String, contract: &KindContract) -> std::fmt::Result {
    writeln!(text, "\n## {}: `{}`\n\n{}.\n", contract.title, contract.name, contract.source)?;
    writeln!(text, "| | |\n| --- | --- |")?;
    writeln!(text, "| files | `{}` |", contract.file_names.replace(", ", "`, `"))?;
    let layout = match contract.layout {
        Layout::Header => "a header, then rows",
        Layout::Positions => "rows without a header; columns by their position",
        Layout::ZoneChart => {
            "a title that names the origins, a header, rows by destination, footnotes, and a grid of Hawaii's and Alaska's ZIPs"
        }
    };
    writeln!(text, "| layout | {layout} |")?;
    writeln!(text, "| release | {} |", contract.release.words())?;
    let replaces = match contract.replacement {
        Replacement::Table => "the whole table",
        Replacement::Origins => "the rows of the origins that the files hold; the others stay",
    };
    writeln!(text, "| table | `{}` |\n| replaces | {replaces} |", contract.relation)?;
    let key: Vec<String> = contract.key().iter().map(|column| format!("`{}`", column.name)).collect();
    writeln!(text, "| key | {} |", key.join(", "))?;
    let limits = contract.limits;
    let keys = if limits.missing_keys == 0 { "none".to_owned() } else { grouped(limits.missing_keys) };
    let rows = limits.rejected_rows.map(|rows| format!(" and at most {}", grouped(rows))).unwrap_or_default();
    writeln!(text, "| rejected rows | at most {} in a hundred{rows}; without a valid key {keys} |", limits.rejected_percent)?;
    writeln!(text, "\n| column | in the file | also | must be | unit | column must be there | may be empty | meaning |")?;
    writeln!(text, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for (place, column) in contract.columns.iter().enumerate() {
        writeln!(text, "{}", row(contract, place, column))?;
    }
    if !contract.unused.is_empty() {
        let unused: Vec<String> = contract.unused.iter().map(|name| format!("`{name}`")).collect();
        writeln!(text, "\nThe publisher's files also have {}, which are not used.", unused.join(", "))?;
    }
    Ok(())
}

fn row(contract: &KindContract, place: usize, column: &Column) -> String {
    let code = |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (header, also) = match (contract.layout, place) {
        (Layout::Positions, _) => (format!("position {}", place + 1), String::new()),
        (Layout::ZoneChart, 0) => ("the title".to_owned(), String::new()),
        _ => (code(vec![column.header]), code(column.names().skip(1).collect())),
    };
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    format!(
        "| `{}` | {header} | {also} | {} | {} | {} | {} | {} |",
        column.name,
        column.kind.rule(),
        column.unit,
        yes(column.required),
        yes(column.nullable),
        column.meaning
    )
}

#[test]
fn the_document_says_what_the_contracts_say() {
    let (upload, archive) = (UploadLimits::default(), UnpackLimits::default());
    let values = [
        ("{archive files}", grouped(archive.files as u64)),
        ("{archive bytes}", (archive.bytes >> 30).to_string()),
        ("{ratio}", archive.ratio.to_string()),
        ("{files}", grouped(upload.files as u64)),
        ("{bytes}", (upload.bytes >> 30).to_string()),
        ("{versions}", database_data::VERSIONS_KEPT.to_string()),
    ];
    let mut text = values.iter().fold(RULES.to_owned(), |text, (name, value)| text.replace(name, value));
    assert!(!text.contains(['{', '}']), "something is not filled in");
    for contract in CONTRACTS {
        kind(&mut text, contract).expect("writes");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/imports.md");
    if std::env::var_os("HANDLED_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("writes");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, committed, "docs/imports.md is not what the contracts say; `make docs` writes it anew");
}
