//! An authenticator (RFC 6238), computed here and not by the code under test.

use aws_lc_rs::hmac;
use std::time::{SystemTime, UNIX_EPOCH};

/// The code that an authenticator with this key shows now.
#[expect(clippy::disallowed_methods, reason = "an authenticator has a clock of its own")]
pub fn code(secret: &str) -> String {
    let step = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &from_base32(secret));
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap());
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

fn from_base32(text: &str) -> Vec<u8> {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: Vec<u8> =
        text.chars().flat_map(|c| (0..5).rev().map(move |at| (digit(c) >> at & 1) as u8)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}
