//! Whether a file's rejected rows are too many, and what else is to be said of what was read.

use files::Report;
use model::format::{counted, grouped};
use model::integration::{KindContract, Limits};

/// Why a file with these rejected rows is refused as a whole, if it is.
pub(super) fn over_limits(report: &Report, name: &str, contract: &KindContract, limits: &Limits, is_correction: bool) -> Option<String> {
    let Report { read, rejected, missing_keys, first_missing_key, .. } = report;
    let key = contract.key().iter().map(|column| column.name).collect::<Vec<_>>().join(" and ");
    if *read == 0 {
        return Some(format!("{name} has a header and no rows. Nothing was changed."));
    }
    if is_correction {
        return (rejected == read)
            .then(|| format!("{name}: every row still breaks a rule. Nothing was changed; the rows are listed with their reasons."));
    }
    if *missing_keys > limits.missing_keys {
        let rows = counted(*missing_keys, "row has", "rows have");
        let first = first_missing_key.as_deref().unwrap_or_default();
        return Some(format!(
            "{name}: {rows} no valid {key} (the first: {first}). Nothing was changed; mend the file and import it again."
        ));
    }
    if limits.rejected_rows.is_some_and(|most| *rejected > most) {
        let most = grouped(limits.rejected_rows.unwrap_or_default());
        return Some(format!(
            "{name}: {} break a rule, more than {most}. Nothing was changed; the rows are listed with their reasons.",
            counted(*rejected, "row", "rows")
        ));
    }
    #[expect(clippy::cast_precision_loss, reason = "rows stay far below 2^53")]
    let percent = *rejected as f64 * 100.0 / *read as f64;
    (percent > limits.rejected_percent).then(|| {
        format!(
            "{name}: {} of {} rows break a rule, more than {} %. Nothing was changed; the rows are listed with their reasons.",
            grouped(*rejected),
            grouped(*read),
            limits.rejected_percent
        )
    })
}

/// What else is to be said of what was read.
pub(super) fn notes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if report.repeated > 0 {
        let rows = counted(report.repeated, "row repeats another's values and was", "rows repeat others' values and were");
        notes.push(format!("{rows} taken once."));
    }
    notes
}
