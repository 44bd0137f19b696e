//! What stands between fields and around them.

use csv_nose::{SampleSize, Sniffer};

/// How fields are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// What stands between them.
    pub(crate) delimiter: u8,
    /// What may stand around them.
    pub(crate) quote: u8,
}

/// What the publishers and spreadsheets put between fields, tried where detection is wrong.
const DELIMITERS: [u8; 4] = [b',', b'\t', b'|', b';'];
/// Bytes of the sample that detection looks at: a few hundred rows.
const LOOKED_AT: usize = 32 * 1024;

impl Dialect {
    /// The delimiter, for people.
    pub(crate) fn delimiter_name(self) -> String {
        match self.delimiter {
            b',' => "commas".to_owned(),
            b'\t' => "tabs".to_owned(),
            b'|' => "pipes".to_owned(),
            b';' => "semicolons".to_owned(),
            other => format!("{:?}", char::from(other)),
        }
    }
}

/// The dialects in which the beginning of a text, in UTF-8, may be written: the likeliest first. A header decides.
pub(crate) fn candidates(sample: &[u8]) -> Vec<Dialect> {
    let mut candidates = Vec::with_capacity(DELIMITERS.len() + 2);
    let mut add = |delimiter: u8, quote: u8| {
        let dialect = Dialect { delimiter, quote };
        if !candidates.contains(&dialect) {
            candidates.push(dialect);
        }
    };
    // Excel writes its own hint.
    if let Some(hint) = separator_hint(sample) {
        add(hint, b'"');
    }
    let mut sniffer = Sniffer::new();
    sniffer.sample_size(SampleSize::Bytes(LOOKED_AT));
    if let Ok(sniffed) = sniffer.sniff_bytes(&sample[..sample.len().min(LOOKED_AT)]) {
        let delimiter = sniffed.dialect.delimiter;
        if delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() {
            // Names like Coeur d'Alene make an apostrophe look like a quote: only a header that needs it makes it one.
            add(delimiter, b'"');
            if sniffed.dialect.quote.char() == Some(b'\'') {
                add(delimiter, b'\'');
            }
        }
    }
    for delimiter in DELIMITERS {
        add(delimiter, b'"');
    }
    candidates
}

/// The delimiter that a first line `sep=;` names.
pub(crate) fn separator_hint(sample: &[u8]) -> Option<u8> {
    let line = sample.split(|byte| *byte == b'\n').next()?;
    match line {
        [s, e, p, b'=', delimiter] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => Some(*delimiter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_dialect_comes_first() {
        for (sample, delimiter) in [
            ("\"zip\",\"lat\",\"weights\"\n\"00601\",\"18.1\",\"{\"\"72001\"\": 98.74, \"\"72141\"\": 1.26}\"\n", b','),
            ("GEOID\tALAND\tINTPTLONG   \n00601\t166659745\t-66.749961   \n", b'\t'),
            ("GEOID|GEOIDFQ|ALAND\n00601|860Z200US00601|166659745\n", b'|'),
            ("Zip;Lat;City\n601;18,18;Adjuntas\n602;18,36;Aguada\n", b';'),
            ("28602,00501,NY,2,\n28602,99501,AK,7,\n", b','),
            ("28602,00501,NY,2,\n", b','),
            ("zip,lat,lng\n", b','),
            ("sep=|\nzip|lat\n", b'|'),
        ] {
            assert_eq!(candidates(sample.as_bytes())[0], Dialect { delimiter, quote: b'"' }, "{sample}");
        }
        let quoted = "'zip','lat','city'\n'00601','18.1','Adjuntas'\n'00602','18.3','Aguada'\n";
        assert!(candidates(quoted.as_bytes()).contains(&Dialect { delimiter: b',', quote: b'\'' }));
    }

    #[test]
    fn there_is_always_something_to_try() {
        for sample in ["", "\n", "zip", "\"", ",,,,"] {
            assert!(candidates(sample.as_bytes()).len() >= DELIMITERS.len(), "{sample:?}");
        }
    }
}
