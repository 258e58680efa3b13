//! Time-based one-time passwords (RFC 6238: SHA-1, 30 seconds, six digits), and base 32 (RFC 4648).

use aws_lc_rs::hmac;

/// Length of a step, seconds.
pub(super) const STEP_S: i64 = 30;
/// Digits of a code.
const DIGITS: usize = 6;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that an instant lies in.
pub(super) fn step_at(seconds: i64) -> u64 {
    u64::try_from(seconds.div_euclid(STEP_S)).unwrap_or(0)
}

/// The code of a step.
pub(super) fn code(key: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0x0f);
    let word = bytes.iter().skip(offset).take(4).fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    format!("{:0DIGITS$}", (word & 0x7fff_ffff) % 10_u32.pow(DIGITS as u32))
}

/// The step whose code was typed: now, the one before or the one after, but later than `last_step`.
/// All three are computed and compared whole, whichever fits.
pub(super) fn matching_step(key: &[u8], typed: &str, now_s: i64, last_step: u64) -> Option<u64> {
    let now = step_at(now_s);
    let around = [now.saturating_sub(1), now, now.saturating_add(1)];
    let fits = around.map(|step| super::hash::same(&code(key, step), typed) && step > last_step);
    around.into_iter().zip(fits).find_map(|(step, fits)| fits.then_some(step))
}

/// Base 32 without padding, upper case.
pub(super) fn base32(bytes: &[u8]) -> String {
    let bits = bytes.len() * 8;
    (0..bits.div_ceil(5)).map(|place| digit(bytes, place * 5)).collect()
}

fn digit(bytes: &[u8], first_bit: usize) -> char {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
    let value = (first_bit..first_bit + 5).fold(0_u8, |value, at| (value << 1) | bit(at));
    ALPHABET.get(usize::from(value)).map_or('A', |byte| char::from(*byte))
}

/// Reads base 32; `None` when a character is outside the alphabet.
pub(super) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut word, mut bits, mut bytes) = (0_u32, 0_u32, Vec::new());
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == byte)?;
        word = (word << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((word >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        // The RFC lists eight digits; six-digit codes are their last six.
        let vectors = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (seconds, eight) in vectors {
            assert_eq!(code(KEY, step_at(seconds)), eight.get(2..).expect("six digits"), "{seconds}");
        }
    }

    #[test]
    fn base_32_is_that_of_rfc_4648_section_10() {
        for (plain, encoded) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), encoded);
            assert_eq!(from_base32(encoded), Some(plain.as_bytes().to_vec()));
        }
        assert_eq!(from_base32("MZXW6===1"), None);
    }

    #[test]
    fn a_code_fits_one_step_early_or_late_and_no_more() {
        let typed = code(KEY, 1000);
        let at = |step: i64| matching_step(KEY, &typed, step * STEP_S + 7, 0);
        assert_eq!(
            [at(998), at(999), at(1000), at(1001), at(1002)],
            [None, Some(1000), Some(1000), Some(1000), None]
        );
    }

    #[test]
    fn a_code_that_was_taken_does_not_fit_again() {
        let typed = code(KEY, 1000);
        assert_eq!(matching_step(KEY, &typed, 1000 * STEP_S, 1000), None);
        assert_eq!(matching_step(KEY, &typed, 1000 * STEP_S, 999), Some(1000));
    }

    #[test]
    fn what_is_no_code_fits_nothing() {
        for typed in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(matching_step(KEY, typed, 30_000, 0), None, "{typed}");
        }
    }
}
