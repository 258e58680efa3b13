//! `POST /auth/mfa` and `POST /auth/mfa/verify`: a second factor, with codes computed here.

use super::{Person, sign_in};
use crate::support::{Caller, Reply, app::PASSWORD};
use aws_lc_rs::hmac;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// The code of an authenticator (RFC 6238), `steps` of 30 seconds from now.
#[expect(clippy::disallowed_methods, reason = "an authenticator has a clock of its own")]
fn code(secret: &str, steps: i64) -> String {
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

/// Turns a second factor on; answers its key and recovery codes.
fn turn_on(caller: &Caller) -> (String, Vec<String>) {
    let secret = caller.post("/auth/mfa", &json!({})).expect(200).field("secret");
    let verified = caller.post("/auth/mfa/verify", &json!({"code": code(&secret, 0)})).expect(200).json();
    let codes = verified["recovery_codes"].as_array().unwrap();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

fn sign_in_with(person: &Person, code: &str) -> Reply {
    let login = json!({"institution": "local", "login": person.name, "password": PASSWORD, "code": code});
    person.app.anonymous().post("/auth/sessions", &login)
}

#[test]
fn a_second_factor_is_asked_for_once_it_is_verified() {
    let person = Person::new();
    let begun = person.caller.post("/auth/mfa", &json!({})).expect(200);
    let secret = begun.field("secret");
    assert!(begun.field("otpauth_uri").starts_with("otpauth://totp/"));
    assert!(begun.field("otpauth_uri").contains(&secret));
    person.sign_in(PASSWORD).expect(201);
    person.caller.post("/auth/mfa/verify", &json!({"code": "000000"})).expect_problem(422, "code_rejected");
    person.caller.post("/auth/mfa/verify", &json!({"code": code(&secret, 0)})).expect(200);

    let missing = person.sign_in(PASSWORD).expect_problem(401, "mfa_required");
    assert_eq!(missing.json()["challenge"], "totp");
    let opened = sign_in_with(&person, &code(&secret, 1)).expect(201);
    assert_eq!(opened.json()["mfa"], json!(true));
    let current =
        person.caller.with_token(&opened.field("access_token")).get("/auth/sessions/current").expect(200);
    assert_eq!(current.json()["mfa"], json!(true));
}

#[test]
fn a_code_works_once() {
    let person = Person::new();
    let (secret, _) = turn_on(&person.caller);
    let next = code(&secret, 1);
    sign_in_with(&person, &next).expect(201);
    sign_in_with(&person, &next).expect_problem(401, "sign_in_rejected");
    sign_in_with(&person, &code(&secret, -5)).expect_problem(401, "sign_in_rejected");
    sign_in_with(&person, "no code").expect_problem(401, "sign_in_rejected");
}

#[test]
fn a_wrong_password_is_not_told_that_there_is_a_second_factor() {
    let person = Person::new();
    turn_on(&person.caller);
    person.sign_in("not the right password").expect_problem(401, "sign_in_rejected");
}

#[test]
fn each_recovery_code_stands_in_once() {
    let person = Person::new();
    let (_, codes) = turn_on(&person.caller);
    assert_eq!(codes.len(), 10);
    for used in &codes[..2] {
        sign_in_with(&person, used).expect(201);
        sign_in_with(&person, used).expect_problem(401, "sign_in_rejected");
    }
    sign_in_with(&person, &codes[2].to_lowercase()).expect(201);
}

#[test]
fn a_session_without_the_factor_does_not_replace_it() {
    let person = Person::new();
    let (secret, _) = turn_on(&person.caller);
    person.caller.post("/auth/mfa", &json!({})).expect_problem(401, "mfa_required");
    let opened = sign_in_with(&person, &code(&secret, 1)).expect(201);
    person.caller.with_token(&opened.field("access_token")).post("/auth/mfa", &json!({})).expect(200);
}

#[test]
fn who_has_a_second_factor_needs_it_to_change_roles() {
    let person = Person::new();
    let name = super::fresh_name("admin");
    let admin = person.app.named_person("local", "institution_admin", &name);
    let path = super::record(&person.caller.user_id);
    let change = json!({"role": "institution_auditor"});
    let (secret, _) = turn_on(&admin);
    admin.patch(&path, "*", &change).expect_problem(403, "forbidden");
    sign_in(&person.app, &name, PASSWORD).expect_problem(401, "mfa_required");
    let login =
        json!({"institution": "local", "login": name, "password": PASSWORD, "code": code(&secret, 1)});
    let opened = person.app.anonymous().post("/auth/sessions", &login).expect(201);
    admin.with_token(&opened.field("access_token")).patch(&path, "*", &change).expect(200);
}

#[test]
fn nothing_is_verified_before_anything_is_enrolled() {
    let person = Person::new();
    person
        .caller
        .post("/auth/mfa/verify", &json!({"code": "123456"}))
        .expect_problem(409, "mfa_not_enrolled");
}
