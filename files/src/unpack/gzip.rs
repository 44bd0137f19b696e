//! GZIP: one file, compressed.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use flate2::bufread::{GzDecoder, MultiGzDecoder};

use super::inflate::{Budget, Stopped};
use super::{Member, UnpackLimits, last_part, nested};

/// Unpacks it. `Err` inside is why it is refused: a sentence's end.
pub(super) fn unpack(path: &Path, name: &str, into: &Path, limits: &UnpackLimits) -> io::Result<Result<Vec<Member>, Stopped>> {
    let member = member_name(path, name)?;
    let mut budget = Budget::new(limits, std::fs::metadata(path)?.len());
    if let Err(stopped) = budget.count() {
        return Ok(Err(stopped));
    }
    let mut reader = MultiGzDecoder::new(BufReader::new(File::open(path)?));
    let file = match budget.inflate(&mut reader, into, &member)? {
        Ok(file) => file,
        Err(stopped) => return Ok(Err(stopped)),
    };
    let member = Member { name: member, file };
    Ok(match nested(&member)? {
        Some(what) => Err(what),
        None => Ok(vec![member]),
    })
}

/// `uszips.csv.gz` holds `uszips.csv`; a file that is called otherwise may say so in its header.
fn member_name(path: &Path, name: &str) -> io::Result<String> {
    if let Some(stem) =
        name.len().checked_sub(3).and_then(|at| name.split_at_checked(at)).filter(|(_, end)| end.eq_ignore_ascii_case(".gz"))
        && !stem.0.is_empty()
    {
        return Ok(stem.0.to_owned());
    }
    let decoder = GzDecoder::new(BufReader::new(File::open(path)?));
    let inside = decoder.header().and_then(|header| header.filename()).map(|name| last_part(&String::from_utf8_lossy(name)));
    Ok(inside.filter(|inside| !inside.is_empty()).unwrap_or_else(|| name.to_owned()))
}
