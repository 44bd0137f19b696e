//! Checking: each row against its kind's contract and against the rows before it.

use std::borrow::Cow;
use std::hash::Hasher;

use model::RunId;
use model::integration::{ColumnType, KindContract, Replacement};
use rustc_hash::FxHasher;

use super::keys::{Claim, Keys};
use super::value::{Checked, Fault, Scratch, check, trimmed};
use super::{MAX_COLUMNS, MAX_ORIGINS};
use crate::correction;
use crate::recognize::Table;
use crate::refusal::{Damage, quoted};
use crate::row::Row;
use crate::sink::{Breach, Control, Rejected, Report, Sink, Value};

/// The longest value that a rejected row is told with, characters.
const VALUE_CHARACTERS: usize = 200;

/// Checks rows one by one.
pub(super) struct Checker<'a> {
    contract: &'static KindContract,
    table: &'a Table,
    /// Whether rows may be shorter or longer than the header, as in sheets, where cells stand in their columns anyhow.
    is_ragged: bool,
    /// The run whose rejected rows these are, if they are.
    correction: Option<&'a RunId>,
    /// Whether fields may have an apostrophe before them that keeps spreadsheets from running them.
    is_escaped: bool,
    repair: bool,
    keys: Keys,
    report: Report,
}

/// Why a row is rejected: the fault, the column that has it, and the value.
struct Reason<'r> {
    column: Option<usize>,
    fault: Fault,
    value: Cow<'r, [u8]>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        contract: &'static KindContract,
        table: &'a Table,
        is_ragged: bool,
        correction: Option<&'a RunId>,
        repair: bool,
    ) -> Self {
        let keys = match contract.key() {
            [slot] => Keys::new(1, codes(slot.kind)),
            [origin, slot, ..] => Keys::new(codes(origin.kind), codes(slot.kind)),
            [] => Keys::new(1, 1),
        };
        Self { contract, table, is_ragged, correction, is_escaped: correction.is_some(), repair, keys, report: Report::default() }
    }

    /// The same for a file that the platform itself has written of a table.
    pub(super) fn of_export(self) -> Self {
        Self { is_escaped: true, ..self }
    }

    pub(super) fn report(&self) -> &Report {
        &self.report
    }

    pub(super) fn into_report(mut self) -> Report {
        if self.contract.replacement == Replacement::Origins {
            let digits = if matches!(self.contract.columns[0].kind, ColumnType::Zip3) { 3 } else { 5 };
            self.report.origins = self.keys.origins().into_iter().map(|number| format!("{number:0digits$}")).collect();
        }
        self.report
    }

    /// Checks a row and hands it on.
    ///
    /// # Errors
    /// If the row shows that the file is damaged as a whole.
    pub(super) fn take(&mut self, row: &Row, sink: &mut dyn Sink) -> Result<Control, Damage> {
        let width = self.table.width;
        let is_short = !self.is_ragged && row.fields.len() < width;
        let is_long =
            !self.is_ragged && row.fields.len() > width && row.fields.iter().skip(width).any(|field| !field.trim_ascii().is_empty());
        // No column that is used holds a line break. Where one does, or where the fields do not fit, a quote too many has
        // swallowed the rows between: all of them count. A line break in a column that nobody reads harms nothing.
        if row.breaks > 0 && (is_short || is_long || self.used(row).any(|field| field.contains(&b'\n'))) {
            let swallowed = row.breaks;
            self.report.read += 1 + swallowed;
            self.report.rejected += swallowed;
            let reason = if swallowed == 1 {
                "a quote is opened here and closed only on the next line: that line is lost".to_owned()
            } else {
                format!("a quote is opened here and closed only {swallowed} lines further down: those lines are lost")
            };
            return Ok(self.reject_row(row, Breach::OpenQuote, reason, sink));
        }
        self.report.read += 1;
        if let Some(run) = self.correction {
            self.check_run(row, run)?;
        }
        if is_short || is_long {
            return Ok(self.reject_row(row, Breach::FieldCount, format!("has {} fields, the header {width}", row.fields.len()), sink));
        }

        let mut values = [Value::Null; MAX_COLUMNS];
        let mut scratch = [Scratch::default(); MAX_COLUMNS];
        let (mut lost, mut first_lost) = (0, None);
        let columns = self.contract.columns;
        for (index, ((column, value), scratch)) in columns.iter().zip(&mut values).zip(&mut scratch).enumerate() {
            let field = field(self.table, self.is_escaped, row, index);
            match check(column, field, scratch) {
                Ok(Checked::Whole(checked)) => *value = checked,
                Ok(Checked::Repaired(checked)) => {
                    *value = checked;
                    lost += 1;
                    first_lost.get_or_insert(index);
                }
                Err(fault) => return Ok(self.reject(row, Reason { column: Some(index), fault, value: field.into() }, sink)),
            }
        }
        let values = &values[..columns.len()];
        if let (Some(wanted), Value::Text(origin)) = (&self.table.origin, values[0])
            && wanted != origin
        {
            let fault = Fault { breach: Breach::OtherOrigin, reason: format!("is not {wanted}, the origin that the file's name tells") };
            return Ok(self.reject(row, Reason { column: Some(0), fault, value: origin.as_bytes().into() }, sink));
        }
        if let Some(index) = first_lost {
            let found = field(self.table, self.is_escaped, row, index);
            self.report.leading_zeros += lost;
            if self.report.first_leading_zeros.is_none()
                && let Value::Text(repaired) = values[index]
            {
                let found = String::from_utf8_lossy(found);
                self.report.first_leading_zeros = Some(format!("line {}, {} {found} as {repaired}", row.line, columns[index].name));
            }
            if !self.repair {
                let digits = if let Value::Text(repaired) = values[index] { repaired.len() } else { 0 };
                let reason = format!("has only {} of {digits} digits: leading zeros were lost, as spreadsheets do", found.len());
                let fault = Fault { breach: Breach::LostLeadingZeros, reason };
                return Ok(self.reject(row, Reason { column: Some(index), fault, value: found.into() }, sink));
            }
        }
        let (origin, slot) = key(&values[..self.contract.key_columns]);
        match self.keys.claim(origin, slot, row.line, hash(values)) {
            Claim::New => Ok(sink.row(values)),
            Claim::Same => {
                self.report.repeated += 1;
                Ok(Control::Continue)
            }
            Claim::Other(line) => Ok(self.reject_repeated(row, line, values, sink)),
            Claim::TooManyOrigins => Err(Damage::Damaged(format!(
                "holds more origins than the {MAX_ORIGINS} that one file may: the row at line {} begins another. Split the file by origin and import its parts.",
                row.line
            ))),
        }
    }

    /// The fields that columns of the contract are read from.
    fn used<'r>(&self, row: &'r Row) -> impl Iterator<Item = &'r [u8]> {
        self.table.fields.iter().flatten().filter_map(|index| row.fields.get(*index))
    }

    /// A list of corrected rows belongs to one run.
    fn check_run(&self, row: &Row, run: &RunId) -> Result<(), Damage> {
        let Some(field) = self.table.run else { return Ok(()) };
        let found = trimmed(row.fields.get(field).unwrap_or_default());
        if found == run.as_str().as_bytes() {
            return Ok(());
        }
        let found = if found.is_empty() { "none".to_owned() } else { quoted(&String::from_utf8_lossy(found)).into_owned() };
        Err(Damage::Damaged(format!(
            "is a list of corrected rows of the run {run}, but line {} names {found} in the column {}. Import the rows of each run as a file of their own.",
            row.line,
            correction::RUN
        )))
    }

    fn reject_repeated(&mut self, row: &Row, line: Option<u32>, values: &[Value<'_>], sink: &mut dyn Sink) -> Control {
        let key = self.contract.key();
        let names = key.iter().map(|column| column.name).collect::<Vec<_>>().join(" and ");
        let reason = match line {
            Some(line) => format!("repeats the {names} of line {line} with other values"),
            None => format!("repeats the {names} of a row above"),
        };
        let texts = values.iter().take(key.len()).filter_map(|value| if let Value::Text(text) = value { Some(*text) } else { None });
        let value = texts.collect::<Vec<_>>().join(", ").into_bytes();
        let column = (key.len() == 1).then_some(0);
        self.reject(row, Reason { column, fault: Fault { breach: Breach::RepeatedKey, reason }, value: value.into() }, sink)
    }

    /// Rejects a row of which no column is to blame.
    fn reject_row(&mut self, row: &Row, breach: Breach, reason: String, sink: &mut dyn Sink) -> Control {
        let value = row.fields.iter().collect::<Vec<_>>().join(&b", "[..]);
        self.reject(row, Reason { column: None, fault: Fault { breach, reason }, value: value.into() }, sink)
    }

    fn reject(&mut self, row: &Row, reason: Reason<'_>, sink: &mut dyn Sink) -> Control {
        let Reason { column, fault: Fault { breach, reason }, value } = reason;
        self.report.rejected += 1;
        if breach != Breach::RepeatedKey
            && breach != Breach::OtherOrigin
            && let Some(index) = column.filter(|index| *index < self.contract.key_columns)
        {
            self.report.missing_keys += 1;
            if self.report.first_missing_key.is_none() {
                self.report.first_missing_key = Some(format!("line {}, {} {reason}", row.line, self.contract.columns[index].name));
            }
        }
        let fields =
            (0..self.contract.columns.len()).map(|index| String::from_utf8_lossy(field(self.table, self.is_escaped, row, index))).collect();
        let value = String::from_utf8_lossy(&value);
        sink.reject(&Rejected {
            line: row.line,
            column: column.map(|index| self.contract.columns[index].name),
            breach,
            reason,
            value: shortened(&value),
            fields,
        })
    }
}

/// The field of a column, without the blanks around it; empty where the file or the row has none.
fn field<'r>(table: &Table, is_correction: bool, row: &'r Row, column: usize) -> &'r [u8] {
    let field = table.fields[column].and_then(|index| row.fields.get(index)).unwrap_or_default();
    let field = trimmed(field);
    if is_correction { trimmed(correction::unescaped(field)) } else { field }
}

fn shortened(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(VALUE_CHARACTERS) {
        Some((at, _)) => value[..at].to_owned().into(),
        None => value.into(),
    }
}

/// How many codes a key's column can tell apart.
fn codes(kind: ColumnType) -> usize {
    match kind {
        ColumnType::Zip3 => 1_000,
        ColumnType::Zip5 => 100_000,
        ColumnType::Zip3OrZip5 => 101_000,
        _ => 1,
    }
}

/// The origin and the slot of a row, by its key's values; the origin is 0 where the key is one column.
fn key(values: &[Value<'_>]) -> (usize, usize) {
    let number = |value: Option<&Value<'_>>| match value {
        Some(Value::Text(code)) => code.bytes().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0')),
        _ => 0,
    };
    match values {
        [code] => (0, number(Some(code))),
        _ => {
            // A five-digit destination beside three-digit ones: behind them.
            let is_zip5_of_either = matches!((values.first(), values.get(1)), (Some(Value::Text(origin)), Some(Value::Text(code))) if origin.len() == 3 && code.len() == 5);
            (number(values.first()), number(values.get(1)) + if is_zip5_of_either { 1_000 } else { 0 })
        }
    }
}

fn hash(values: &[Value<'_>]) -> u64 {
    let mut hasher = FxHasher::default();
    for value in values {
        match value {
            Value::Null => hasher.write_u64(u64::MAX),
            Value::Text(text) => hasher.write(text.as_bytes()),
            Value::Double(number) => hasher.write_u64(number.to_bits()),
            Value::Bigint(number) => hasher.write_i64(*number),
            Value::Smallint(number) => hasher.write_i16(*number),
        }
    }
    hasher.finish()
}
