//! That the corpus has every oddity of the publishers' files, and of the copies of them that people have, and that each is read.

use model::FileKind;

use super::judged;
use super::verdict::Outcome;

/// An oddity, the file that has it, its kind, and a line that says what was made of it; empty where there is nothing to say.
type Oddity = (&'static str, &'static str, FileKind, &'static str);

const ODDITIES: [Oddity; 41] = [
    ("us-zips: UTF-8, CRLF, every field quoted, JSON with doubled quotes", "uszips-authentic.csv", FileKind::UsZips, ""),
    ("us-zips: XLSX", "uszips-text.xlsx", FileKind::UsZips, ""),
    ("us-zips: columns that are ignored, and said to be", "uszips-extra.csv", FileKind::UsZips, "new: region"),
    ("us-zips: a byte order mark", "uszips-bom.csv", FileKind::UsZips, ""),
    ("us-zips: Latin-1 bytes", "uszips-latin.csv", FileKind::UsZips, "Read as Windows-1252"),
    ("us-zips: Zip for zip, state for state_id", "uszips-renamed.csv", FileKind::UsZips, "renamed: state for state_id"),
    ("us-zips: columns missing", "uszips-narrow.csv", FileKind::UsZips, "missing: state_name, density"),
    ("us-zips: no final newline", "uszips-no-end.csv", FileKind::UsZips, "does not end with a line break"),
    ("us-zips: ZIPs that a spreadsheet turned into numbers", "uszips-lost-zeros.csv", FileKind::UsZips, "lost zeros: "),
    ("us-zips: ZIPs that are numbers in a workbook", "uszips-numbers.xlsx", FileKind::UsZips, "lost zeros: "),
    ("us-zips: an empty population", "uszips-population-empty.csv", FileKind::UsZips, ""),
    ("us-zips: quoted line breaks", "uszips-newline.csv", FileKind::UsZips, ""),
    ("us-zips: blanks behind values", "uszips-padded.csv", FileKind::UsZips, ""),
    ("us-zips: UTF-16", "uszips-utf16le.csv", FileKind::UsZips, "Read as UTF-16"),
    ("us-zips: line feeds", "uszips-lf.csv", FileKind::UsZips, ""),
    (
        "gaz-zcta: tabs through 2024, blanks behind the last name and the rows",
        "2024_Gaz_zcta_national.txt",
        FileKind::GazZcta,
        "release 2024",
    ),
    ("gaz-zcta: pipes and GEOIDFQ from 2025", "2025_Gaz_zcta_national.txt", FileKind::GazZcta, "Ignored columns: GEOIDFQ"),
    ("gaz-zcta: numbers that end in a bare point", "2017_Gaz_zcta_national.txt", FileKind::GazZcta, "release 2017"),
    ("gaz-zcta: columns reordered and a last line of tabs only", "gaz-reversed.txt", FileKind::GazZcta, ""),
    ("gaz-zcta: areas past 32 bits", "gaz-land-vast.txt", FileKind::GazZcta, ""),
    (
        "usps-3d: the publisher's layout and the release in the name",
        "3D_Base_Service_Standard_Directory_03012025.csv",
        FileKind::Usps3d,
        "release 2025-03-01",
    ),
    (
        "usps-3d: an older release under a copy's name",
        "3D_Base_Service_Standard_Directory_06012024 (1).csv",
        FileKind::Usps3d,
        "release 2024-06-01",
    ),
    ("usps-3d: empty means no service", "3d-days-none.csv", FileKind::Usps3d, ""),
    ("usps-3d: 6 for 006", "3d-lost-zeros.csv", FileKind::Usps3d, "lost zeros: "),
    ("ups-zones: OOXML bytes as .xls", "286.xls", FileKind::UpsZones, "origins: 286"),
    ("ups-zones: BIFF", "303.xls", FileKind::UpsZones, "origins: 303"),
    ("ups-zones: an HTML table", "600.xls", FileKind::UpsZones, "origins: 600"),
    ("ups-zones: a range of origins in the title", "005.xlsx", FileKind::UpsZones, "origins: 004, 005"),
    ("ups-zones: ranges of destinations", "761.xlsx", FileKind::UpsZones, ""),
    ("ups-zones: destinations that stand there twice with the same values", "010.xlsx", FileKind::UpsZones, "repeated"),
    ("ups-zones: - for no service, footnotes, and the grid of Hawaii and Alaska", "100.xlsx", FileKind::UpsZones, ""),
    ("ups-zones: no grid", "900.xlsx", FileKind::UpsZones, ""),
    ("ups-zones: the release in the title", "925.xlsx", FileKind::UpsZones, "release 2022-12-26"),
    ("ups-zones: the name is not the origin's", "101.xls", FileKind::UpsZones, "the title counts"),
    ("ups-ground: no header, NNNNN.csv", "28624.csv", FileKind::UpsGround, ""),
    ("ups-ground: NNNNN_Outbound.csv, an empty fifth field", "28624_Outbound.csv", FileKind::UpsGround, ""),
    ("ups-ground: a header all the same", "28601.csv", FileKind::UpsGround, ""),
    ("ups-ground: ZIPs that a spreadsheet turned into numbers", "28603.csv", FileKind::UpsGround, "lost zeros: "),
    ("ups-ground: several origins in a file", "28632.csv", FileKind::UpsGround, ""),
    ("any: a list of rejected rows, corrected", "rejected.csv", FileKind::UpsGround, "corrections of the run"),
    ("any: Excel's line that names the delimiter", "uszips-sep.csv", FileKind::UsZips, ""),
];

#[test]
fn every_oddity_is_there_and_read() {
    for (oddity, name, kind, words) in ODDITIES {
        let judged = judged().iter().find(|judged| judged.name == name).unwrap_or_else(|| panic!("{oddity}: there is no {name}"));
        assert_eq!(judged.verdict.kind, Some(kind), "{oddity}: {:?}", judged.verdict.lines);
        assert!(judged.verdict.lines.iter().any(|line| line.contains(words)), "{oddity}: {:?}", judged.verdict.lines);
        assert!(!matches!(judged.verdict.outcome, Outcome::Refused(_) | Outcome::Damaged), "{oddity}: {:?}", judged.verdict.lines);
    }
}

/// Archives are opened, whatever they are called, as long as they hold what can be imported.
#[test]
fn archives_are_opened() {
    for (name, kinds) in [
        ("everything.zip", &[FileKind::UsZips, FileKind::UpsZones, FileKind::UpsZones][..]),
        ("uszips-zipped.csv", &[FileKind::UsZips]),
        ("uszips.csv.gz", &[FileKind::UsZips]),
        ("286.xlsx.gz", &[FileKind::UpsZones]),
        ("parts.csv.gz", &[FileKind::UsZips]),
    ] {
        let judged = judged().iter().find(|judged| judged.name == name).unwrap_or_else(|| panic!("there is no {name}"));
        let found: Vec<FileKind> = judged.verdict.members.iter().filter_map(|member| member.kind).collect();
        assert_eq!(found, kinds, "{name}: {:?}", judged.verdict.lines);
    }
}
