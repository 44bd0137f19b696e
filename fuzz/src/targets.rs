//! The targets, one for each parser. Each takes any bytes and panics if what must hold of any file does not: rows keep their
//! contract, counts add up, the same bytes give the same verdict, and what is said is a sentence.

use std::path::Path;

use files::{Breach, Rejected, RejectsWriter, UnpackLimits, unpack as unpack_file};
use model::RunId;
use model::integration::CONTRACTS;

use crate::judge::{Verdict, file, of_file, verdict};
use crate::package;

/// The first byte chooses among these, so that what a name says is tried as well; the rest is the file.
fn named<'a>(data: &'a [u8], names: &[&'static str]) -> Option<(&'static str, &'a [u8])> {
    let (first, rest) = data.split_first()?;
    Some((names[usize::from(*first) % names.len()], rest))
}

/// Delimited text: encoding, dialect, header, positions, rows. The names are those of its kinds.
pub fn delimited(data: &[u8]) {
    const NAMES: [&str; 5] = [
        "uszips.csv",
        "2017_Gaz_zcta_national.txt",
        "3D_Base_Service_Standard_Directory_03012025.csv",
        "28602_Outbound.csv",
        "rejected.csv",
    ];
    if let Some((name, content)) = named(data, &NAMES) {
        verdict(content, name);
    }
}

/// A text says the same in every encoding. What is no text, or says something else in one of them, is passed over.
pub fn encodings(data: &[u8]) {
    const NAMES: [&str; 2] = ["uszips.csv", "28602_Outbound.csv"];
    let Some((name, content)) = named(data, &NAMES) else { return };
    let Ok(text) = std::str::from_utf8(content) else { return };
    let is_odd = |character: char| {
        character.is_control() && !matches!(character, '\n' | '\r' | '\t') || matches!(character, '\u{feff}' | '\u{fffd}' | '\u{fffe}')
    };
    // What is looked at of a file is twice as much of its text in UTF-8 as in UTF-16.
    if text.contains(is_odd) || text.len() > 8 << 10 || text.trim().is_empty() {
        return;
    }
    let wanted = verdict(format!("\u{feff}{text}").as_bytes(), name);
    let marked = format!("\u{feff}{text}");
    let utf16: [Vec<u8>; 2] =
        [marked.encode_utf16().flat_map(u16::to_le_bytes).collect(), marked.encode_utf16().flat_map(u16::to_be_bytes).collect()];
    for content in utf16 {
        assert_eq!(verdict(&content, name), wanted, "in UTF-16");
    }
    // Without a mark, letters beyond ASCII may look like something else.
    assert!(!text.is_ascii() || verdict(text.as_bytes(), name) == wanted, "without a mark");
    let (latin, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(text);
    let looks_otherwise =
        String::from_utf8_lossy(&latin).contains(|character: char| !character.is_ascii() && character != char::REPLACEMENT_CHARACTER);
    if !is_lossy && !text.is_ascii() && !looks_otherwise {
        assert_eq!(verdict(&latin, name), verdict(text.as_bytes(), name), "in Windows-1252");
    }
}

/// Workbooks of XML parts: the input is the parts, the container is made whole around them.
pub fn xlsx(data: &[u8]) {
    if let Some((name, parts)) = named(data, &["uszips.xlsx", "286.xls", "28602.xlsx"]) {
        verdict(&package::workbook(parts), name);
    }
}

/// Workbooks of records, in a compound file or by themselves.
pub fn xls(data: &[u8]) {
    if let Some((name, content)) = named(data, &["286.xls", "uszips.xls"]) {
        verdict(content, name);
    }
}

/// Tables in web pages.
pub fn html(data: &[u8]) {
    if let Some((name, content)) = named(data, &["286.xls", "uszips.html"]) {
        verdict(content, name);
    }
}

/// Zone charts, as delimited text. An odd first byte puts a title and a header above.
pub fn charts(data: &[u8]) {
    const TITLE: &str = "For shipments originating in ZIP Codes 004-01 to 005-99.\n";
    const HEADER: &str = "Dest. ZIP,Ground,3 Day Select,2nd Day Air,2nd Day Air A.M.,Next Day Air Saver,Next Day Air\n";
    let Some((first, content)) = data.split_first() else { return };
    let name = if first & 2 == 0 { "005.csv" } else { "chart.csv" };
    if first & 1 == 0 {
        verdict(content, name);
    } else {
        verdict(&[TITLE.as_bytes(), HEADER.as_bytes(), content].concat(), name);
    }
}

/// Archives: what comes out stays within its limits and its folder, and is a file like any other.
pub fn unpack(data: &[u8]) {
    let limits = UnpackLimits { bytes: 4 << 20, ratio: 200, files: 20 };
    let Some((name, content)) = named(data, &["files.zip", "uszips.csv.gz", "286.xlsx"]) else { return };
    let (archive, folder) = (file(content), tempfile::tempdir().expect("a folder"));
    let once = || unpack_once(archive.path(), name, folder.path(), &limits);
    assert_eq!(once(), once(), "the same bytes, other files");
}

/// The names and the verdicts of what comes out, or why nothing does.
fn unpack_once(path: &Path, name: &str, folder: &Path, limits: &UnpackLimits) -> Result<Vec<(String, Verdict)>, String> {
    let members = match unpack_file(path, name, folder, limits).expect("no bytes make unpacking fail") {
        Err(refusal) => {
            assert!(refusal.message.starts_with(name) && refusal.message.ends_with('.'), "{}", refusal.message);
            assert!(!refusal.message.contains(char::is_control), "{:?}", refusal.message);
            Err(refusal.message)
        }
        Ok(None) => Ok(vec![(name.to_owned(), of_file(path, name))]),
        Ok(Some(members)) => {
            assert!((1..=limits.files).contains(&members.len()));
            let sizes = members.iter().map(|member| std::fs::metadata(&member.file).expect("a file").len());
            assert!(sizes.sum::<u64>() <= limits.bytes);
            let verdicts = members.iter().map(|member| {
                assert!(!member.name.is_empty() && !member.name.contains(['/', '\\']) && !member.name.contains(char::is_control));
                assert_eq!(member.file.parent(), Some(folder));
                (member.name.clone(), of_file(&member.file, &member.name))
            });
            Ok(verdicts.collect())
        }
    };
    assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 0, "something is left behind");
    members
}

/// A list of rejected rows, written and read back: each field is what it was. The first byte chooses the kind, and fields stand
/// between two sorts of separators.
pub fn corrections(data: &[u8]) {
    let Some((first, content)) = data.split_first() else { return };
    let contract = CONTRACTS[usize::from(*first) % CONTRACTS.len()];
    let run = RunId::new("0198a2b4-0000-7000-8000-000000000001");
    let field = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        // Ends of lines are one sort of character once they are read, and other control characters are none that people type.
        let kept = text.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t'));
        kept.collect::<String>().trim().to_owned()
    };
    let rows: Vec<Vec<String>> = content
        .split(|byte| *byte == 0x1e)
        .take(50)
        .map(|row| {
            let mut fields: Vec<String> = row.split(|byte| *byte == 0x1f).take(contract.columns.len()).map(field).collect();
            fields.resize(contract.columns.len(), String::new());
            // So that every row comes back as it was read.
            fields[0] = "none".to_owned();
            fields
        })
        .collect();
    let mut writer = RejectsWriter::new(Vec::new(), contract, &run).expect("bytes in memory");
    for (line, fields) in (1..).zip(&rows) {
        let fields = fields.iter().map(Into::into).collect();
        let column = Some(contract.columns[0].name);
        let reason = "is not a code".to_owned();
        writer.write(&Rejected { line, column, breach: Breach::NotACode, reason, value: "none".into(), fields }).expect("bytes in memory");
    }
    let list = writer.finish().expect("bytes in memory");
    let Verdict::Read(read) = verdict(&list, "rejected.csv") else { panic!("a list of rejected rows is one") };
    assert_eq!((read.kind, read.run.as_deref()), (contract.kind, Some(run.as_str())));
    assert!(read.rows.is_empty() && read.report.is_ok(), "{:?}", read.report);
    assert_eq!(read.fields, rows);
}
