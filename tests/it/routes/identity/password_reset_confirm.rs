//! `POST /auth/password/reset/confirm`.

use super::{
    OTHER_PASSWORD, Person, fresh_name,
    letters::{ask, confirm, mailed},
};
use crate::support::app::PASSWORD;
use serde_json::json;

#[test]
fn a_reset_token_sets_a_password_once_and_ends_every_session() {
    let person = Person::new();
    ask(&person, &person.name).expect(200);
    let letters = mailed(&person);
    assert_eq!(letters.len(), 1);
    confirm(&person, &letters[0], "short").expect_problem(422, "password_refused");
    confirm(&person, &letters[0], OTHER_PASSWORD).expect(204);
    person.caller.get("/users/me").expect_problem(401, "unauthenticated");
    person.sign_in(PASSWORD).expect_problem(401, "sign_in_rejected");
    person.sign_in(OTHER_PASSWORD).expect(201);
    confirm(&person, &letters[0], PASSWORD).expect_problem(422, "token_invalid");
}

#[test]
fn a_reset_unlocks_whom_others_locked_out() {
    let person = Person::new();
    for _ in 0..10 {
        person.sign_in("wrong").expect(401);
    }
    person.sign_in(PASSWORD).expect_problem(429, "sign_in_locked");
    ask(&person, &format!("{}@example.org", person.name)).expect(200);
    confirm(&person, &mailed(&person)[0], OTHER_PASSWORD).expect(204);
    person.sign_in(OTHER_PASSWORD).expect(201);
}

#[test]
fn a_token_belongs_to_its_owner_and_its_purpose() {
    let person = Person::new();
    let other = fresh_name("ben");
    person.app.named_person("local", "researcher", &other);
    ask(&person, &person.name).expect(200);
    let token = mailed(&person).remove(0);
    let body = json!({"institution": "local", "login": other, "token": token, "password": OTHER_PASSWORD});
    person.app.anonymous().post("/auth/password/reset/confirm", &body).expect_problem(422, "token_invalid");
    let setup = json!({"token": token, "password": OTHER_PASSWORD});
    person.app.anonymous().post("/auth/password", &setup).expect_problem(422, "token_invalid");
    person.sign_in(PASSWORD).expect(201);
    confirm(&person, "cwsrp_nothing", OTHER_PASSWORD).expect_problem(422, "token_invalid");
    confirm(&person, &token, OTHER_PASSWORD).expect(204);
}

#[test]
fn a_letter_that_went_to_the_old_address_opens_nothing_any_more() {
    let person = Person::new();
    ask(&person, &person.name).expect(200);
    let token = mailed(&person).remove(0);
    let email = json!({"email": format!("{}@elsewhere.example", person.name)});
    person.caller.patch(&super::record(&person.caller.user_id), "*", &email).expect(200);
    confirm(&person, &token, OTHER_PASSWORD).expect_problem(422, "token_invalid");
    person.sign_in(PASSWORD).expect(201);
}
