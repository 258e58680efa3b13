//! `POST /auth/mfa`.

use super::{
    Person,
    authenticator::{code, sign_in_with, turn_on},
    record, sign_in, tokens,
};
use crate::support::{App, app::PASSWORD, clock::MovedClock};
use cws_local::world::Setup;
use serde_json::json;
use std::sync::Arc;

#[test]
fn a_session_without_the_factor_does_not_replace_it() {
    let person = Person::new();
    let begun = person.caller.post("/auth/mfa", &json!({})).expect(200).field("secret");
    let (secret, token) = (turn_on(&person).secret, person.sign_in(PASSWORD));
    assert_ne!(begun, secret);
    token.expect_problem(401, "mfa_required");
    let opened = sign_in_with(&person, &code(&secret, 1)).expect(201);
    person.caller.with_token(&opened.field("access_token")).post("/auth/mfa", &json!({})).expect(200);
}

#[test]
fn it_takes_a_sign_in_of_the_last_quarter_of_an_hour() {
    let clock = MovedClock::new();
    let person = Person::on(App::start_local(Setup { clock: Arc::new(clock.clone()), ..Setup::for_tests() }));
    let (access, refresh) = tokens(&person.app, &person.name);
    clock.advance_s(14 * 60);
    person.caller.with_token(&access).post("/auth/mfa", &json!({})).expect(200);
    clock.advance_s(2 * 60);
    let next = json!({"refresh_token": refresh});
    let next = person.app.anonymous().post("/auth/sessions/refresh", &next).expect(200);
    let old = person.caller.with_token(&next.field("access_token"));
    for (path, body) in [("/auth/mfa", json!({})), ("/auth/mfa/verify", json!({"code": "123456"}))] {
        old.post(path, &body).expect_problem(403, "forbidden");
    }
}

#[test]
fn who_has_a_second_factor_needs_it_to_change_roles() {
    let mut person = Person::new();
    let path = record(&person.app.researcher().user_id);
    person.name = super::fresh_name("admin");
    person.caller = person.app.named_person("local", "institution_admin", &person.name);
    let change = json!({"role": "institution_auditor"});
    let secret = turn_on(&person).secret;
    sign_in(&person.app, &person.name, PASSWORD).expect_problem(401, "mfa_required");
    let opened = sign_in_with(&person, &code(&secret, 1)).expect(201);
    person.caller.with_token(&opened.field("access_token")).patch(&path, "*", &change).expect(200);
}
