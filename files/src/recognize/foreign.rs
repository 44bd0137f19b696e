//! What is no table at all, and what to say of it.

use infer::MatcherType;

use crate::refusal::Reason;

/// Endings of what `infer` counts among archives and people would not.
const DOCUMENTS: [&str; 10] = ["pdf", "swf", "rtf", "eot", "ps", "sqlite", "nes", "dcm", "msi", "epub"];

/// The start of a file as text, for looking at how it begins.
fn beginning(head: &[u8]) -> String {
    let start: String = head.iter().take(2048).filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    start.trim_start_matches(['\u{ef}', '\u{bb}', '\u{bf}', '\u{fe}', '\u{ff}']).trim_start().to_lowercase()
}

/// Whether a file is an HTML page.
pub(super) fn is_web_page(head: &[u8]) -> bool {
    let start = beginning(head);
    let is_page = |text: &str| ["<!doctype html", "<html", "<head", "<body", "<title", "<script"].iter().any(|tag| text.starts_with(tag));
    is_page(&start) || ((start.starts_with("<?xml") || start.starts_with("<!--")) && start.contains("<html"))
}

/// A file that is something else than a table: why, and what it is with what to do, to stand after "is".
pub(super) fn what_is_it(head: &[u8]) -> Option<(Reason, String)> {
    let start = beginning(head);
    if is_web_page(head) {
        let what = "an HTML page, not a table: the download answered with a web page. Open it in a browser to see what it says, and download the file again.";
        return Some((Reason::WebPage, what.to_owned()));
    }
    if start.starts_with("version https://git-lfs.github.com/spec/") {
        return Some((
            Reason::GitLfsPointer,
            "a Git LFS pointer, not the file itself. Fetch the file with `git lfs pull`, or ask whoever keeps it.".to_owned(),
        ));
    }
    let not_a_table = |what: String| Some((Reason::NotATable, format!("{what}, not a table. Choose the file that holds the rows.")));
    if start.starts_with("<?xml") || start.starts_with("<svg") {
        return not_a_table("an XML file".to_owned());
    }
    if start.starts_with('{') || start.starts_with("[{") || start.starts_with("[[") {
        return not_a_table("a JSON file".to_owned());
    }
    if start.starts_with("#!") {
        return not_a_table("a program".to_owned());
    }
    let known = infer::get(head)?;
    let (mime, extension) = (known.mime_type(), known.extension());
    // Two letters, "BM" say, are enough to be taken for a picture; a table of text may begin so as well.
    let is_text = !head.contains(&0)
        && std::str::from_utf8(head).is_ok_and(|text| text.is_ascii() && !text.contains(|c: char| c.is_control() && !c.is_whitespace()));
    if is_text && !DOCUMENTS.contains(&extension) {
        return None;
    }
    if matches!(extension, "ods" | "ots") {
        let what =
            "a workbook of LibreOffice (ODS), which is not opened here. Open it in a spreadsheet program and save it as .xlsx or .csv.";
        return Some((Reason::NotATable, what.to_owned()));
    }
    match known.matcher_type() {
        MatcherType::Image => not_a_table(format!("a picture ({})", extension.to_uppercase())),
        MatcherType::Audio | MatcherType::Video => not_a_table(format!("a recording ({})", extension.to_uppercase())),
        MatcherType::App => not_a_table("a program".to_owned()),
        MatcherType::Archive if !DOCUMENTS.contains(&extension) => Some((
            Reason::Archive,
            format!(
                "an archive ({}), which is not opened here: only .zip and .gz are, and none inside another. Unpack it and import the files that it holds.",
                extension.to_uppercase()
            ),
        )),
        MatcherType::Archive | MatcherType::Doc | MatcherType::Book => not_a_table(format!("a document ({})", extension.to_uppercase())),
        _ => not_a_table(format!("a file of type {mime}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_said_to_be_what_it_is() {
        let tar = [vec![b'a'; 257], b"ustar\x00".to_vec(), vec![0; 300]].concat();
        for (head, reason, words) in [
            (b"GIF89a\x01\x00\x01\x00\x80\x00\x00".as_slice(), Reason::NotATable, "a picture (GIF), not a table."),
            (b"%PDF-1.7\n%\xe2\xe3", Reason::NotATable, "a document (PDF)"),
            (
                b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                Reason::NotATable,
                "a program",
            ),
            (b"PK\x03\x04\x14\0\0\0", Reason::Archive, "an archive (ZIP)"),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Reason::Archive, "an archive (7Z)"),
            (&tar, Reason::Archive, "an archive (TAR)"),
            (b"\n <!DOCTYPE html><title>Sign in</title>", Reason::WebPage, "an HTML page"),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?><html>", Reason::WebPage, "an HTML page"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", Reason::GitLfsPointer, "a Git LFS pointer"),
            (b"<?xml version=\"1.0\"?><rows>", Reason::NotATable, "an XML file"),
            (b"{\"error\": \"expired\"}", Reason::NotATable, "a JSON file"),
        ] {
            let (found, what) = what_is_it(head).expect("is known");
            assert_eq!(found, reason, "{what}");
            assert!(what.starts_with(words), "{what}");
        }
    }

    #[test]
    fn tables_are_left_alone() {
        for head in ["zip,lat\n", "BMI,zip\n", "28602,00501,NY,2,\n", "GEOID\tALAND", "MZ,zip", ""] {
            assert_eq!(what_is_it(head.as_bytes()), None, "{head}");
        }
    }
}
