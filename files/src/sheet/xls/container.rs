//! The compound file that an XLS is in, or the bare records of one without.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::super::biff::Source;
use super::super::problem::Problem;
use crate::refusal::Reason;

/// How a compound file begins.
pub(in super::super) const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Where the records of a workbook are.
pub(super) fn open(mut file: File) -> Result<Box<dyn Source>, Problem> {
    let mut magic = Vec::new();
    (&mut file).take(COMPOUND_FILE.len() as u64).read_to_end(&mut magic)?;
    file.rewind()?;
    if magic != COMPOUND_FILE {
        return Ok(Box::new(BufReader::new(file)));
    }
    let mut container = cfb::CompoundFile::open(file).map_err(damaged)?;
    let names: Vec<String> = container.read_root_storage().map(|entry| entry.name().to_owned()).collect();
    let find = |wanted: &str| names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    if find("EncryptedPackage").is_some() {
        return Err(Problem::Protected);
    }
    let Some(name) = find("Workbook").or_else(|| find("Book")) else {
        return Err(not_a_workbook(&names));
    };
    let stream = container.open_stream(Path::new("/").join(name)).map_err(damaged)?;
    Ok(Box::new(Contained { stream, _container: container }))
}

fn damaged(error: io::Error) -> Problem {
    if Problem::is_of_content(error.kind()) {
        Problem::Broken(format!("its container cannot be read ({error})"))
    } else {
        Problem::Io(error)
    }
}

/// A stream with the container that it lives in.
struct Contained {
    stream: cfb::Stream<File>,
    _container: cfb::CompoundFile<File>,
}

impl Read for Contained {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.read(into)
    }
}

impl BufRead for Contained {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.stream.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.stream.consume(bytes);
    }
}

impl Seek for Contained {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

fn not_a_workbook(names: &[String]) -> Problem {
    let what = if names.iter().any(|name| name == "WordDocument") {
        "is a Word document"
    } else if names.iter().any(|name| name == "PowerPoint Document") {
        "is a PowerPoint presentation"
    } else if names.iter().any(|name| name.starts_with("__properties_version")) {
        "is an Outlook message"
    } else {
        "is an Office document"
    };
    Problem::Other(Reason::NotATable, format!("{what}, not a workbook. Choose the table that it should hold as .xlsx, .xls or .csv"))
}
