//! `POST /auth/password/reset`.

use super::{
    Person, fresh_name,
    letters::{ask, mailed},
};
use crate::support::App;
use serde_json::json;

#[test]
fn everybody_is_told_the_same() {
    let person = Person::new();
    let known = ask(&person, &person.name).expect(200);
    for unknown in [fresh_name("nobody"), "no name\u{7}".to_owned(), "x".repeat(254)] {
        assert_eq!(ask(&person, &unknown).expect(200).json(), known.json());
    }
    assert_eq!(mailed(&person).len(), 1);
}

#[test]
fn one_letter_a_minute_is_sent() {
    let person = Person::new();
    for _ in 0..5 {
        ask(&person, &person.name).expect(200);
    }
    assert_eq!(mailed(&person).len(), 1);
}

#[test]
fn a_body_without_a_login_is_refused() {
    let app = App::start();
    let refused = app.anonymous().post("/auth/password/reset", &json!({"institution": "local"}));
    refused.expect_problem(400, "malformed_request");
}
