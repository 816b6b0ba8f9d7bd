#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keysift_fuzz::gitleaks("gitleaks.toml", bytes));
