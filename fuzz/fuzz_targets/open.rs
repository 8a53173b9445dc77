//! Whatever the bytes, opening them ends in pages or an error. Seed it with
//! `tests/fixtures/intake`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vouch::imaging::{DecodeScale, IntakeError, Limits, open};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { max_pixels: 4_000_000, max_decoded_pixels: 4_000_000, ..Limits::default() };
    match open("fuzz", bytes, &limits, DecodeScale::READING) {
        Ok(opened) => assert!(!opened.pages.is_empty()),
        Err(IntakeError::Timeout { .. }) => panic!("a decoder hung"),
        Err(error) => assert!(error.finding().code.as_str().starts_with("intake.")),
    }
});
