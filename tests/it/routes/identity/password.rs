//! `/auth/password/change`, `/auth/password/reset` and `/auth/password/reset/confirm`.

use super::{OTHER_PASSWORD, Person, fresh_name, tokens};
use crate::support::{Reply, app::PASSWORD};
use serde_json::json;
use std::fs;

fn change(person: &Person, current: &str, new: &str) -> Reply {
    person.caller.post("/auth/password/change", &json!({"current_password": current, "password": new}))
}

fn ask(person: &Person, login: &str) -> Reply {
    person.app.anonymous().post("/auth/password/reset", &json!({"institution": "local", "login": login}))
}

fn confirm(person: &Person, token: &str, password: &str) -> Reply {
    person
        .app
        .anonymous()
        .post("/auth/password/reset/confirm", &json!({"token": token, "password": password}))
}

/// The last reset token that a laptop wrote for its operator, who stands in for a mail server.
fn mailed(person: &Person) -> Vec<String> {
    let letters = person.app.world().operator.path.with_file_name("mail.log");
    let text = fs::read_to_string(letters).unwrap_or_default();
    text.lines().filter(|line| line.starts_with("cwsrp_")).map(str::to_owned).collect()
}

#[test]
fn a_changed_password_ends_every_session_and_lets_one_in_again() {
    let person = Person::new();
    let (access, token) = tokens(&person.app, &person.name);
    change(&person, PASSWORD, OTHER_PASSWORD).expect(204);
    for stopped in [&person.caller, &person.caller.with_token(&access)] {
        stopped.get("/users/me").expect_problem(401, "unauthenticated");
    }
    let refreshed = person.app.anonymous().post("/auth/sessions/refresh", &json!({"refresh_token": token}));
    refreshed.expect_problem(401, "refresh_rejected");
    person.sign_in(PASSWORD).expect_problem(401, "sign_in_rejected");
    let opened = person.sign_in(OTHER_PASSWORD).expect(201);
    person.caller.with_token(&opened.field("access_token")).get("/users/me").expect(200);
}

#[test]
fn a_wrong_or_weak_password_changes_nothing() {
    let person = Person::new();
    change(&person, "not the right password", OTHER_PASSWORD).expect_problem(401, "sign_in_rejected");
    let weak = change(&person, PASSWORD, "short").expect_problem(422, "password_refused");
    assert_eq!(weak.json()["errors"][0]["pointer"], "/password");
    person.caller.get("/users/me").expect(200);
    person.sign_in(PASSWORD).expect(201);
}

#[test]
fn a_reset_token_sets_a_password_once_and_ends_every_session() {
    let person = Person::new();
    let known = ask(&person, &person.name).expect(200);
    let unknown = ask(&person, &fresh_name("nobody")).expect(200);
    assert_eq!(known.json(), unknown.json());
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
fn one_letter_a_minute_is_sent() {
    let person = Person::new();
    for _ in 0..5 {
        ask(&person, &person.name).expect(200);
    }
    assert_eq!(mailed(&person).len(), 1);
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
