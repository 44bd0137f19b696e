//! Files as publishers make them and as people save them, damage, and any bytes at all.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::testing::{Collected, cases, file, read_file};
use crate::{Damage, ReadOptions, read, recognize};

const ZIPS: &str = "zip,lat,lng,city,state_id,population";

#[test]
fn every_encoding_delimiter_and_line_end_gives_the_same_rows() {
    let text = "Zip;LAT;lng ;city;state;population;notes\n\"00610\";18.2;-67.1; Añasco ;PR;;\"a;b\"\n00611;18.2;-66.8;Ángeles;PR;1522.0;\n;;;;;;\n";
    let wanted = [
        ["00610", "18.2", "-67.1", "Añasco", "PR", "null", "null", "null", "null", "null"],
        ["00611", "18.2", "-66.8", "Ángeles", "PR", "null", "1522", "null", "null", "null"],
    ];
    let mut contents: Vec<Vec<u8>> = Vec::new();
    for end in ["\n", "\r\n", "\r"] {
        let text = text.replace('\n', end);
        contents.push(text.chars().map(|character| character as u8).collect());
        contents.push(format!("\u{feff}{text}").into_bytes());
        contents.push(format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect());
        contents.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        contents.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        contents.push(text.trim_end().trim_end_matches(';').trim_end().as_bytes().to_vec());
        contents.push(text.replace("\"a;b\"", "").replace(';', "|").into_bytes());
        contents.push(text.replace("\"a;b\"", "").replace(';', "\t").into_bytes());
    }
    for content in contents {
        let found = read_file(&content, "copy.csv", false);
        let mut rows = found.rows;
        // The two orders of columns differ: population stands behind the state's name in the contract.
        for row in &mut rows {
            row.truncate(10);
        }
        assert_eq!(rows, wanted.map(|row| row.map(str::to_owned).to_vec()), "{:?}", String::from_utf8_lossy(&content));
        assert_eq!(found.progress.last(), Some(&(content.len() as u64, 2, 0)));
    }
}

#[test]
fn older_gazetteers_are_read() {
    let text = "GEOID\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG                    \n\
                00601\t166659789\t799296\t      64.35\t       0.\t18.180555\t -66.749961                    \n\t\t\t\t\t\t\n";
    let found = read_file(text.as_bytes(), "2017_Gaz_zcta_national.txt", false);
    assert_eq!(found.rows, [["00601", "166659789", "799296", "64.35", "0", "18.180555", "-66.749961"].map(str::to_owned)]);
    let reordered = "INTPTLONG|GEOIDFQ|INTPTLAT|AWATER|ALAND|GEOID\n-66.749961|860Z200US00601|18.180555|799296|166659789|00601\n";
    let found = read_file(reordered.as_bytes(), "2025_Gaz_zcta_national.txt", false);
    assert_eq!(found.rows, [["00601", "166659789", "799296", "null", "null", "18.180555", "-66.749961"].map(str::to_owned)]);
}

#[test]
fn files_that_were_cut_off_are_damage_with_their_line() {
    for (rest, message) in [
        ("00601,1,2,x,PR,1\n00602,1,2", "ends in the middle of a row: the row at line 3 has 3 of 6 fields."),
        (
            "00601,1,2,x,PR,1\n00602,1,2,\"x",
            "ends in the middle of a row: the row at line 3 has 4 of 6 fields and the quote of its last field is never closed.",
        ),
    ] {
        let found = read_file(format!("{ZIPS}\n{rest}").as_bytes(), "a.csv", false);
        let damage = found.report.expect_err("damaged");
        assert!(damage.starts_with(message), "{damage}");
        assert_eq!(found.rows.len(), 1);
    }
    let damage = read_file(b"28602,00501,NY,2,\n28602,99501,A", "28602.csv", false).report.expect_err("damaged");
    assert!(damage.starts_with("ends in the middle of a row: the row at line 2 has 3 of 4 fields."), "{damage}");
    let mut long = format!("{ZIPS}\n00601,1,2,\"").into_bytes();
    long.extend(std::iter::repeat_n(b"00601,1,2,x,PR,1\n", 200_000).flatten());
    let damage = read_file(&long, "a.csv", false).report.expect_err("damaged");
    assert!(damage.starts_with("has a row at line 2 that is longer than 1 MiB."), "{damage}");
}

#[test]
fn the_real_files_are_whole() {
    let Some(folder) = std::env::var_os("HANDLED_REAL_FILES").map(PathBuf::from) else {
        println!("skipped: HANDLED_REAL_FILES names no folder");
        return;
    };
    for (name, rows) in [("uszips.csv", 33_783), ("2017_Gaz_zcta_national.txt", 33_144)] {
        let path = folder.join(name);
        let recognized = recognize(&path, name, None).expect("reads").expect("is recognized");
        assert!(recognized.drift.is_none(), "{:?}", recognized.drift);
        let mut sink = Collected::default();
        let report = read(&path, name, &recognized, &ReadOptions::default(), &|_, _, _| (), &mut sink).expect("is whole");
        assert_eq!((sink.rows.len(), report.rejected, report.repeated, report.leading_zeros), (rows, 0, 0, 0), "{name}");
    }
}

/// Recognises and reads whatever it is; the number of lines bounds what may come out.
fn survives(content: &[u8], name: &str) -> Result<(), TestCaseError> {
    let file = file(content);
    let Ok(recognized) = recognize(file.path(), name, None).expect("reads") else { return Ok(()) };
    let mut sink = Collected::default();
    let options = ReadOptions { repair_leading_zeros: content.len().is_multiple_of(2) };
    match read(file.path(), name, &recognized, &options, &|_, _, _| (), &mut sink) {
        Ok(report) => {
            prop_assert_eq!(report.read, sink.rows.len() as u64 + report.rejected + report.repeated);
            prop_assert!(sink.rejects.len() as u64 <= report.rejected);
        }
        Err(Damage::Damaged(what)) => prop_assert!(what.ends_with('.'), "{}", what),
        Err(Damage::Io(error)) => prop_assert!(false, "{}", error),
    }
    Ok(())
}

/// Valid files, to be spoilt.
fn valid(which: usize) -> (Vec<u8>, &'static str) {
    let usps = "origin,destination,pri,gal,gah,pkg,fcm,mkt,per,pfc\n010,006,3,5,10,9,6,5,6,4\n6,7,1,,,,,,,\n";
    match which {
        0 => (format!("{ZIPS}\r\n\"00601\",18.1,-66.7,\"Ad\"\"j\",PR,1\r\n00602,1,2,\"a,b\",PR,\r\n").into_bytes(), "uszips.csv"),
        1 => (b"GEOID\tALAND\tAWATER\tINTPTLAT\tINTPTLONG  \n00601\t1\t0.\t18.1\t-66.7   \n00602\t1\t2\t3\t4\n".to_vec(), "2017_Gaz_zcta_national.txt"),
        2 => (usps.as_bytes().to_vec(), "3D_Base_Service_Standard_Directory_03012025.csv"),
        3 => (b"28602,00501,NY,2,\n28602,99501,AK,7,\n28602,502,NY,2,\n".to_vec(), "28602.csv"),
        4 => (usps.encode_utf16().flat_map(u16::to_le_bytes).collect(), "copy.csv"),
        _ => (
            b"\xef\xbb\xbforigin,destination,state,days,handled_run,handled_line,handled_column,handled_problem\r\n28602,501,NY,'-,0198,7,days,is empty\r\n".to_vec(),
            "rejected.csv",
        ),
    }
}

/// Bytes that matter to parsers.
fn telling_byte() -> impl Strategy<Value = u8> {
    prop_oneof![prop::sample::select(b"\"',;|\t\r\n\0\x1e=-.09aZ\xff\xfe\xef\xc3 ".to_vec()), any::<u8>()]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_bytes_are_survived(content in prop::collection::vec(telling_byte(), 0..400)) {
        survives(&content, "28602.csv")?;
    }

    #[test]
    fn spoilt_files_are_survived(
        which in 0_usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), telling_byte(), 0_u8..4), 1..12),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let (mut content, name) = valid(which);
        for (at, byte, change) in changes {
            let at = at.index(content.len().max(1)).min(content.len().saturating_sub(1));
            match change {
                _ if content.is_empty() => content.push(byte),
                0 => content[at] = byte,
                1 => content.insert(at, byte),
                2 => drop(content.remove(at)),
                _ => content.extend_from_within(at..),
            }
            content.truncate(20_000);
        }
        if cut {
            content.truncate(keep.index(content.len() + 1));
        }
        survives(&content, name)?;
    }

    /// What is read is what was written, whatever dialect it was written in.
    #[test]
    fn rows_survive_any_dialect(
        zips in prop::collection::btree_set(0_u32..100_000, 1..20),
        city in "[A-Za-z,;|\" ]{0,20}x",
        delimiter in prop::sample::select(b",;|\t".to_vec()),
        crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(ZIPS.split(',')).expect("writes");
        for zip in &zips {
            writer.write_record([&format!("{zip:05}"), "1.5", "-2", &city, "PR", "7"]).expect("writes");
        }
        let found = read_file(&writer.into_inner().expect("finishes"), "a.csv", false);
        prop_assert_eq!(found.rows.len(), zips.len());
        for (row, zip) in found.rows.iter().zip(&zips) {
            prop_assert_eq!(&row[0], &format!("{zip:05}"));
            prop_assert_eq!(&row[3], city.trim());
        }
    }
}
