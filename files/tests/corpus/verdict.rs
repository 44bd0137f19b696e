//! What becomes of a file: all the way from its bytes to rows, in words.

use std::fmt::Write;
use std::io::Write as _;
use std::path::Path;

use files::{
    Breach, Control, Damage, ReadOptions, Reason, Recognized, Refusal, Rejected, Report, Sink, UnpackLimits, Value, read, recognize, unpack,
};
use model::FileKind;

/// The sort of end that a file comes to, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Whole,
    LostZeros,
    WithoutSome,
    TooManyRejected,
    Damaged,
    Refused(Reason),
    Unpacked,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) kind: Option<FileKind>,
    /// Lines that say it.
    pub(crate) lines: Vec<String>,
    /// The rules that its rows broke, by column.
    pub(crate) breaches: Vec<(Option<&'static str>, Breach)>,
    /// What became of what an archive holds.
    pub(crate) members: Vec<Verdict>,
}

/// Rejected rows that are shown of a file.
const SHOWN: usize = 3;

/// Keeps what is rejected.
#[derive(Default)]
struct Rejects {
    rows: u64,
    lines: Vec<String>,
    breaches: Vec<(Option<&'static str>, Breach)>,
}

impl Sink for Rejects {
    fn row(&mut self, _: &[Value<'_>]) -> Control {
        self.rows += 1;
        Control::Continue
    }

    fn reject(&mut self, rejected: &Rejected<'_>) -> Control {
        let value = match rejected.value.chars().count() {
            0 => String::new(),
            1..=60 => format!(": {}", rejected.value.escape_debug()),
            _ => format!(": {}…", rejected.value.chars().take(60).collect::<String>().escape_debug()),
        };
        let column = rejected.column.map(|column| format!("{column} ")).unwrap_or_default();
        self.lines.push(format!("line {}, {column}{}{value}", rejected.line, rejected.reason));
        self.breaches.push((rejected.column, rejected.breach));
        Control::Continue
    }
}

/// What becomes of a file of this name that holds these bytes, which somebody may have wanted to be of a kind.
pub(crate) fn verdict(name: &str, bytes: &[u8], wanted: Option<FileKind>) -> Verdict {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("writes");
    let folder = tempfile::tempdir().expect("a folder");
    match unpack(file.path(), name, folder.path(), &UnpackLimits::default()).expect("unpacks") {
        Ok(None) => of_file(file.path(), name, wanted),
        Err(refusal) => refused(refusal),
        Ok(Some(members)) => {
            let members: Vec<(String, Verdict)> =
                members.iter().map(|member| (member.name.clone(), of_file(&member.file, &member.name, wanted))).collect();
            let mut lines = Vec::new();
            for (name, member) in &members {
                lines.push(format!("holds {name}"));
                lines.extend(member.lines.iter().map(|line| format!("    {line}")));
            }
            let members = members.into_iter().map(|(_, member)| member).collect();
            Verdict { outcome: Outcome::Unpacked, kind: None, lines, breaches: Vec::new(), members }
        }
    }
}

fn refused(refusal: Refusal) -> Verdict {
    let kind = refusal.kind.map(|kind| format!(" (taken for {kind})")).unwrap_or_default();
    let line = format!("{}{kind}", refusal.message);
    Verdict { outcome: Outcome::Refused(refusal.reason), kind: refusal.kind, lines: vec![line], breaches: Vec::new(), members: Vec::new() }
}

fn of_file(path: &Path, name: &str, wanted: Option<FileKind>) -> Verdict {
    let recognized = match recognize(path, name, wanted).expect("reads") {
        Ok(recognized) => recognized,
        Err(refusal) => return refused(refusal),
    };
    let (report, rejects) = rows(path, name, &recognized, false);
    let (repaired, _) = rows(path, name, &recognized, true);
    let mut lines = vec![title(&recognized)];
    lines.extend(recognized.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(drift(&recognized));
    let outcome = match (&report, &repaired) {
        (Ok(report), Ok(repaired)) => {
            lines.push(counts(report, &rejects));
            if report.leading_zeros > 0 {
                let first = report.first_leading_zeros.as_deref().unwrap_or_default();
                lines.push(format!("lost zeros: {}, the first on {first}", report.leading_zeros));
                lines.push(format!("with them put back: {} rejected of {} read", repaired.rejected, repaired.read));
            }
            outcome(&recognized, report, repaired)
        }
        (Err(damage), _) | (_, Err(damage)) => {
            lines.push(format!("damaged: {name} {damage}"));
            Outcome::Damaged
        }
    };
    let shown = if name.contains("every-rule") { rejects.lines.len() } else { SHOWN };
    lines.extend(rejects.lines.iter().take(shown).map(|line| format!("rejected: {line}")));
    if rejects.lines.len() > shown {
        lines.push(format!("rejected: and {} more", rejects.lines.len() - shown));
    }
    Verdict { outcome, kind: Some(recognized.kind), lines, breaches: rejects.breaches, members: Vec::new() }
}

fn rows(path: &Path, name: &str, recognized: &Recognized, repair_leading_zeros: bool) -> (Result<Report, String>, Rejects) {
    let mut rejects = Rejects::default();
    let report = read(path, name, recognized, &ReadOptions { repair_leading_zeros }, &|_, _, _| (), &mut rejects);
    let report = report.map_err(|damage| match damage {
        Damage::Damaged(what) => what,
        Damage::Io(error) => panic!("{name}: {error}"),
    });
    (report, rejects)
}

/// What a file's rows lead to, by its kind's limits.
fn outcome(recognized: &Recognized, report: &Report, repaired: &Report) -> Outcome {
    let limits = recognized.kind.contract().limits;
    #[expect(clippy::cast_precision_loss, reason = "files of the corpus are small")]
    let is_beyond = |report: &Report| {
        if recognized.correction.is_some() {
            return report.rejected == report.read;
        }
        report.missing_keys > limits.missing_keys || report.rejected as f64 * 100.0 > limits.rejected_percent * report.read as f64
    };
    match report {
        _ if report.leading_zeros > 0 && !is_beyond(repaired) => Outcome::LostZeros,
        _ if is_beyond(report) => Outcome::TooManyRejected,
        _ if report.rejected > 0 => Outcome::WithoutSome,
        _ => Outcome::Whole,
    }
}

fn title(recognized: &Recognized) -> String {
    let mut title = recognized.kind.to_string();
    if let Some(run) = &recognized.correction {
        write!(title, ", corrections of the run {run}").expect("a string");
    }
    if let Some(release) = &recognized.release {
        write!(title, ", release {release}").expect("a string");
    }
    title
}

fn drift(recognized: &Recognized) -> Option<String> {
    let drift = &recognized.drift;
    let renamed: Vec<String> = drift.renamed.iter().map(|(found, publishers)| format!("{found} for {publishers}")).collect();
    let parts = [("new", &drift.new), ("missing", &drift.missing), ("renamed", &renamed)];
    let parts: Vec<String> =
        parts.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
    (!parts.is_empty()).then(|| format!("columns {}", parts.join("; ")))
}

fn counts(report: &Report, rejects: &Rejects) -> String {
    assert_eq!(report.read, rejects.rows + report.rejected + report.repeated);
    let mut counts = format!("{} read, {} rejected", report.read, report.rejected);
    if report.repeated > 0 {
        write!(counts, ", {} repeated", report.repeated).expect("a string");
    }
    if let Some(first) = &report.first_missing_key {
        write!(counts, "; {} without a key, the first on {first}", report.missing_keys).expect("a string");
    }
    if !report.origins.is_empty() {
        let origins = if report.origins.len() > 5 { format!("{} origins", report.origins.len()) } else { report.origins.join(", ") };
        write!(counts, "; origins: {origins}").expect("a string");
    }
    counts
}
