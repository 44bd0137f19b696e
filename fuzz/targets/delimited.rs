//! Fuzzes [`fuzz::targets::delimited`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::targets::delimited(data));
