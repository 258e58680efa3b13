//! `POST /auth/mfa/verify`: a second factor, with codes computed here.

use super::{
    Person,
    authenticator::{code, sign_in_with, turn_on},
    tokens,
};
use crate::support::app::PASSWORD;
use serde_json::json;

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
fn nothing_is_verified_before_anything_is_enrolled() {
    let person = Person::new();
    person
        .caller
        .post("/auth/mfa/verify", &json!({"code": "123456"}))
        .expect_problem(409, "mfa_not_enrolled");
}

#[test]
fn turning_it_on_ends_every_other_session_and_goes_on_in_this_one() {
    let person = Person::new();
    let (other_access, other_refresh) = tokens(&person.app, &person.name);
    let secured = turn_on(&person);
    for stopped in [&person.caller, &person.caller.with_token(&other_access)] {
        stopped.get("/users/me").expect_problem(401, "unauthenticated");
    }
    let refresh = json!({"refresh_token": other_refresh});
    let refused = person.app.anonymous().post("/auth/sessions/refresh", &refresh);
    refused.expect_problem(401, "refresh_rejected");
    let here = secured.caller.get("/auth/sessions/current").expect(200);
    assert_eq!(here.json()["mfa"], json!(true));
    let open = secured.caller.get("/auth/sessions").expect(200).json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
}
