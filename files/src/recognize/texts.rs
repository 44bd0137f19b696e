//! Recognising delimited text.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use model::FileKind;

use super::header::{self, Candidate};
use super::sample::{self, Sample};
use super::{Form, HEAD, Recognized, as_wanted, by_chart, by_header, by_position, positions, refuse};
use crate::chart;
use crate::refusal::{Damage, Refusal};
use crate::text::{Delimited, Dialect, Encoding, Source, candidates};

/// Looks at a file that is neither a workbook nor anything else that is known.
pub(super) fn recognize(file: &mut File, head: &[u8], name: &str, wanted: Option<FileKind>) -> io::Result<Result<Recognized, Refusal>> {
    let Some((encoding, bad_bytes)) = Encoding::detect(file, head)? else {
        return Ok(Err(refuse::binary(name, head, wanted)));
    };
    let is_whole = (head.len() as u64) < HEAD || file.metadata()?.len() <= HEAD;
    let text = decoded(head, encoding, is_whole)?;
    let mut samples = Vec::new();
    for dialect in candidates(&text) {
        samples.push((dialect, sample_of(&text, dialect, is_whole)?));
    }
    let found = match choose(&samples, &text, is_whole, encoding, name, wanted)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut found = match as_wanted(found, name, wanted) {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    found.notes.extend(encoding.note().map(str::to_owned));
    if bad_bytes > 0 {
        let (bytes, are) = if bad_bytes == 1 { ("byte", "is") } else { ("bytes", "are") };
        found.notes.push(format!(
            "Read as UTF-8, although {bad_bytes} {bytes} {are} not: a row that holds one in a column that is used is rejected."
        ));
    }
    if found.correction.is_none() && !ends_with_line_break(file)? {
        found.notes.push("The file does not end with a line break. If it was cut off, its last row may be incomplete.".to_owned());
    }
    Ok(Ok(found))
}

/// The beginning of the text as UTF-8 with line feeds; whole lines of it where more follows.
fn decoded(head: &[u8], encoding: Encoding, is_whole: bool) -> io::Result<Vec<u8>> {
    let mut source = Source::new(head, encoding, encoding.mark(head));
    let mut text = Vec::new();
    source.read_to_end(&mut text)?;
    text.truncate(source.length());
    if !is_whole && let Some(last) = memchr::memrchr(b'\n', &text) {
        text.truncate(last + 1);
    }
    Ok(text)
}

fn sample_of(text: &[u8], dialect: Dialect, is_whole: bool) -> io::Result<Sample> {
    let mut sample = sample::take(&mut Delimited::sample(text, dialect))?;
    sample.is_all &= is_whole;
    Ok(sample)
}

/// What the file is in one of the dialects in which it may be written.
fn choose(
    samples: &[(Dialect, Sample)],
    text: &[u8],
    is_whole: bool,
    encoding: Encoding,
    name: &str,
    wanted: Option<FileKind>,
) -> io::Result<Result<Recognized, Refusal>> {
    let form = |dialect: Dialect| Form::Text { encoding, dialect };
    let (mut complete, mut nearest): (Option<(Dialect, &Sample, Candidate)>, Option<Candidate>) = (None, None);
    for (dialect, sample) in samples {
        let matches = header::search(&sample.rows, wanted);
        let rank = |candidate: &Candidate| (wanted == Some(candidate.contract.kind), candidate.found());
        if let Some(candidate) = matches.complete
            && complete.as_ref().is_none_or(|(_, _, best)| rank(&candidate) > rank(best))
        {
            complete = Some((*dialect, sample, candidate));
        }
        if let Some(candidate) = matches.nearest
            && nearest.as_ref().is_none_or(|best| rank(&candidate) > rank(best))
        {
            nearest = Some(candidate);
        }
    }
    if let Some((dialect, sample, candidate)) = complete {
        if sample.is_all && sample.damage.is_none() && !sample.rows.iter().any(|row| row.line > candidate.line) {
            return Ok(Err(refuse::no_rows(name, candidate.contract, candidate.line)));
        }
        return Ok(by_header(candidate, &sample.rows, form(dialect), name));
    }
    if let Some(contract) = positions::contract() {
        for (dialect, sample) in samples {
            if let Some(table) = positions::table(&sample.rows) {
                return Ok(Ok(by_position(table, &sample.rows, form(*dialect), name, contract.kind)));
            }
        }
    }
    // A chart that was saved as text.
    for (dialect, _) in samples {
        match chart::recognize(&mut Delimited::sample(text, *dialect), name) {
            Ok(Some(Ok(facts))) => return Ok(Ok(by_chart(facts, form(*dialect), name))),
            Ok(Some(Err(refusal))) => return Ok(Err(refusal)),
            Ok(None) | Err(Damage::Damaged(_)) => {}
            Err(Damage::Io(error)) => return Err(error),
        }
    }
    if let Some(nearest) = nearest.filter(|nearest| wanted.is_none_or(|wanted| nearest.contract.kind == wanted)) {
        return Ok(Err(refuse::missing_columns(&nearest, name)));
    }
    let likeliest = samples.iter().find_map(|(dialect, sample)| sample.rows.first().map(|first| (*dialect, first)));
    Ok(Err(match likeliest {
        Some((dialect, first)) => refuse::unknown(name, first, Some(dialect).filter(|_| first.fields.len() > 1), wanted),
        None => refuse::blank(name, is_whole, wanted),
    }))
}

/// Whether the file's last character is the end of a line.
fn ends_with_line_break(file: &mut File) -> io::Result<bool> {
    let mut last = Vec::new();
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(2)))?;
    file.read_to_end(&mut last)?;
    // In UTF-16 a line break has a zero byte before or behind it.
    let last = last.strip_suffix(&[0]).unwrap_or(&last);
    Ok(matches!(last, [.., b'\n' | b'\r']))
}
