//! Fuzzes [`fuzz::targets::xls`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::targets::xls(data));
