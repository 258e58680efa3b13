//! `POST /auth/sessions`.

use super::{
    Person,
    authenticator::{code, sign_in_with, turn_on},
    fresh_name, said, sign_in,
};
use crate::support::{App, app::PASSWORD};
use serde_json::json;

#[test]
fn a_wrong_password_and_an_unknown_login_are_told_the_same() {
    let person = Person::new();
    let wrong = person.sign_in("not the right password").expect_problem(401, "sign_in_rejected");
    let unknown =
        sign_in(&person.app, &fresh_name("nobody"), PASSWORD).expect_problem(401, "sign_in_rejected");
    let login = json!({"institution": "never-was", "login": person.name, "password": PASSWORD});
    let nowhere =
        person.app.anonymous().post("/auth/sessions", &login).expect_problem(401, "sign_in_rejected");
    assert_eq!((said(&wrong), said(&wrong)), (said(&unknown), said(&nowhere)));
    let names = |reply: &crate::support::Reply| -> Vec<String> {
        reply.headers.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&wrong), names(&unknown));
}

#[test]
fn the_address_is_a_login_too_in_any_case() {
    let person = Person::new();
    let address = format!("{}@Example.ORG", person.name);
    let opened = sign_in(&person.app, &address, PASSWORD).expect(201);
    assert_eq!(opened.field("user_id"), person.caller.user_id);
    assert_eq!(opened.field("token_type"), "Bearer");
    assert!(opened.json()["expires_in"].as_u64().is_some_and(|life| (60..=3600).contains(&life)));
    assert_eq!(opened.header("cache-control"), Some("no-store"));
}

#[test]
fn a_login_belongs_to_its_institution() {
    let app = App::start();
    let name = fresh_name("ada");
    let elsewhere = app.institution();
    app.named_person(&elsewhere, "researcher", &name);
    sign_in(&app, &name, PASSWORD).expect_problem(401, "sign_in_rejected");
    let there = app.sign_in(&elsewhere, &name);
    assert_eq!(there.get("/users/me").expect(200).field("institution"), elsewhere);
}

#[test]
fn after_ten_failures_even_the_right_password_has_to_wait() {
    let person = Person::new();
    for _ in 0..10 {
        person.sign_in("wrong").expect_problem(401, "sign_in_rejected");
    }
    let locked = person.sign_in(PASSWORD).expect_problem(429, "sign_in_locked");
    let wait_s: u64 = locked.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait_s), "{wait_s}");
    person.caller.get("/users/me").expect(200);
}

#[test]
fn a_lock_does_not_say_who_exists() {
    let person = Person::new();
    let nobody = fresh_name("nobody");
    for _ in 0..10 {
        person.sign_in("wrong").expect(401);
        sign_in(&person.app, &nobody, "wrong").expect(401);
    }
    let known = person.sign_in("wrong").expect_problem(429, "sign_in_locked");
    let unknown = sign_in(&person.app, &nobody, "wrong").expect_problem(429, "sign_in_locked");
    assert_eq!(known.json()["code"], unknown.json()["code"]);
    assert_eq!(known.json()["title"], unknown.json()["title"]);
}

#[test]
fn a_success_forgets_the_failures() {
    let person = Person::new();
    for _ in 0..3 {
        for _ in 0..9 {
            person.sign_in("wrong").expect(401);
        }
        person.sign_in(PASSWORD).expect(201);
    }
}

#[test]
fn a_body_that_cannot_be_a_sign_in_is_refused_and_shows_no_secret() {
    let app = App::start();
    let good = json!({"institution": "local", "login": "ada", "password": "hunter2 hunter2"});
    for (field, value) in [("admin", json!(true)), ("institution", json!("A B")), ("login", json!(7))] {
        let mut body = good.clone();
        body[field] = value;
        let refused = app.anonymous().post("/auth/sessions", &body).expect_problem(400, "malformed_request");
        assert!(refused.text().contains(field) && !refused.text().contains("hunter2"), "{}", refused.text());
    }
    for (field, long) in [("login", "x".repeat(255)), ("password", "x".repeat(4097))] {
        let mut body = good.clone();
        body[field] = json!(long);
        let refused = app.anonymous().post("/auth/sessions", &body).expect_problem(422, "invalid_field");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"));
    }
}

#[test]
fn a_code_works_once() {
    let person = Person::new();
    let secret = turn_on(&person).secret;
    let next = code(&secret, 1);
    sign_in_with(&person, &next).expect(201);
    sign_in_with(&person, &next).expect_problem(401, "sign_in_rejected");
    sign_in_with(&person, &code(&secret, -5)).expect_problem(401, "sign_in_rejected");
    sign_in_with(&person, "no code").expect_problem(401, "sign_in_rejected");
}

#[test]
fn a_wrong_password_is_not_told_that_there_is_a_second_factor() {
    let person = Person::new();
    turn_on(&person);
    person.sign_in("not the right password").expect_problem(401, "sign_in_rejected");
}

#[test]
fn each_recovery_code_stands_in_once() {
    let person = Person::new();
    let codes = turn_on(&person).codes;
    assert_eq!(codes.len(), 10);
    for used in &codes[..2] {
        sign_in_with(&person, used).expect(201);
        sign_in_with(&person, used).expect_problem(401, "sign_in_rejected");
    }
    sign_in_with(&person, &codes[2].to_lowercase()).expect(201);
}

#[test]
fn failed_sign_ins_are_on_record_once_a_minute() {
    let person = Person::new();
    for _ in 0..11 {
        person.sign_in("wrong").expect_problem_of(&[(401, "sign_in_rejected"), (429, "sign_in_locked")]);
        sign_in(&person.app, &fresh_name("nobody"), PASSWORD).expect(401);
    }
    let auditor = person.app.person("local", "institution_auditor");
    let records = auditor.all("/audit");
    let refused = |subject: serde_json::Value| {
        let mine = |record: &&serde_json::Value| {
            record["subject"] == subject
                && record["outcome"] == "denied"
                && record["route"] == "session_create"
        };
        records.iter().filter(mine).count()
    };
    // Two when the minute ends between the first and the last.
    assert!((1..=2).contains(&refused(json!(person.caller.user_id))), "{records:#?}");
    assert!((1..=2).contains(&refused(json!(null))), "{records:#?}");
}
