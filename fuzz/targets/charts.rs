//! Fuzzes [`fuzz::targets::charts`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::targets::charts(data));
