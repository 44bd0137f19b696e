//! Fuzzes [`fuzz::targets::corrections`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::targets::corrections(data));
