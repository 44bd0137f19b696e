//! Archives.

use std::io::Write;

use flate2::{Compression, GzBuilder};

use super::Cases;
use super::containers::{archive, cut};
use super::not_tables::PNG;
use crate::text::Text;
use crate::us_zips::us_zips;
use crate::zone_chart::{Chart, zone_chart};

/// Packed by gzip, without a date.
fn gzip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzBuilder::new().filename(name).mtime(0).write(Vec::new(), Compression::default());
    packer.write_all(bytes).expect("bytes in memory");
    packer.finish().expect("an archive in memory")
}

/// The same archive with the mark that its entries are encrypted, in both places that tell it.
fn protected(mut bytes: Vec<u8>) -> Vec<u8> {
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, window)| window == signature).map(|(at, _)| at).collect();
        for at in places {
            bytes[at + flags] |= 1;
        }
    }
    bytes
}

pub(super) fn add(cases: &mut Cases) {
    let zips = us_zips(&cases.country, &Text::us_zips());
    let chart = |origin: &str| zone_chart(&cases.country, origin, &Chart::default()).expect("a chart");
    let (one, other) = (chart("286"), chart("303"));

    let good = archive(&[("uszips.csv", &zips), ("charts/286.xlsx", &one), ("charts/303.xls", &other)]);
    let half = cut(&good, 50);
    let mixed = archive(&[
        ("readme.txt", b"Charts of this year.\n"),
        ("286.xlsx", &one),
        ("__MACOSX/._286.xlsx", b"\0\x05\x16\x07\0\x02\0\0Mac OS X        "),
        (".DS_Store", b"\0\0\0\x01Bud1"),
        ("empty/", b""),
    ]);
    let nested = archive(&[("inner.zip", &archive(&[("uszips.csv", &zips)]))]);
    // 24 MiB of blanks after the header, a thousandth of that packed.
    let header = &zips[..zips.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1)];
    let bomb = [header, &vec![b' '; 24 << 20]].concat();
    let many: Vec<String> = (0..1200).map(|at| format!("{at:05}.csv")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"28602,00501,NY,2,\r\n".as_slice())).collect();

    cases.add("everything.zip", "An archive of a list of ZIPs and two charts.", good.clone());
    cases.add("delivery.zip", "An archive of a chart among a note and what a Mac adds.", mixed);
    cases.add("uszips-zipped.csv", "An archive that is called a table.", archive(&[("uszips.csv", &zips)]));
    cases.add("photos.zip", "An archive of pictures.", archive(&[("one.png", PNG), ("two.png", PNG)]));
    cases.add("nothing.zip", "An archive without an entry.", archive(&[]));
    cases.add("nested.zip", "An archive in an archive.", nested);
    cases.add("bomb.zip", "An archive that unpacks to a thousand times its size.", archive(&[("uszips.csv", &bomb)]));
    cases.add("many.zip", "An archive of 1,200 files.", archive(&many));
    cases.add("outside.zip", "An archive with a path that leads out of it.", archive(&[("../../uszips.csv", &zips)]));
    cases.add("half.zip", "An archive that a broken transfer cut in half.", half);
    cases.add("locked.zip", "An archive that a password protects.", protected(archive(&[("uszips.csv", &zips)])));
    let mut wrong = archive(&[("uszips.csv", &zips)]);
    wrong[200] ^= 0xff;
    cases.add("wrong.zip", "An archive with a wrong byte in what it packs.", wrong);

    cases.add("uszips.csv.gz", "A list of ZIPs, packed.", gzip("uszips.csv", &zips));
    cases.add("286.xlsx.gz", "A chart, packed.", gzip("286.xlsx", &one));
    cases.add("half.csv.gz", "A packed list of ZIPs that a broken transfer cut in half.", cut(&gzip("half.csv", &zips), 50));
    let mut sum = gzip("sum.csv", &zips);
    let at = sum.len() - 6;
    sum[at] ^= 0xff;
    cases.add("sum.csv.gz", "A packed list of ZIPs whose check sum is wrong.", sum);
    cases.add("photo.gz", "A packed picture.", gzip("photo.png", PNG));
    cases.add("bomb.csv.gz", "A packed text that unpacks to a thousand times its size.", gzip("bomb.csv", &bomb));
    cases.add("twice.csv.gz.gz", "A list of ZIPs, packed twice.", gzip("twice.csv.gz", &gzip("twice.csv", &zips)));
    let members = [gzip("parts.csv", &zips[..1000]), gzip("parts.csv", &zips[1000..])].concat();
    cases.add("parts.csv.gz", "A list of ZIPs, packed in two parts that follow each other.", members);
    cases.add("uszips.tar.gz", "A packed archive of tar.", gzip("uszips.tar", &tar("uszips.csv", &zips)));
    cases.add(
        "uszips.7z",
        "An archive of a sort that is not opened.",
        b"7z\xbc\xaf\x27\x1c\0\x04\x8d\x9b\xd5\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(),
    );
}

/// A tape archive of one file: its header, its bytes in blocks of 512, two empty blocks.
fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    for (at, value) in [
        (100, "0000644\0"),
        (108, "0000000\0"),
        (116, "0000000\0"),
        (136, "00000000000\0"),
        (148, "        "),
        (156, "0"),
        (257, "ustar\0"),
    ] {
        header[at..at + value.len()].copy_from_slice(value.as_bytes());
    }
    header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0; bytes.len().next_multiple_of(512) - bytes.len() + 1024];
    [header.as_slice(), bytes, &padding].concat()
}
