//! Fuzzing: for each parser of files a function that takes any bytes and panics if what must always hold does not. `scripts/fuzz`
//! feeds them with libFuzzer; the tests replay the corpus of `corpus/`.

mod contract;
mod findings;
mod judge;
mod package;
pub mod targets;

/// A function that takes any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its folder in `corpus/` and of its program.
pub const TARGETS: [(&str, Target); 8] = [
    ("charts", targets::charts),
    ("corrections", targets::corrections),
    ("delimited", targets::delimited),
    ("encodings", targets::encodings),
    ("html", targets::html),
    ("unpack", targets::unpack),
    ("xls", targets::xls),
    ("xlsx", targets::xlsx),
];
