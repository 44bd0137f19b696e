//! Recognition: what a file is, by its content; or, in one sentence, why it is nothing that can be imported.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use model::FileKind;
use model::integration::{CONTRACTS, KindContract};

use super::delimited::DELIMITERS;
use crate::failure::Fault;

/// Bytes looked at: enough for any header, and for the signatures of binary formats.
const HEAD: u64 = 64 * 1024;

/// A file of a kind, with where its columns stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recognized {
    pub(super) contract: &'static KindContract,
    pub(super) delimiter: u8,
    /// For each column of the contract the file's field that holds it.
    pub(super) fields: Vec<Option<usize>>,
    /// Fields that a row has.
    pub(super) width: usize,
    pub(super) notes: Vec<String>,
}

/// Why a file is not imported, with the kind that it is, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotRecognized {
    pub(super) message: String,
    pub(super) kind: Option<FileKind>,
}

impl NotRecognized {
    fn because(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: None }
    }
}

/// Looks at a file.
pub(super) fn recognize(path: &Path, name: &str, wanted: Option<FileKind>) -> Result<Result<Recognized, NotRecognized>, Fault> {
    let mut file = File::open(path).map_err(Fault::new)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(Fault::new)?;
    let mut last = [0];
    if file.seek(SeekFrom::End(-1)).is_ok() {
        file.read_exact(&mut last).map_err(Fault::new)?;
    }
    Ok(recognize_head(&head, name, wanted).map(|mut recognized| {
        if !matches!(last, [b'\n' | b'\r']) {
            recognized.notes.push("The file does not end with a line break. If it was cut off, its last row may be incomplete.".to_owned());
        }
        recognized
    }))
}

fn recognize_head(head: &[u8], name: &str, wanted: Option<FileKind>) -> Result<Recognized, NotRecognized> {
    if head.is_empty() {
        return Err(NotRecognized::because(format!("{name} is empty: it has 0 bytes. Download it again.")));
    }
    if let Some(what) = foreign_format(head) {
        return Err(NotRecognized::because(format!("{name} is {what}")));
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let line = first_line(head);
    let Ok(line) = std::str::from_utf8(line) else {
        return Err(NotRecognized::because(format!(
            "{name} is not UTF-8 text: its first line has bytes of another encoding. Save it as UTF-8."
        )));
    };
    if line.trim().is_empty() {
        return Err(NotRecognized::because(format!("{name} begins with an empty line; line 1 must name the columns.")));
    }
    best_match(line, name, wanted)
}

/// The first line that is a row, without its line break. A quoted header may hold one; no kind's does.
fn first_line(head: &[u8]) -> &[u8] {
    let end = head.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(head.len());
    &head[..end]
}

/// What a file that is no table of text is, with what to do, to stand after "is".
fn foreign_format(head: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&head[..head.len().min(1024)]).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("<!doctype html") || start.contains("<html") || start.starts_with("<head") || start.starts_with("<body") {
        return Some("an HTML page, not a table: the download answered with a web page. Open it in a browser to see what it says, and download the file again.".to_owned());
    }
    if start.starts_with("version https://git-lfs.github.com/spec/") {
        return Some("a Git LFS pointer, not the file itself. Fetch the file with `git lfs pull`.".to_owned());
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("UTF-16 text, as spreadsheets save \"Unicode text\". Save it as CSV in UTF-8.".to_owned());
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some("an old Excel workbook. Save it as CSV in UTF-8.".to_owned());
    }
    if let Some(kind) = infer::get(head) {
        let (mime, extension) = (kind.mime_type(), kind.extension());
        let what = match kind.matcher_type() {
            infer::MatcherType::Image => format!("a picture ({})", extension.to_uppercase()),
            infer::MatcherType::Doc if mime.contains("sheet") || mime.contains("excel") => {
                return Some("an Excel workbook. Save it as CSV in UTF-8.".to_owned());
            }
            infer::MatcherType::Archive => format!("an archive ({}). Unpack it first", extension.to_uppercase()),
            _ => format!("a file of type {mime}"),
        };
        return Some(format!("{what}, not a table of text."));
    }
    // A NUL byte is in no text that a table is saved as, UTF-16 aside.
    head.contains(&0).then(|| "binary data, not a table of text.".to_owned())
}

/// How well a header fits a kind.
struct Candidate {
    contract: &'static KindContract,
    delimiter: u8,
    fields: Vec<Option<usize>>,
    headers: Vec<String>,
}

impl Candidate {
    fn new(contract: &'static KindContract, delimiter: u8, headers: &[String]) -> Self {
        let fields = contract
            .columns
            .iter()
            .map(|column| {
                // The column's own name before its synonyms, wherever they stand.
                std::iter::once(&column.name)
                    .chain(column.synonyms)
                    .find_map(|name| headers.iter().position(|header| header.eq_ignore_ascii_case(name)))
            })
            .collect();
        Self { contract, delimiter, fields, headers: headers.to_vec() }
    }

    fn found(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    fn missing(&self) -> Vec<&'static str> {
        let columns = self.contract.columns.iter().zip(&self.fields);
        columns.filter(|(column, field)| column.required && field.is_none()).map(|(column, _)| column.name).collect()
    }
}

fn headers(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(|header| header.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

fn best_match(line: &str, name: &str, wanted: Option<FileKind>) -> Result<Recognized, NotRecognized> {
    let by_delimiter: Vec<(u8, Vec<String>)> = DELIMITERS.iter().map(|delimiter| (*delimiter, headers(line, *delimiter))).collect();
    let candidates = || {
        by_delimiter
            .iter()
            .flat_map(|(delimiter, headers)| CONTRACTS.iter().map(move |contract| Candidate::new(contract, *delimiter, headers)))
    };
    let complete = candidates().filter(|candidate| candidate.missing().is_empty()).max_by_key(Candidate::found);
    match (complete, wanted) {
        (Some(candidate), Some(wanted)) if candidate.contract.kind != wanted => Err(NotRecognized {
            message: format!("{name} is a {} file, not {}. Import it as {}.", candidate.contract.name, wanted, candidate.contract.name),
            kind: None,
        }),
        (Some(candidate), _) => Ok(accept(candidate)),
        (None, _) => {
            let nearest = candidates()
                .filter(|candidate| wanted.is_none_or(|wanted| candidate.contract.kind == wanted))
                .max_by_key(Candidate::found)
                .filter(|candidate| candidate.found() > 1);
            Err(nearest.map_or_else(|| no_header(line, name, wanted), |candidate| missing_columns(&candidate, name)))
        }
    }
}

fn accept(candidate: Candidate) -> Recognized {
    let Candidate { contract, delimiter, fields, headers } = candidate;
    let mut notes = Vec::new();
    let ignored: Vec<&str> = headers
        .iter()
        .enumerate()
        .filter(|(index, header)| !fields.contains(&Some(*index)) && !header.is_empty())
        .map(|(_, header)| header.as_str())
        .collect();
    if !ignored.is_empty() {
        notes.push(format!("Ignored columns: {}.", ignored.join(", ")));
    }
    let absent: Vec<&str> =
        contract.columns.iter().zip(&fields).filter(|(_, field)| field.is_none()).map(|(column, _)| column.name).collect();
    if !absent.is_empty() {
        notes.push(format!("Columns that the file does not have, left empty: {}.", absent.join(", ")));
    }
    Recognized { contract, delimiter, fields, width: headers.len(), notes }
}

fn missing_columns(candidate: &Candidate, name: &str) -> NotRecognized {
    let missing = candidate.missing();
    let plural = if missing.len() == 1 { "column" } else { "columns" };
    NotRecognized {
        message: format!(
            "{name} looks like a {} file but line 1 has no {plural} {}. It has: {}.",
            candidate.contract.name,
            missing.join(", "),
            shorten(&candidate.headers.join(", "))
        ),
        kind: Some(candidate.contract.kind),
    }
}

fn no_header(line: &str, name: &str, wanted: Option<FileKind>) -> NotRecognized {
    let expected: Vec<String> = CONTRACTS
        .iter()
        .filter(|contract| wanted.is_none_or(|wanted| contract.kind == wanted))
        .map(|contract| {
            let required: Vec<&str> = contract.columns.iter().filter(|column| column.required).map(|column| column.name).collect();
            format!("{} ({})", contract.name, required.join(", "))
        })
        .collect();
    NotRecognized {
        message: format!(
            "{name} is not recognized: line 1 must name the columns of {}, but reads: {}.",
            expected.join(" or "),
            shorten(line)
        ),
        kind: wanted,
    }
}

/// At most 200 characters of a text, to be quoted in a sentence.
fn shorten(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 200 { text.to_owned() } else { text.chars().take(199).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(content: &[u8]) -> String {
        recognize_head(content, "uszips.csv", None).expect_err("is refused").message
    }

    #[test]
    fn publishers_headers_are_recognized() {
        let zips = recognize_head(b"\"zip\",\"lat\",\"lng\",\"city\",\"state_id\",\"population\"\r\n", "a", None).expect("us-zips");
        assert_eq!((zips.contract.kind, zips.delimiter, zips.width), (FileKind::UsZips, b',', 6));
        assert_eq!(zips.notes, ["Columns that the file does not have, left empty: state_name, density, county_name, timezone."]);
        let tab = "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG         \n";
        let gazetteer = recognize_head(tab.as_bytes(), "a", None).expect("gaz-zcta");
        assert_eq!((gazetteer.contract.kind, gazetteer.delimiter, gazetteer.notes.len()), (FileKind::GazZcta, b'\t', 0));
        let pipe = "GEOID|GEOIDFQ|ALAND|AWATER|ALAND_SQMI|AWATER_SQMI|INTPTLAT|INTPTLONG\n";
        let gazetteer = recognize_head(pipe.as_bytes(), "a", None).expect("gaz-zcta");
        assert_eq!(gazetteer.notes, ["Ignored columns: GEOIDFQ."]);
        assert_eq!(gazetteer.fields[1], Some(2));
    }

    #[test]
    fn resaved_headers_are_recognized() {
        let header = "\u{feff}County;Zip;STATE;lng;lat;city;population\n";
        let zips = recognize_head(header.as_bytes(), "a", None).expect("us-zips");
        assert_eq!((zips.delimiter, zips.fields[0], zips.fields[4]), (b';', Some(1), Some(2)));
    }

    #[test]
    fn what_is_no_table_is_said_to_be_what_it_is() {
        let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00";
        assert_eq!(refusal(gif), "uszips.csv is a picture (GIF), not a table of text.");
        assert!(refusal(b"\n <!DOCTYPE html><title>Sign in</title>").starts_with("uszips.csv is an HTML page"));
        assert!(refusal(b"<?xml version=\"1.0\"?><html>").starts_with("uszips.csv is an HTML page"));
        assert!(refusal(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n").starts_with("uszips.csv is a Git LFS pointer"));
        assert_eq!(refusal(b""), "uszips.csv is empty: it has 0 bytes. Download it again.");
        assert!(refusal(b"\xff\xfez\0i\0p\0").starts_with("uszips.csv is UTF-16"));
        assert!(refusal(b"PK\x03\x04\x14\0\0\0").contains("archive (ZIP)"));
        assert_eq!(refusal(b"a\0b"), "uszips.csv is binary data, not a table of text.");
        assert!(refusal(b"zip,st\xe4te\n").contains("not UTF-8"));
        assert!(refusal(b"\r\nzip,lat").contains("begins with an empty line"));
    }

    #[test]
    fn missing_columns_are_named() {
        assert_eq!(
            refusal(b"zip,lat,lng,city,population\n"),
            "uszips.csv looks like a us-zips file but line 1 has no column state_id. It has: zip, lat, lng, city, population."
        );
        assert!(
            refusal(b"00601,18.18,-66.75,Adjuntas,PR\n")
                .starts_with("uszips.csv is not recognized: line 1 must name the columns of us-zips")
        );
    }

    #[test]
    fn another_kind_than_wanted_is_refused() {
        let header = b"GEOID\tALAND\tAWATER\tINTPTLAT\tINTPTLONG\n";
        let refused = recognize_head(header, "gaz.txt", Some(FileKind::UsZips)).expect_err("is refused");
        assert_eq!(refused.message, "gaz.txt is a gaz-zcta file, not us-zips. Import it as gaz-zcta.");
    }
}
