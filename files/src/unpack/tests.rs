use std::io::Write;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::{Member, UnpackLimits, unpack};
use crate::refusal::Reason;
use crate::testing::{cases, file};

const CSV: &[u8] = b"28602,00501,NY,2,\n";

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).expect("a folder");
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            writer.write_all(content).expect("writes");
        }
    }
    writer.finish().expect("finishes").into_inner()
}

fn gzipped(content: &[u8], inside: Option<&str>) -> Vec<u8> {
    let mut builder = flate2::GzBuilder::new();
    if let Some(inside) = inside {
        builder = builder.filename(inside);
    }
    let mut writer = builder.write(Vec::new(), flate2::Compression::default());
    writer.write_all(content).expect("writes");
    writer.finish().expect("finishes")
}

/// The names of files with what they hold.
type Contents = Vec<(String, Vec<u8>)>;

/// What comes out, or why nothing does; and that nothing is left behind.
fn unpacked(content: &[u8], name: &str, limits: &UnpackLimits) -> Result<Option<Contents>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let answer = unpack(file(content).path(), name, folder.path(), limits).expect("reads and writes");
    let members = answer
        .map(|members| {
            members.map(|members| members.iter().map(|Member { name, file }| (name.clone(), std::fs::read(file).expect("reads"))).collect())
        })
        .map_err(|refusal| {
            assert_eq!(refusal.reason, Reason::Archive);
            assert!(refusal.message.starts_with(name) && refusal.message.ends_with('.'), "{}", refusal.message);
            refusal.message
        });
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    members
}

fn refused(content: &[u8]) -> String {
    unpacked(content, "files.zip", &UnpackLimits::default()).expect_err("is refused")
}

#[test]
fn the_files_of_an_archive_come_out_by_their_last_names() {
    let archive = zipped(&[
        ("charts/", b""),
        ("charts/28602.csv", CSV),
        ("other/28602.csv", b"x"),
        ("C:\\tables\\uszips.csv", b"zip\n"),
        ("../../etc/passwd.csv", b"y"),
        ("__MACOSX/charts/._28602.csv", b"z"),
        ("charts/.DS_Store", b"z"),
    ]);
    let members = unpacked(&archive, "files.zip", &UnpackLimits::default()).expect("unpacks").expect("an archive");
    let wanted = [("28602.csv", CSV), ("28602.csv", b"x"), ("uszips.csv", b"zip\n"), ("passwd.csv", b"y")];
    assert_eq!(members, wanted.map(|(name, content)| (name.to_owned(), content.to_vec())));
}

#[test]
fn a_gzip_file_holds_one_file_under_its_name() {
    for (name, inside, wanted) in [
        ("28602.csv.gz", None, "28602.csv"),
        ("28602.csv.GZ", Some("other.csv"), "28602.csv"),
        ("download", Some("folder/28602.csv"), "28602.csv"),
        ("download", None, "download"),
    ] {
        let members = unpacked(&gzipped(CSV, inside), name, &UnpackLimits::default()).expect("unpacks").expect("an archive");
        assert_eq!(members, [(wanted.to_owned(), CSV.to_vec())]);
    }
    let twice = [gzipped(CSV, None), gzipped(CSV, None)].concat();
    let members = unpacked(&twice, "a.csv.gz", &UnpackLimits::default()).expect("unpacks").expect("an archive");
    assert_eq!(members[0].1, [CSV, CSV].concat());
}

#[test]
fn what_is_no_archive_is_left_alone() {
    let workbook = zipped(&[("xl/workbook.xml", b"<workbook/>"), ("[Content_Types].xml", b"<Types/>")]);
    for content in [CSV, b"", b"PK", &workbook, b"\x1f"] {
        assert_eq!(unpacked(content, "files.zip", &UnpackLimits::default()), Ok(None));
    }
    assert_eq!(unpacked(b"PK\x03\x04 and then nothing", "005.xls", &UnpackLimits::default()), Ok(None));
}

#[test]
fn a_workbook_in_an_archive_is_a_file_and_an_archive_is_not() {
    let workbook = zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    let members =
        unpacked(&zipped(&[("005.xls", &workbook)]), "files.zip", &UnpackLimits::default()).expect("unpacks").expect("an archive");
    assert_eq!(members[0].0, "005.xls");
    for inner in [zipped(&[("a.csv", CSV)]), gzipped(CSV, None), b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()] {
        let message = refused(&zipped(&[("a.csv", CSV), ("inner.bin", &inner)]));
        assert!(message.contains("holds another archive, inner.bin"), "{message}");
    }
    let message = unpacked(&gzipped(&zipped(&[("a.csv", CSV)]), None), "a.zip.gz", &UnpackLimits::default()).expect_err("is refused");
    assert!(message.contains("holds another archive, a.zip"), "{message}");
}

#[test]
fn archives_that_cannot_be_unpacked_say_why() {
    assert!(refused(&zipped(&[])).contains("holds no files"));
    assert!(refused(&zipped(&[("folder/", b""), (".hidden", b"x")])).contains("holds no files"));
    assert!(refused(b"PK\x03\x04 and then nothing").contains("is a damaged archive"));
    let mut spoilt = zipped(&[("a.csv", &CSV.repeat(100))]);
    spoilt[40] ^= 0x55;
    assert!(refused(&spoilt).contains("is a damaged archive: a.csv does not come out whole"));
    let mut protected = zipped(&[("a.csv", CSV)]);
    // The flag of encryption, in the entry and in the directory.
    let directory = protected.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a directory");
    protected[6] |= 1;
    protected[directory + 8] |= 1;
    assert!(refused(&protected).contains("is protected by a password: a.csv"));
    let mut odd = zipped(&[("a.csv", CSV)]);
    let directory = odd.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a directory");
    odd[8] = 14;
    odd[directory + 10] = 14;
    assert!(refused(&odd).contains("packed in a way that is not known here"), "{}", refused(&odd));
    let mut cut = gzipped(&CSV.repeat(1000), None);
    cut.truncate(cut.len() - 10);
    let message = unpacked(&cut, "a.csv.gz", &UnpackLimits::default()).expect_err("is refused");
    assert!(message.contains("is a damaged archive: a.csv does not come out whole"), "{message}");
}

#[test]
fn bombs_stop_at_the_limits_whatever_they_declare() {
    let zeros = vec![b'0'; 3 * 1024 * 1024];
    let limits = UnpackLimits { bytes: 1024 * 1024, ratio: 1_000_000, files: 3 };
    let dense = UnpackLimits { bytes: u64::MAX, ratio: 10, files: 3 };
    for (content, name) in [(zipped(&[("a.csv", &zeros)]), "a.zip"), (gzipped(&zeros, None), "a.csv.gz")] {
        let message = unpacked(&content, name, &limits).expect_err("is refused");
        assert!(message.contains("holds more than 1 MiB: unpacking stopped in a.csv"), "{message}");
        let message = unpacked(&content, name, &dense).expect_err("is refused");
        assert!(message.contains("unpacks to more than 10 times its size"), "{message}");
    }
    let mut lying = zipped(&[("a.csv", &zeros)]);
    let directory = lying.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a directory");
    lying[directory + 24..directory + 28].copy_from_slice(&1_u32.to_le_bytes());
    assert!(unpacked(&lying, "a.zip", &dense).is_err());
    let many = zipped(&[("a", b"1"), ("b", b"2"), ("c", b"3"), ("d", b"4")]);
    assert!(unpacked(&many, "a.zip", &limits).expect_err("is refused").contains("holds more than 3 files"));
    let entries: Vec<String> = (0..13).map(|number| format!("{number}/")).collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert!(unpacked(&zipped(&entries), "a.zip", &limits).expect_err("is refused").contains("holds 13 entries"));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_archive_is_survived(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        tail in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut content = match which {
            0 => zipped(&[("a.csv", CSV), ("b/", b""), ("b/c.csv", &CSV.repeat(30))]),
            1 => gzipped(&CSV.repeat(30), Some("a.csv")),
            _ => b"PK\x03\x04".to_vec(),
        };
        for (at, byte) in changes {
            let at = at.index(content.len());
            content[at] = byte;
        }
        content.extend(tail);
        let limits = UnpackLimits { bytes: 100_000, ratio: 100, files: 10 };
        drop(unpacked(&content, "a.zip", &limits));
    }
}
