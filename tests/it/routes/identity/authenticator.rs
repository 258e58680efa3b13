//! An authenticator: computes the codes of a second factor, and sets one up.

use super::Person;
use crate::support::{Caller, Reply, app::PASSWORD};
use aws_lc_rs::hmac;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// The code of an authenticator (RFC 6238), `steps` of 30 seconds from now.
#[expect(clippy::disallowed_methods, reason = "an authenticator has a clock of its own")]
pub(super) fn code(secret: &str, steps: i64) -> String {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let step = (now_s / 30).checked_add_signed(steps).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &base32(secret));
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap());
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

fn base32(text: &str) -> Vec<u8> {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: Vec<u8> =
        text.chars().flat_map(|c| (0..5).rev().map(move |at| (digit(c) >> at & 1) as u8)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}

/// Somebody whose second factor is on.
pub(super) struct Secured {
    /// Key of the factor.
    pub(super) secret: String,
    /// Recovery codes.
    pub(super) codes: Vec<String>,
    /// The session that turned it on, with the tokens that it has now.
    pub(super) caller: Caller,
}

/// Turns a second factor on, in a session of its own.
pub(super) fn turn_on(person: &Person) -> Secured {
    let opened = person.sign_in(PASSWORD).expect(201);
    let caller = person.caller.with_token(&opened.field("access_token"));
    let secret = caller.post("/auth/mfa", &json!({})).expect(200).field("secret");
    let verified = caller.post("/auth/mfa/verify", &json!({"code": code(&secret, 0)})).expect(200).json();
    let codes = verified["recovery_codes"].as_array().unwrap();
    let next = json!({"refresh_token": opened.field("refresh_token")});
    let next = person.app.anonymous().post("/auth/sessions/refresh", &next).expect(200);
    Secured {
        secret,
        codes: codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect(),
        caller: caller.with_token(&next.field("access_token")),
    }
}

/// Signs in with a code beside the password.
pub(super) fn sign_in_with(person: &Person, code: &str) -> Reply {
    let login = json!({"institution": "local", "login": person.name, "password": PASSWORD, "code": code});
    person.app.anonymous().post("/auth/sessions", &login)
}
