//! Fuzzes [`fuzz::targets::html`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::targets::html(data));
