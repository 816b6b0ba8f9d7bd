#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::config("keysift.toml", bytes));
